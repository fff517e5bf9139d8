import { ATTR, type Outcome, type OutcomeSource } from '@agentops/registry/contract';
import type { Dimensions } from './dimensions.ts';
import { beginStep, inStep, instant, type Placement, present, type Step } from './spans.ts';

/** A verdict that can be claimed; `open` and `abandoned` are derived. */
export type ClaimedOutcome = Exclude<Outcome, 'open' | 'abandoned'>;

export interface OutcomeOptions {
  /** Who says so; `agent` when left out. */
  readonly source?: OutcomeSource | undefined;
  /** What it rests on. */
  readonly evidence?: string | undefined;
}

/** A task or an agent's run: work that a verdict can be given on. */
export interface WorkStep extends Step {
  outcome(outcome: ClaimedOutcome, how?: OutcomeOptions): void;
}

export interface TaskOptions extends Dimensions, Placement {}

/** The unit of work that the business counts. Its id, type and whose work it is travel to every span below it. */
export function beginTask(id: string, options: TaskOptions = {}): WorkStep {
  const { parent, startTime, ...dimensions } = options;
  const step = beginStep(
    options.taskType === undefined ? 'task' : `task ${options.taskType}`,
    { [ATTR.kind]: 'other' },
    { parent, startTime, dimensions: { ...dimensions, task: id } },
  );
  return withOutcome(step);
}

export function task<T>(
  id: string,
  options: TaskOptions,
  work: (step: WorkStep) => T | Promise<T>,
): Promise<T> {
  return inStep(beginTask(id, options), work);
}

export interface AgentRunOptions extends Dimensions, Placement {
  readonly version?: string | undefined;
}

/** One invocation of an agent (`invoke_agent`). */
export function beginAgentRun(agent: string, options: AgentRunOptions = {}): WorkStep {
  const { parent, startTime, version, ...dimensions } = options;
  const step = beginStep(
    `invoke_agent ${agent}`,
    present({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      [ATTR.agentVersion]: version,
    }),
    { parent, startTime, dimensions },
  );
  return withOutcome(step);
}

export function agentRun<T>(
  agent: string,
  options: AgentRunOptions,
  work: (step: WorkStep) => T | Promise<T>,
): Promise<T> {
  return inStep(beginAgentRun(agent, options), work);
}

/** A verdict on a task that ended before, by its id: from a system of record, an evaluator or a person. */
export function outcome(
  taskId: string,
  verdict: ClaimedOutcome,
  { source, evidence, ...placement }: OutcomeOptions & Placement = {},
): void {
  instant(
    'task outcome',
    () => ({ [ATTR.kind]: 'other', ...outcomeAttributes(verdict, { source, evidence }) }),
    { ...placement, dimensions: { task: taskId } },
  );
}

function withOutcome(step: Step): WorkStep {
  return Object.assign(step, {
    outcome: (verdict: ClaimedOutcome, how: OutcomeOptions = {}) => step.set(outcomeAttributes(verdict, how)),
  });
}

function outcomeAttributes(verdict: ClaimedOutcome, { source, evidence }: OutcomeOptions) {
  return present({
    [ATTR.taskOutcome]: verdict,
    [ATTR.taskOutcomeSource]: source,
    [ATTR.taskOutcomeEvidence]: evidence,
  });
}
