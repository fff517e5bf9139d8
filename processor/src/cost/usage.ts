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
  /**
   * Does the input count include cached tokens? `auto` decides by the numbers, which also overrule a `true` that cannot
   * be: an input smaller than its cached part.
   */
  readonly cacheInside: boolean | 'auto';
  /** Does the output count include reasoning? Overruled by a total that needs it on top. */
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
  const cached = read + write;
  const apart = !rules.reasoningInside || needsReasoning(emitted.total, input, cached, output, reasoning);
  const spoken = apart ? output + reasoning : Math.max(output, reasoning);
  const inside =
    rules.cacheInside === 'auto' ? isInside(input, cached, spoken, emitted.total) : rules.cacheInside;
  return {
    input: inside && cached <= input ? input - cached : input,
    cachedInput: read,
    cacheWrite: write,
    cacheWrite5m: written5m,
    cacheWrite1h: written1h,
    output: spoken,
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
function isInside(input: number, cached: number, output: number, total: number): boolean {
  return cached <= input && !(cached > 0 && total === input + output + cached);
}

/** The convention says that output includes reasoning. It does not where the emitter's total needs it on top. */
function needsReasoning(
  total: number,
  input: number,
  cached: number,
  output: number,
  reasoning: number,
): boolean {
  if (reasoning === 0 || total === input + output || total === input + cached + output) return false;
  return total === input + output + reasoning || total === input + cached + output + reasoning;
}
