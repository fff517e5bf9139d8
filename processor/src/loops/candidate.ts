import type { Lane } from './lane.ts';
import type { LoopPattern } from './patterns.ts';

/** A pattern that was established, by positions in the run's nodes. */
export interface Candidate {
  readonly pattern: LoopPattern;
  /** Kind of the steps that are its evidence. */
  readonly of: 'tool' | 'llm' | 'handoff' | 'run';
  readonly subject: string;
  readonly period: number;
  /** Whose steps it consists of; null for all of the run. */
  readonly lane: Lane | null;
  readonly since: number;
  readonly established: number;
  /** Grows while the pattern goes on. */
  last: number;
}

/** How long something has been repeating. */
export interface Streak {
  /** Sum of the weights of the repetitions; 0 when nothing repeats. */
  score: number;
  /** Position of the first of the calls that repeat. */
  since: number;
  /** Set once the pattern is established. */
  found: Candidate | null;
}

export function createStreak(): Streak {
  return { score: 0, since: 0, found: null };
}

export function breakStreak(streak: Streak): void {
  streak.score = 0;
  streak.found = null;
}

/** One repetition more. `first`: position of the call that is repeated. */
export function extend(streak: Streak, first: number, at: number, weight: number): void {
  if (streak.score === 0) streak.since = first;
  streak.score += weight;
  if (streak.found !== null) streak.found.last = at;
}
