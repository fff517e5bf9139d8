import { BURN_LEVELS, burnThreshold, wilsonLow } from '@agentops/alerts';

/** What was measured of one SLI of one agent: good of judged events, and all of them, judged or not. */
export interface MeasuredSli {
  readonly agent: string;
  readonly slo: string;
  readonly environment: string;
  readonly good: number;
  readonly judged: number;
  readonly events: number;
  /** Percent; null where the registry has none. */
  readonly objective: number | null;
}

export interface Suggestion extends MeasuredSli {
  /** Percent; null without judged events. */
  readonly value: number | null;
  /** Wilson's interval at 95 %, percent. */
  readonly low: number | null;
  readonly high: number | null;
  /** Percent; null where nothing is suggested. */
  readonly first: number | null;
  readonly next: number | null;
  /** Why nothing is suggested; else null. */
  readonly refusal: string | null;
}

/** Fewer judged events leave an interval wider than a step of objectives. */
export const LEAST_JUDGED = 50;
/** Steps of objectives, percent: one is kept before the next is promised. */
const STEPS = [...Array.from({ length: 18 }, (_, i) => 5 * (i + 1)), 95, 97, 98, 99, 99.5, 99.9];

/**
 * The first objective is the step above what was measured, the next one the step after it. `windowS`: time over which it
 * will hold, seconds. Refuses what rests on too few events, and what no alert could hold.
 */
export function suggest(measured: MeasuredSli, windowS: number): Suggestion {
  const { good, judged } = measured;
  if (judged === 0) return refuse(measured, 'nothing could be judged');
  const known = {
    ...measured,
    value: (100 * good) / judged,
    low: 100 * wilsonLow(good, judged),
    high: 100 * (1 - wilsonLow(judged - good, judged)),
  };
  if (judged < LEAST_JUDGED)
    return { ...known, ...NOTHING, refusal: `${judged} judged, ${LEAST_JUDGED} are needed` };
  const index = STEPS.findIndex((step) => step > known.value);
  const first = index === -1 ? STEPS.at(-1)! : STEPS[index]!;
  if (BURN_LEVELS.some((level) => burnThreshold(level, first, windowS) === null))
    return {
      ...known,
      ...NOTHING,
      refusal: `fails so often that no alert could tell worse: mend it before it has an objective`,
    };
  return { ...known, first, next: index === -1 ? null : (STEPS[index + 1] ?? null), refusal: null };
}

const NOTHING = { first: null, next: null } as const;

function refuse(measured: MeasuredSli, refusal: string): Suggestion {
  return { ...measured, ...NOTHING, value: null, low: null, high: null, refusal };
}
