import type { ModelFacts, Receipt, Step, ToolFacts, Usage } from '../model.ts';
import { setDigest } from './digests.ts';
import { setId } from './ids.ts';
import {
  beginRow,
  HAS_MODEL,
  HAS_TOOL,
  KINDS,
  keepRow,
  NOTHING_RARE,
  type RareFacts,
  STATUSES,
  type StepPage,
  USAGE_KNOWN,
  WAITING,
} from './page.ts';
import { StepRow } from './row.ts';
import { setText, textAt } from './texts.ts';
import { setUsage } from './usage.ts';

/** Adds a step as a whole. Returns its row. */
export function appendStep(page: StepPage, step: Step, receipt: Receipt, index: number): number {
  const row = beginRow(page);
  const { labels, heap } = page;
  page.traceIds[row] = step.traceId;
  setId(page.spanIds, row, step.spanId);
  setId(page.parentIds, row, step.parentSpanId);
  page.startedAt.values[row] = step.startedAt;
  page.endedAt.values[row] = step.endedAt;
  page.kinds[row] = KINDS.indexOf(step.kind);
  page.statuses[row] = STATUSES.indexOf(step.status);
  page.names[row] = labels.numberOf(step.name);
  page.errorTypes[row] = labels.numberOf(step.errorType);
  page.dialects[row] = labels.numberOf(step.dialect);
  setText(page.statusMessages, row, heap, step.statusMessage);
  page.flags[row] = step.waiting ? WAITING : 0;
  if (step.model !== null) addModel(page, row, step.model);
  if (step.tool !== null) addTool(page, row, step.tool);
  page.sampledShares[row] = step.sampledShare;
  page.attributeCounts[row] = step.attributeCount;
  page.droppedAttributes[row] = step.droppedAttributes;
  page.resources[row] = step.resource;
  page.claims[row] = step.claims;
  page.rares[row] = rareOf(step);
  page.receipts[row] = receipt;
  page.indexes[row] = index;
  keepRow(page);
  return row;
}

function addModel(page: StepPage, row: number, model: ModelFacts): void {
  const { labels, heap } = page;
  page.flags[row]! |= HAS_MODEL;
  page.providers[row] = labels.numberOf(model.provider);
  page.requestModels[row] = labels.numberOf(model.requestModel);
  page.responseModels[row] = labels.numberOf(model.responseModel);
  setText(page.responseIds, row, heap, model.responseId);
  const { usage } = model;
  if (usage === null) return;
  page.flags[row]! |= USAGE_KNOWN;
  setUsage(page.usage, row, usage);
}

function addTool(page: StepPage, row: number, tool: ToolFacts): void {
  const { labels, heap } = page;
  page.flags[row]! |= HAS_TOOL;
  page.tools[row] = labels.numberOf(tool.name);
  setText(page.callIds, row, heap, tool.callId);
  setDigest(page.argumentsDigests, row, labels, tool.argumentsDigest);
  setDigest(page.shapeDigests, row, labels, tool.argumentsShapeDigest);
  setDigest(page.resultDigests, row, labels, tool.resultDigest);
}

function rareOf({ model, tool, handoff, approval, evaluation, sequence }: Step): RareFacts {
  const { amount = '', amountCurrency = '', effect = '', resource = '' } = tool ?? {};
  const { reportedCost = '', reportedCurrency = '', toolCalls = [] } = model ?? {};
  const texts = amount + amountCurrency + effect + resource + reportedCost + reportedCurrency;
  const others = handoff ?? approval ?? evaluation ?? sequence;
  if (texts === '' && toolCalls.length === 0 && others === null) return NOTHING_RARE;
  return {
    amount,
    amountCurrency,
    effect,
    resource,
    reportedCost,
    reportedCurrency,
    toolCalls,
    handoff,
    approval,
    evaluation,
    sequence,
  };
}

/** Everything that a step says. Equal steps have equal JSON, wherever they came from. */
export function readStep(page: StepPage, row: number): Step {
  const step = new StepRow(page, row);
  const flags = page.flags[row]!;
  return {
    traceId: step.traceId,
    spanId: step.spanId,
    parentSpanId: step.parentSpanId,
    kind: step.kind,
    name: step.name,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    status: step.status,
    statusMessage: textAt(page.statusMessages, row, page.heap),
    errorType: step.errorType,
    dialect: step.dialect,
    resource: step.resource,
    claims: step.claims,
    model: flags & HAS_MODEL ? readModel(step) : null,
    tool: flags & HAS_TOOL ? readTool(step) : null,
    handoff: step.handoff,
    approval: step.approval,
    evaluation: step.evaluation,
    sequence: step.sequence,
    waiting: step.waiting,
    sampledShare: step.sampledShare,
    attributeCount: step.attributeCount,
    droppedAttributes: step.droppedAttributes,
  };
}

function readModel(step: StepRow): ModelFacts {
  return {
    provider: step.provider,
    requestModel: step.requestModel,
    responseModel: step.responseModel,
    responseId: step.responseId,
    usage: step.usage && copyOf(step.usage),
    reportedCost: step.reportedCost,
    reportedCurrency: step.reportedCurrency,
    toolCalls: step.toolCalls,
  };
}

function copyOf({
  input,
  cachedInput,
  cacheWrite,
  cacheWrite5m,
  cacheWrite1h,
  output,
  reasoning,
}: Usage): Usage {
  return { input, cachedInput, cacheWrite, cacheWrite5m, cacheWrite1h, output, reasoning };
}

function readTool(step: StepRow): ToolFacts {
  return {
    name: step.toolName,
    callId: step.callId,
    argumentsDigest: step.argumentsDigest,
    argumentsShapeDigest: step.argumentsShapeDigest,
    resultDigest: step.resultDigest,
    amount: step.amount,
    amountCurrency: step.amountCurrency,
    effect: step.effect,
    resource: step.dataResource,
  };
}
