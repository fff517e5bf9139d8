import { breakStreak, createStreak, extend, type Streak } from './candidate.ts';
import { nameOf } from './lane.ts';
import { neededOfPingPong, REPETITION, VARIED, WAITED } from './patterns.ts';
import type { Scan } from './tool-calls.ts';
import type { LoopNode } from './types.ts';
import { pauseBetween } from './waits.ts';

/** The longest circle of agents that is looked for. */
const MAX_AGENTS = 4;
const RING = MAX_AGENTS - 1;

/** A model that writes no more tokens than this between two hand-offs hands on and does nothing else. */
const SAYS_NOTHING = 100;
/** Up to here it may be explaining itself; what is longer is work. */
const EXPLAINS = 400;
/** Drafts and reviews of a converging work differ in length; the same text said again does not. */
const SAME_LENGTH = 0.1;

/** The run's hand-offs, across its agents. */
export interface HandOffs {
  count: number;
  readonly from: string[];
  readonly to: string[];
  readonly positions: number[];
  /** Output tokens between a hand-off and the one before; -1 when unknown. */
  readonly said: number[];
  /** Output tokens since the last hand-off; -1 when unknown. */
  saying: number;
  readonly circles: readonly Streak[];
}

export function createHandOffs(): HandOffs {
  return {
    count: 0,
    from: [],
    to: [],
    positions: [],
    said: [],
    saying: 0,
    circles: Array.from({ length: MAX_AGENTS + 1 }, createStreak),
  };
}

/** Something was done: whatever the agents hand each other from now on is another matter. */
export function clearHandOffs(handOffs: HandOffs): void {
  handOffs.saying = 0;
  if (handOffs.count === 0) return;
  handOffs.count = 0;
  for (const circle of handOffs.circles) breakStreak(circle);
}

export function seeAnswer(handOffs: HandOffs, output: number): void {
  handOffs.saying = output === -1 || handOffs.saying === -1 ? -1 : handOffs.saying + output;
}

export function seeHandOff(scan: Scan, handOffs: HandOffs, node: LoopNode, at: number): void {
  const { handoff } = node.step;
  const from = handoff?.from || (node.agent === null ? '' : nameOf(node.agent));
  const to = handoff?.to || node.step.name;
  const { count, saying } = handOffs;
  for (let period = 1; period <= Math.min(MAX_AGENTS, count); period++) {
    const slot = (count - period) & RING;
    const circle = handOffs.circles[period]!;
    const likeness =
      handOffs.from[slot] === from && handOffs.to[slot] === to ? alike(handOffs.said[slot]!, saying) : 0;
    if (likeness === 0) {
      breakStreak(circle);
      continue;
    }
    const { waited } = pauseBetween(scan.nodes, handOffs.positions[(count - 1) & RING]!, at, 0);
    extend(circle, handOffs.positions[slot]!, at, waited ? WAITED : likeness);
    const sooner = period === 4 && handOffs.circles[2]!.score > 0;
    if (period > 1 && handOffs.circles[1]!.score === 0 && !sooner && circle.found === null) {
      if (circle.score >= neededOfPingPong(period)) {
        circle.found = {
          pattern: 'ping_pong',
          of: 'handoff',
          subject: to,
          period,
          lane: null,
          since: circle.since,
          established: at,
          last: at,
        };
        scan.candidates.push(circle.found);
      }
    }
  }
  const slot = count & RING;
  handOffs.from[slot] = from;
  handOffs.to[slot] = to;
  handOffs.positions[slot] = at;
  handOffs.said[slot] = saying;
  handOffs.saying = 0;
  handOffs.count++;
}

/** What a hand-off weighs as a repetition of another, by what was said before each: 0 when that was something new. */
function alike(a: number, b: number): number {
  if (a === -1 || b === -1) return REPETITION;
  if (a <= SAYS_NOTHING && b <= SAYS_NOTHING) return REPETITION;
  if (Math.abs(a - b) <= Math.max(a, b) * SAME_LENGTH) return REPETITION;
  return a <= EXPLAINS && b <= EXPLAINS ? VARIED : 0;
}
