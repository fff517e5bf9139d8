import type { Usage } from '../model.ts';

/** Counts as an emitter gives them; NaN where it gives none. */
export interface EmittedUsage {
  readonly inputTokens: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly reasoning: number;
  readonly total: number;
}

export interface UsageRules {
  /** Does the input count include cached tokens? `auto` decides by the numbers. */
  readonly cacheInside: boolean | 'auto';
  /** Does the output count include reasoning? */
  readonly reasoningInside: boolean;
}

/** Beyond this a count is an error, not a count. */
const ABSURD = 1e12;

/**
 * Token classes that do not overlap. `null` when the counts say nothing or cannot be true: unknown is never 0.
 * A class that is not given is 0 where input or output is.
 */
export function splitUsage(emitted: EmittedUsage, rules: UsageRules): Usage | null {
  const input = count(emitted.inputTokens);
  const output = count(emitted.output);
  if (input === null || output === null) return null;
  if (Number.isNaN(emitted.inputTokens) && Number.isNaN(emitted.output)) return null;
  const read = count(emitted.cacheRead);
  const written = count(emitted.cacheWrite);
  const written5m = count(emitted.cacheWrite5m);
  const written1h = count(emitted.cacheWrite1h);
  const reasoning = count(emitted.reasoning);
  if (read === null || written === null || written5m === null || written1h === null || reasoning === null)
    return null;
  const write = Math.max(written, written5m + written1h);
  const inside =
    rules.cacheInside === 'auto' ? isInside(input, read, write, output, emitted.total) : rules.cacheInside;
  return {
    input: inside ? Math.max(0, input - read - write) : input,
    cachedInput: read,
    cacheWrite: write,
    cacheWrite5m: written5m,
    cacheWrite1h: written1h,
    output: rules.reasoningInside ? Math.max(output, reasoning) : output + reasoning,
    reasoning,
  };
}

/** A count, 0 when absent, null when it cannot be one. */
function count(value: number): number | null {
  if (Number.isNaN(value)) return 0;
  return value >= 0 && value <= ABSURD ? Math.round(value) : null;
}

/**
 * The convention says that input includes cached tokens. It does not where they exceed it, or where the emitter's total
 * needs them on top.
 */
function isInside(input: number, read: number, write: number, output: number, total: number): boolean {
  const cached = read + write;
  if (cached > input) return false;
  return !(cached > 0 && total === input + output + cached);
}
