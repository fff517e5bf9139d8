export const LOOP_PATTERNS = [
  /** The same tool with the same arguments, results unknown. */
  'same_call',
  /** The same call with the same result. */
  'no_progress',
  /** Calls that return in the same order: A B C A B C. */
  'cycle',
  /** The same tool, or the model, failing again and again. */
  'retry_storm',
  /** A reading tool asked for ever other numbers and ids, with the same answer. */
  'near_identical',
  /** Hand-offs going round between the same agents while nothing is done. */
  'ping_pong',
  /** A model that says the same over a growing context. */
  'model_no_progress',
  /** An agent that works inside of itself, inside of itself. */
  'recursion',
  /** More calls than any run of this agent's history. */
  'beyond_history',
] as const;
export type LoopPattern = (typeof LOOP_PATTERNS)[number];

/** A repetition weighs this much; less after a wait, when something may have happened meanwhile. */
export const REPETITION = 4;
/** Not quite the same again: a failing tool asked with other arguments, a hand-off explained in other words. */
export const VARIED = 3;
/** Waiting for a job, backing off, answering another turn of the user: four such count as one. */
export const WAITED = 1;

/**
 * The weight that establishes a pattern. Chosen from what agents do without being stuck: client libraries retry a call
 * three times, batches ask a few times in vain, and two equal calls are carelessness rather than a circle.
 */
export const NEEDED = {
  /** The third call that brings the same result. */
  no_progress: 2 * REPETITION,
  /** The fourth, where results are unknown. */
  same_call: 3 * REPETITION,
  /** The fourth equal failing call, the fifth of different ones. */
  retry_storm: 3 * REPETITION,
  /** The fifth vain look-up. */
  near_identical: 4 * REPETITION,
  /** The fourth equal answer. */
  model_no_progress: 3 * REPETITION,
} as const;

/** A cycle stands when it came round twice after the first time. */
export function neededOfCycle(period: number): number {
  return 2 * period * REPETITION;
}

/** The third hand-off from the same agent to the same agent, whichever of the circle it is. */
export function neededOfPingPong(period: number): number {
  return (2 * period - 1) * REPETITION;
}

/** A tool that the registry lets poll may ask as often as this in vain, or four times as often with waits between. */
export const POLLS = 30;

/** The longest cycle that is looked for, in calls; a power of two. */
export const MAX_PERIOD = 8;

/** Levels of one agent in itself, each with work of its own. Decompositions rarely need more than three. */
export const RECURSION_LEVELS = 4;

/** Fewer settled runs are no history. */
export const HISTORY_RUNS = 30;

const HISTORY_MARGIN = 1.5;
const HISTORY_LEAST = 10;

/** The number of calls above which a run left its agent's history behind; infinite without a history. */
export function boundOf(history: { readonly runs: number; readonly mostCalls: number } | null): number {
  if (history === null || history.runs < HISTORY_RUNS) return Number.POSITIVE_INFINITY;
  return Math.max(Math.ceil(history.mostCalls * HISTORY_MARGIN), HISTORY_LEAST);
}

/** Tools that only let time pass: they are no step of a circle, and what repeats after one has waited. */
const PAUSE = /^(?:sleep|wait|pause|delay)(?:$|[_\-.]|[A-Z])/;

export function isPause(tool: string): boolean {
  const first = tool.charCodeAt(0);
  // s, w, p, d: most names need no regular expression.
  return (first === 115 || first === 119 || first === 112 || first === 100) && PAUSE.test(tool);
}

/** Names of tools that only look, by their first or last word, for tools whose effect nobody declared. */
const LOOKS =
  /(?:[_\-.]|^)(?:status|search|lookup|info|details)$|[a-z](?:Status|Search|Lookup|Info|Details)$|^(?:get|list|search|find|read|fetch|lookup|look|query|check|view|show|describe|grep|glob|open|retrieve|select|count|is|has)(?:$|[_\-.]|[A-Z])/;

/** Equal answers of a tool that changes the world say that it worked each time: only looking can be in vain. */
export function onlyLooks(effect: string, tool: string): boolean {
  return effect === '' ? LOOKS.test(tool) : effect === 'read';
}
