import type { Store } from '@agentops/processor';
import { DAY, MINUTE } from '../incidents/world.ts';
import type { Disturbance, Incident } from './incident.ts';
import type { Week } from './week.ts';

/** What became of the objective that something breaks, while it lasted. */
export interface Harm {
  /** Events that were bad, and all that were judged. */
  readonly bad: number;
  readonly total: number;
  /** Bad ones that the objective allows in 28 days, by the traffic of those before. */
  readonly budget: number;
}

/** Where no objective says whether it is an incident: that it happens is enough. */
export type Harmed = Harm | null;

/** Shares of the error budget of 28 days, as The Site Reliability Workbook (chapter 5) has them in at most six hours and three days. */
const WORTH = { page: 0.05, ticket: 0.1 } as const;
/** Or as good as everything fails, and not only a few. */
const TOTAL = { share: 0.9, events: 10 } as const;
/** Tasks that began before the end are judged after it. */
const AFTER_MS = 15 * MINUTE;

/** Is it an incident by the agent's own objective? */
export function isWorth(calls: 'page' | 'ticket', harm: Harmed): boolean {
  if (harm === null) return true;
  const { bad, total, budget } = harm;
  return bad >= WORTH[calls] * budget || (bad >= TOTAL.events && bad >= TOTAL.share * total);
}

/** As the store has it; `nameOf`: what an agent is called there. */
export async function harmOf(
  store: Store,
  { objective, changes, from, to }: Disturbance,
  nameOf: (agent: string) => string,
): Promise<Harmed> {
  if (objective === undefined) return null;
  const at = (time: number): string => `fromUnixTimestamp64Milli(toInt64(${Math.round(time)}))`;
  const [row] = await store.query<Record<keyof Harm, number>>(
    `SELECT sumIf(judged - good, is_on) AS bad, sumIf(judged, is_on) AS total,
       sumIf(judged * (1 - objective / 100), is_before) AS budget
     FROM
     (
       SELECT e.good AS good, e.total AS judged, assumeNotNull(e.objective) AS objective, e.at < ${at(from)} AS is_before,
         e.at >= ${at(from)} AND e.at < ${at(to + AFTER_MS)} AS is_on
       FROM ${store.database}.slo_events AS e
       WHERE agent = {agent:String} AND sli = {sli:String} AND e.objective IS NOT NULL AND measure = 'share'
         AND e.at >= ${at(from - 28 * DAY)}
     )`,
    { agent: nameOf(changes[0]!.agent), sli: objective },
  );
  const { bad, total, budget } = row!;
  return { bad: Number(bad), total: Number(total), budget: Number(budget) };
}

/**
 * The week by what came of it: what did too little harm to an objective is no incident of it, whoever made it up as one; what
 * was made up as none, and did as much as a page is for, is one. `harms`: of its incidents and then of its disturbances.
 */
export function settled({ incidents, disturbances, left }: Week, harms: readonly Harmed[]): Week {
  const all = new Map<Disturbance, Harmed>(
    [...incidents, ...disturbances].map((one, i) => [one, harms[i] ?? null]),
  );
  const isOne = (one: Incident): boolean => isWorth(one.calls, all.get(one)!);
  const grave = new Map<Disturbance, Incident>();
  for (const one of disturbances)
    if (one.tells !== undefined && isWorth('page', all.get(one)!))
      grave.set(one, { ...one, calls: 'page', tells: one.tells });
  return {
    incidents: [...grave.values(), ...incidents.filter(isOne)],
    disturbances: [
      ...disturbances.filter((one) => !grave.has(one)),
      ...incidents.filter((one) => !isOne(one)),
    ],
    left,
  };
}
