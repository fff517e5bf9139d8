import { breakStreak, type Candidate, extend, type Streak } from './candidate.ts';
import { type Lane, RING } from './lane.ts';
import {
  isPause,
  type LoopPattern,
  MAX_PERIOD,
  NEEDED,
  neededOfCycle,
  onlyLooks,
  POLLS,
  REPETITION,
  VARIED,
  WAITED,
} from './patterns.ts';
import type { LoopContext, LoopNode, ToolCall } from './types.ts';
import { pauseBetween } from './waits.ts';

/** What the detectors share while they go through a run. */
export interface Scan {
  nodes: readonly LoopNode[];
  context: LoopContext;
  /** Hand-offs so far. */
  handOffs: number;
  readonly candidates: Candidate[];
}

/**
 * Takes the next tool call of a lane. Returns whether it is one of the last {@link MAX_PERIOD} again, with nothing new
 * in its result: no progress.
 */
export function seeToolCall(scan: Scan, lane: Lane, call: ToolCall, failed: boolean, at: number): boolean {
  const { toolName: name, argumentsMark: mark } = call;
  if (isPause(name)) return true;
  const { calls } = lane;
  const before = (calls - 1) & RING;
  /** Weight of a repetition that ends here; looked up once, and only if there is one. */
  let weight = 0;
  let repeating = 0;
  const reach = mark === 0 ? 0 : Math.min(MAX_PERIOD, calls);
  for (let period = 1; period <= reach; period++) {
    const slot = (calls - period) & RING;
    if (lane.marks[slot] !== mark || !isSame(lane, slot, call, failed)) continue;
    if (weight === 0) weight = weigh(scan, lane, before, at);
    extend(lane.repeats[period]!, lane.positions[slot]!, at, weight);
    repeating |= 1 << period;
  }
  const ended = lane.repeating & ~repeating;
  for (let period = 1; ended >> period !== 0; period++) {
    if ((ended >> period) & 1) breakStreak(lane.repeats[period]!);
  }
  lane.repeating = repeating;
  if (failed && calls > 0 && lane.failed[before] && lane.tools[before]!.toolName === name) {
    if (weight === 0) weight = weigh(scan, lane, before, at);
    const same =
      mark !== 0 &&
      lane.marks[before] === mark &&
      lane.tools[before]!.argumentsDigest === call.argumentsDigest;
    extend(lane.retries, lane.positions[before]!, at, same ? weight : Math.min(weight, VARIED));
  } else if (lane.retries.score > 0) {
    breakStreak(lane.retries);
  }
  if (calls > 0 && !failed && looksInVain(lane, before, call)) {
    if (weight === 0) weight = weigh(scan, lane, before, at);
    extend(lane.lookups, lane.positions[before]!, at, weight);
  } else if (lane.lookups.score > 0) {
    breakStreak(lane.lookups);
  }
  remember(lane, call, failed, at);
  if (weight > 0) judge(scan, lane, call, failed, at);
  else lane.idleMs = 0;
  return repeating !== 0;
}

/** The same call, and nothing new in its result. An error may say when it happened, and is the same error. */
function isSame(lane: Lane, slot: number, call: ToolCall, failed: boolean): boolean {
  const before = lane.tools[slot]!;
  return (
    lane.failed[slot] === failed &&
    before.toolName === call.toolName &&
    before.argumentsDigest === call.argumentsDigest &&
    (failed || !differ(before.resultDigest, call.resultDigest))
  );
}

function remember(lane: Lane, call: ToolCall, failed: boolean, at: number): void {
  const slot = lane.calls & RING;
  lane.tools[slot] = call;
  lane.failed[slot] = failed;
  lane.positions[slot] = at;
  lane.marks[slot] = call.argumentsMark;
  lane.calls++;
}

function weigh(scan: Scan, lane: Lane, before: number, at: number): number {
  const idleBefore = lane.model.shown ? lane.idleMs : 0;
  const { waited, idleMs } = pauseBetween(scan.nodes, lane.positions[before]!, at, idleBefore);
  lane.idleMs = idleMs;
  return waited ? WAITED : REPETITION;
}

/** The same look-up of something else with the same answer. */
function looksInVain(lane: Lane, slot: number, call: ToolCall): boolean {
  const before = lane.tools[slot]!;
  return (
    !lane.failed[slot] &&
    call.argumentsMark !== 0 &&
    lane.marks[slot] !== 0 &&
    before.resultMark === call.resultMark &&
    before.toolName === call.toolName &&
    call.resultDigest !== '' &&
    call.argumentsShapeDigest !== '' &&
    before.argumentsShapeDigest === call.argumentsShapeDigest &&
    before.resultDigest === call.resultDigest &&
    before.argumentsDigest !== call.argumentsDigest
  );
}

/** Something repeated: is that a pattern yet? */
function judge(scan: Scan, lane: Lane, call: ToolCall, failed: boolean, at: number): void {
  const { toolName: name } = call;
  if (
    isDue(lane.retries, NEEDED.retry_storm) &&
    needs(scan, at, name, NEEDED.retry_storm) <= lane.retries.score
  ) {
    establish(scan, lane, lane.retries, 'retry_storm', name, 1, at);
  }
  const same = lane.repeats[1]!;
  if (!failed) {
    const pattern = call.resultDigest !== '' ? 'no_progress' : 'same_call';
    if (isDue(same, NEEDED[pattern]) && needs(scan, at, name, NEEDED[pattern]) <= same.score) {
      establish(scan, lane, same, pattern, name, 1, at);
    }
  }
  if (isDue(lane.lookups, NEEDED.near_identical)) {
    const rules = scan.context.rules(scan.nodes[at]!, name);
    const allowed = rules !== null && (rules.pagination || rules.polling);
    if (!allowed && onlyLooks(rules?.effect ?? '', name)) {
      establish(scan, lane, lane.lookups, 'near_identical', name, 1, at);
    }
  }
  for (let period = 2; period <= MAX_PERIOD; period++) {
    const cycle = lane.repeats[period]!;
    if (isDue(cycle, neededOfCycle(period)) && !repeatsSooner(lane, period) && lane.lookups.found === null) {
      if (neededByCycle(scan, lane, period, at) <= cycle.score) {
        establish(scan, lane, cycle, 'cycle', name, period, at);
      }
    }
  }
}

function isDue(streak: Streak, needed: number): boolean {
  return streak.found === null && streak.score >= needed;
}

/** The weight that a tool's equal calls need, as the registry allows it to repeat. */
function needs(scan: Scan, at: number, tool: string, needed: number): number {
  const rules = scan.context.rules(scan.nodes[at]!, tool);
  if (rules === null) return needed;
  return Math.max(needed, rules.identical * REPETITION, rules.polling ? POLLS * REPETITION : 0);
}

/** A cycle may go round as often as the least patient of its tools: one that polls does not excuse the others. */
function neededByCycle(scan: Scan, lane: Lane, period: number, at: number): number {
  let rounds = POLLS;
  for (let back = 1; back <= period; back++) {
    const tool = lane.tools[(lane.calls - back) & RING]!.toolName;
    const rules = scan.context.rules(scan.nodes[at]!, tool);
    rounds = Math.min(rounds, rules === null ? 0 : rules.polling ? POLLS : rules.identical);
  }
  return Math.max(neededOfCycle(period), rounds * period * REPETITION);
}

/** A B A B repeats after four calls too, but two is what to say. */
function repeatsSooner(lane: Lane, period: number): boolean {
  for (let shorter = 1; shorter <= period / 2; shorter++) {
    if (period % shorter === 0 && lane.repeats[shorter]!.score > 0) return true;
  }
  return false;
}

function establish(
  scan: Scan,
  lane: Lane,
  streak: Streak,
  pattern: LoopPattern,
  subject: string,
  period: number,
  at: number,
): void {
  const { since } = streak;
  const found: Candidate = { pattern, of: 'tool', subject, period, lane, since, established: at, last: at };
  streak.found = found;
  scan.candidates.push(found);
}

/** Known to be different: digests of different places or algorithms say nothing about each other. */
function differ(a: string, b: string): boolean {
  if (a === b || a === '' || b === '') return false;
  const prefix = a.lastIndexOf(':') + 1;
  return b.lastIndexOf(':') + 1 === prefix && b.startsWith(a.slice(0, prefix));
}
