import { parseUnits } from '../cost/decimal.ts';
import {
  type ApprovalFacts,
  type Claims,
  type EvaluationFacts,
  type HandoffFacts,
  type InferredToolCall,
  NO_CLAIMS,
  type SequenceFacts,
} from '../model.ts';
import type { StepRow } from '../steps/row.ts';
import type { Blocks } from '../store/tables.ts';
import type { Attribution } from './attribution.ts';
import type { AgentFacts } from './ports.ts';
import type { Node } from './tree.ts';

type StepBlock = Blocks['steps'];

/** `calledOn`: the invocation of an agent by the run's own. */
export function writeStep(
  block: StepBlock,
  { step, variants, counted, failed }: Node,
  attribution: Attribution,
  calledOn: boolean,
  version: number,
): void {
  const c = block.columns;
  const row = block.select(step, attribution);
  if (step.hasTool) writeTool(c, row, step, attribution.agent);
  if (counted) {
    c.counted.set(row, 1);
    if (failed && step.status !== 'error') c.failed_inside.set(row, 1);
    writePolicy(c, row, step, attribution.agent);
  }
  if (calledOn) writeStanding(c, row, step, attribution.agent);
  if (step.claims !== NO_CLAIMS) c.claims.set(row, claimsText(step.claims));
  const wraps = step.hasModel && step.kind !== 'llm' && step.kind !== 'embedding';
  if (wraps || step.saysMore) writeFacts(c, row, step, wraps);
  if (variants.length > 0) c.variants.set(row, variants);
  c.version.set(row, version);
}

export type StepColumns = StepBlock['columns'];

export function writeTool(c: StepColumns, row: number, step: StepRow, agent: AgentFacts): void {
  const entry = agent.tool(step.toolName);
  c.effect.set(row, step.effect || (entry?.effect ?? ''));
  c.resource.set(row, step.dataResource || (entry?.resource ?? ''));
  if (entry !== null) c.risk.set(row, entry.risk);
}

/** What the registry says against the call, as of its end. */
function writePolicy(c: StepColumns, row: number, step: StepRow, { policy }: AgentFacts): void {
  if (step.kind === 'tool') {
    const { toolName, dataResource } = step;
    if (!policy.declaresTool(toolName)) c.undeclared.set(row, 'tool');
    if (dataResource !== '' && !policy.declaresData(dataResource, step.effect)) {
      c.undeclared_data.set(row, dataResource);
    }
    const { rule, percent } = policy.approval(toolName, step.amount, step.amountCurrency, step.endedMs);
    c.approval_rule.set(row, rule);
    if (percent > 0) c.approval_percent.set(row, percent);
  } else if (step.requestModel !== '' || step.responseModel !== '') {
    if (!policy.declaresModel(step.requestModel, step.responseModel)) c.undeclared.set(row, 'model');
  }
}

/** What the registry says against an agent that is called on, as of its end. */
function writeStanding(c: StepColumns, row: number, step: StepRow, agent: AgentFacts): void {
  if (!agent.registered) c.agent_violation.set(row, 'unregistered_agent');
  else if (agent.stage === 'retired') c.agent_violation.set(row, 'retired_agent');
  const version = step.claims.agentVersion || step.resource.version;
  const declared = agent.policy.version;
  if (version !== '' && declared !== '' && version !== declared) c.undeclared_version.set(row, version);
}

/** What hardly any step says; what has no column of its own is read back by `store/loader.ts`. */
function writeFacts(c: StepColumns, row: number, step: StepRow, wraps: boolean): void {
  if (step.amount !== '') c.amount.set(row, parseUnits(step.amount));
  c.amount_currency.set(row, step.amountCurrency);
  c.reported_cost.set(row, step.reportedCost);
  c.reported_currency.set(row, step.reportedCurrency);
  if (step.approval !== null) c.approval_id.set(row, step.approval.id);
  c.facts.set(row, factsText(step, wraps));
}

/** Only what is said, as JSON: empty fields are left out. */
function claimsText(claims: Claims): string {
  let out = '';
  for (const { field, key } of CLAIM_KEYS) {
    const value = claims[field];
    if (value !== '') out += (out === '' ? '{' : ',') + key + quoted(value);
  }
  return out === '' ? '' : `${out}}`;
}

const CLAIM_KEYS = (Object.keys(NO_CLAIMS) as (keyof Claims)[]).map((field) => ({
  field,
  key: `"${field}":`,
}));

/** A text as JSON writes it; nearly none has anything to escape. */
function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The facts that have no column of their own; '' for none. */
function factsText(step: StepRow, wraps: boolean): string {
  const { toolCalls, effect, dataResource, handoff, approval, evaluation, sequence } = step;
  const calls = toolCalls.length > 0 ? toolCalls : undefined;
  const claimed = effect !== '' || dataResource !== '' ? { effect, resource: dataResource } : undefined;
  const wrapper = wraps ? true : undefined;
  if (!calls && !claimed && !wrapper && !handoff && !approval && !evaluation && !sequence) return '';
  return JSON.stringify({
    calls,
    claimed,
    wrapper,
    handoff: handoff ?? undefined,
    approval: approval ?? undefined,
    evaluation: evaluation ?? undefined,
    sequence: sequence ?? undefined,
  } satisfies StoredFacts);
}

/** The shape of the column `facts`. */
export interface StoredFacts {
  readonly calls?: readonly InferredToolCall[] | undefined;
  readonly claimed?: { readonly effect: string; readonly resource: string } | undefined;
  readonly wrapper?: boolean | undefined;
  readonly handoff?: HandoffFacts | undefined;
  readonly approval?: ApprovalFacts | undefined;
  readonly evaluation?: EvaluationFacts | undefined;
  readonly sequence?: SequenceFacts | undefined;
}
