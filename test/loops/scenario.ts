import type { AgentHistory, LoopPattern } from '@agentops/processor';
import type { Emitter, Trace } from './trace.ts';

/** What a careful reader of the trace says. */
export interface Label {
  readonly pattern: LoopPattern;
  /** The first of the steps that repeat. */
  readonly since: string;
  /**
   * The step at which the reader is sure: the third time, in all patterns; where waits lie between, the ninth; beyond
   * the history, the first call over the bound.
   */
  readonly sure: string;
}

/** A kind of run, written in as many variants as there are seeds. `null`: it is no circle, whatever it looks like. */
export interface Scenario {
  readonly name: string;
  readonly emitter?: Partial<Emitter>;
  readonly history?: AgentHistory;
  tell(trace: Trace): Label | null;
}

/** The steps of a circle as they are written; the label is read off them. */
export function labelled(pattern: LoopPattern, steps: readonly string[], sureAt = 2): Label {
  return { pattern, since: steps[0]!, sure: steps[sureAt]! };
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
