import { breakStreak, createStreak, type Streak } from './candidate.ts';
import { MAX_PERIOD } from './patterns.ts';
import type { LoopNode, ToolCall } from './types.ts';

/**
 * One agent's own sequence of calls. Agents that work side by side each have one, so that three workers that list the
 * same folder once do not look like one that lists it three times; invocations of one agent after another share one.
 * Its size does not depend on the number of calls.
 */
export interface Lane {
  /** The latest invocation in it. */
  invocation: LoopNode | null;
  /** Tool calls so far. The last {@link MAX_PERIOD} of them stand in the rings, at their number modulo the size. */
  calls: number;
  readonly tools: ToolCall[];
  readonly failed: boolean[];
  readonly positions: number[];
  /** Of the calls' arguments. */
  readonly marks: Int32Array;
  /** Milliseconds without work before the last call that was looked at; 0 when unknown. */
  idleMs: number;
  /** By period: `repeats[1]` is the same call in a row. */
  readonly repeats: readonly Streak[];
  /** Which of them have a score, a bit each. */
  repeating: number;
  readonly retries: Streak;
  readonly lookups: Streak;
  readonly model: ModelLane;
}

export interface ModelLane {
  /** Model calls have spans: where none stands between two tool calls, none was made. */
  shown: boolean;
  /** Hand-offs of the run before the last model call. */
  handOffs: number;
  /** Position of the last model call since any other step that counts; -1 for none. */
  position: number;
  name: string;
  input: number;
  output: number;
  /** By how much the context grew between the two calls before; 0 when unknown. */
  growth: number;
  readonly answers: Streak;
  /** Position of the last failed call; -1 when the last one did not fail. */
  failedAt: number;
  readonly retries: Streak;
}

export const RING = MAX_PERIOD - 1;

function createLane(): Lane {
  return {
    invocation: null,
    calls: 0,
    tools: Array.from({ length: MAX_PERIOD }, () => NO_CALL),
    failed: Array.from({ length: MAX_PERIOD }, () => false),
    positions: Array.from({ length: MAX_PERIOD }, () => 0),
    marks: new Int32Array(MAX_PERIOD),
    idleMs: 0,
    repeats: Array.from({ length: MAX_PERIOD + 1 }, createStreak),
    repeating: 0,
    retries: createStreak(),
    lookups: createStreak(),
    model: {
      shown: false,
      handOffs: 0,
      position: -1,
      name: '',
      input: 0,
      output: 0,
      growth: 0,
      answers: createStreak(),
      failedAt: -1,
      retries: createStreak(),
    },
  };
}

const NO_CALL: ToolCall = {
  toolName: '',
  argumentsMark: 0,
  resultMark: 0,
  argumentsDigest: '',
  argumentsShapeDigest: '',
  resultDigest: '',
};

/** Lets go of the run: a lane that waits for the next one must not keep its steps in memory. */
function forget(lane: Lane): void {
  lane.invocation = null;
  lane.tools.fill(NO_CALL);
}

function clearLane(lane: Lane, invocation: LoopNode | null): void {
  lane.invocation = invocation;
  lane.calls = 0;
  lane.idleMs = 0;
  lane.repeating = 0;
  for (const streak of lane.repeats) breakStreak(streak);
  breakStreak(lane.retries);
  breakStreak(lane.lookups);
  const { model } = lane;
  model.shown = false;
  model.position = -1;
  model.failedAt = -1;
  breakStreak(model.answers);
  breakStreak(model.retries);
}

/** The lanes of one run after another: their memory is used again. */
export interface Lanes {
  clear(): void;
  /** The lane of a step: its agent's, or, as long as no agent's span is there, that of the parent that is to come. */
  of(node: LoopNode): Lane;
  /** Has this invocation made a call of its own so far? */
  worked(invocation: LoopNode): boolean;
}

export function createLanes(): Lanes {
  const pool: Lane[] = [];
  let used = 0;
  const byOwner = new Map<LoopNode | string, Lane>();
  let lastOwner: LoopNode | string | undefined;
  let lastLane: Lane | undefined;

  function find(invocation: LoopNode | null): Lane {
    if (invocation !== null) {
      const name = nameOf(invocation);
      for (let i = used - 1; i >= Math.max(0, used - MAX_SEARCHED); i--) {
        const lane = pool[i]!;
        const before = lane.invocation;
        if (before !== null && nameOf(before) === name && before.step.endedAt <= invocation.step.startedAt) {
          lane.invocation = invocation;
          return lane;
        }
      }
    }
    let lane = pool[used];
    if (lane === undefined) {
      lane = createLane();
      pool.push(lane);
    }
    clearLane(lane, invocation);
    used++;
    return lane;
  }

  return {
    clear() {
      for (let i = 0; i < used; i++) forget(pool[i]!);
      if (used > MAX_POOL) pool.length = MAX_POOL;
      used = 0;
      if (byOwner.size > 0) byOwner.clear();
      lastOwner = undefined;
      lastLane = undefined;
    },
    of(node) {
      const owner = node.agent ?? missingAbove(node);
      if (owner === lastOwner) return lastLane!;
      let lane = byOwner.get(owner);
      if (lane === undefined) {
        lane = find(node.agent);
        byOwner.set(owner, lane);
      }
      lastOwner = owner;
      lastLane = lane;
      return lane;
    },
    worked: (invocation) => byOwner.has(invocation),
  };
}

/** The span that a fragment of a tree hangs on. Parents end, and so arrive, after what stands below them. */
function missingAbove(node: LoopNode): string {
  let top = node;
  for (let i = 0; top.parent !== null && i < MAX_CLIMB; i++) top = top.parent;
  return top.step.parentSpanId;
}

const MAX_CLIMB = 256;

/** Lanes among which an agent's earlier invocation is looked for. */
const MAX_SEARCHED = 64;

/** How many lanes are kept for the next run. */
const MAX_POOL = 64;

/** An agent's name, by which its invocations are told to be the same agent's. */
export function nameOf(invocation: LoopNode): string {
  return invocation.step.claims.agentName || invocation.step.name;
}
