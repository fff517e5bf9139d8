import { NO_CLAIMS, NO_RECEIPT, type Step, type ToolFacts } from '../model.ts';
import { KINDS, type StepPage } from '../steps/page.ts';
import { StepRow } from '../steps/row.ts';
import { appendStep } from '../steps/whole.ts';
import { serviceAlone } from '../store/step-block.ts';
import type { Blocks } from '../store/tables.ts';
import type { Attribution } from './attribution.ts';
import type { InferredTool } from './runs.ts';
import { writeTool } from './step-rows.ts';
import type { Skeleton, TraceSet } from './trace-set.ts';

/** Rows that no received item stands behind: links of the tree, and inferred calls. */

type StepBlock = Blocks['steps'];

const NO_STEP: Omit<Step, 'traceId' | 'spanId' | 'parentSpanId' | 'startedAt' | 'endedAt' | 'resource'> = {
  kind: 'other',
  name: '',
  status: 'unset',
  statusMessage: '',
  errorType: '',
  dialect: '',
  claims: NO_CLAIMS,
  model: null,
  tool: null,
  handoff: null,
  approval: null,
  evaluation: null,
  sequence: null,
  waiting: false,
  sampledShare: 1,
  attributeCount: 0,
  droppedAttributes: 0,
};

/** `page`: where a step may stand until the block is taken. */
export function writeSkeleton(
  block: StepBlock,
  page: StepPage,
  set: TraceSet,
  skeleton: Skeleton,
  version: number,
): void {
  const { spanId, parentSpanId, startedAt, service } = skeleton;
  const resource = serviceAlone(service);
  const stub = {
    ...NO_STEP,
    traceId: set.traceId,
    spanId,
    parentSpanId,
    startedAt,
    endedAt: startedAt,
    resource,
  };
  const at = appendStep(page, stub, NO_RECEIPT, 0);
  page.kinds[at] = KINDS.indexOf('skeleton');
  const row = block.select(new StepRow(page, at), null);
  block.columns.version.set(row, version);
}

export function writeInferredTool(
  block: StepBlock,
  page: StepPage,
  { node, index, call }: InferredTool,
  attribution: Attribution,
  version: number,
  deleted: boolean,
): void {
  const { step } = node;
  const stub: Step = {
    ...NO_STEP,
    traceId: step.traceId,
    spanId: `${step.spanId}-${index}`,
    parentSpanId: step.spanId,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    kind: 'tool',
    name: `execute_tool ${call.name}`,
    dialect: step.dialect,
    resource: serviceAlone(step.resource.service),
    tool: {
      ...NO_TOOL,
      name: call.name,
      callId: call.id,
      argumentsDigest: call.argumentsDigest,
      argumentsShapeDigest: call.argumentsShapeDigest,
    },
  };
  const inferred = new StepRow(page, appendStep(page, stub, NO_RECEIPT, 0));
  const c = block.columns;
  const row = block.select(inferred, attribution);
  writeTool(c, row, inferred, attribution.agent);
  c.counted.set(row, 1);
  c.inferred.set(row, 1);
  if (!attribution.agent.policy.declaresTool(call.name)) c.undeclared.set(row, 'tool');
  c.version.set(row, version);
  if (deleted) c.deleted.set(row, 1);
}

const NO_TOOL: ToolFacts = {
  name: '',
  callId: '',
  argumentsDigest: '',
  argumentsShapeDigest: '',
  resultDigest: '',
  amount: '',
  amountCurrency: '',
  effect: '',
  resource: '',
};
