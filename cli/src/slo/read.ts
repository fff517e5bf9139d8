import type { Access } from '../access.ts';
import { type MeasuredSli, type Suggestion, suggest } from './suggest.ts';

/** Shares of every agent, with an objective or without; values only where the registry bounds them. */
const measuredSql = (database: string): string => `
  SELECT agent, slo, environment, sum(good_events) AS good, sum(judged_events) AS judged, count() AS events,
    max(wanted) AS objective
  FROM
  (
    SELECT e.agent AS agent, e.sli AS slo, e.environment AS environment, assumeNotNull(e.good) AS good_events,
      e.total AS judged_events, o.objective AS wanted
    FROM ${database}.sli_events AS e
    LEFT JOIN (SELECT agent, slo, objective FROM ${database}.objectives WHERE bound = '') AS o
      ON o.agent = e.agent AND o.slo = e.sli
    WHERE e.good IS NOT NULL AND e.direction != 'none' AND e.at > now64(9, 'UTC') - toIntervalDay({days:UInt32})
    UNION ALL
    SELECT agent, slo, environment, good, total, objective
    FROM ${database}.slo_events
    WHERE measure = 'share' AND slo != sli AND at > now64(9, 'UTC') - toIntervalDay({days:UInt32})
  )
  WHERE {agent:String} IN ('', agent)
  GROUP BY agent, slo, environment
  ORDER BY agent, slo, environment`;

/** Suggestions over the last `days`; `agent`: empty for all. */
export async function readSuggestions(
  access: Pick<Access, 'query'>,
  days: number,
  agent: string,
  database = 'agentops',
): Promise<Suggestion[]> {
  const rows = await access.query<Readonly<Record<keyof MeasuredSli, string | number | null>>>(
    measuredSql(database),
    {
      days,
      agent,
    },
  );
  return rows.map((row) =>
    suggest(
      {
        agent: String(row.agent),
        slo: String(row.slo),
        environment: String(row.environment),
        good: Number(row.good),
        judged: Number(row.judged),
        events: Number(row.events),
        objective: row.objective === null ? null : Number(row.objective),
      },
      days * 86_400,
    ),
  );
}
