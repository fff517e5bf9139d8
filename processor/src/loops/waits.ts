import { isPause } from './patterns.ts';
import type { LoopNode } from './types.ts';

/** Milliseconds without any work, after which something may have happened: a job went on, a user answered. */
const WAIT_MS = 5_000;
/** The same where no model call shows: the time may be the model's. */
const WAIT_UNSEEN_MS = 60_000;
/** A pause is a back-off when it is this much longer than the one before, and not just overhead. */
const BACK_OFF = 1.5;
const BACK_OFF_LEAST_MS = 200;
/** Steps looked at between two calls; what lies behind them counts as work. */
const MAX_BETWEEN = 256;

export interface Pause {
  readonly waited: boolean;
  /** Milliseconds in which nothing of the run was at work; a model that no span shows counts as nothing. */
  readonly idleMs: number;
}

/**
 * Was there a wait between the step at `from` and the later one at `to`: a pausing tool, a long time without work, or,
 * where no model was asked, a time clearly longer than `before`, the idle time between the two calls before? 0: unknown.
 */
export function pauseBetween(nodes: readonly LoopNode[], from: number, to: number, before: number): Pause {
  let busyUntil = nodes[from]!.step.endedAt;
  let idle = 0n;
  let paused = false;
  let sawModel = false;
  for (let i = Math.max(from + 1, to - MAX_BETWEEN); i <= to; i++) {
    const { step } = nodes[i]!;
    const { kind } = step;
    if (kind !== 'tool' && kind !== 'llm' && kind !== 'retrieval' && kind !== 'embedding') {
      if (i !== to) continue;
    }
    if (step.startedAt > busyUntil) idle += step.startedAt - busyUntil;
    if (i === to) break;
    if (kind === 'llm') sawModel = true;
    else if (kind === 'tool' && isPause(step.toolName)) paused = true;
    if (step.endedAt > busyUntil) busyUntil = step.endedAt;
  }
  const idleMs = Number(idle / 1_000_000n);
  const backsOff = !sawModel && before > 0 && idleMs >= BACK_OFF_LEAST_MS && idleMs >= before * BACK_OFF;
  return { waited: paused || backsOff || idleMs >= (sawModel ? WAIT_MS : WAIT_UNSEEN_MS), idleMs };
}
