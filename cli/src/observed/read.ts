import type { Observation } from '@agentops/registry';
import type { Access } from '../access.ts';

/** Runs that did something; what only judges or decides is no work of an agent. */
const WORKS = `(SELECT * FROM agentops.runs FINAL
  WHERE root_seen + model_calls + tool_calls > 0 AND started_at >= fromUnixTimestamp64Milli({from:Int64}))`;

const STEPS = `(SELECT * FROM agentops.steps FINAL
  WHERE kind != 'skeleton' AND started_at >= fromUnixTimestamp64Milli({from:Int64}))`;

const SEEN = `toUInt64(count()) AS count, toUnixTimestamp64Milli(min(started_at)) AS first,
  toUnixTimestamp64Milli(max(started_at)) AS last`;

/** What telemetry has shown of every agent since `fromMs` (ms since the epoch). */
export async function readObservations(
  access: Pick<Access, 'query'>,
  fromMs: number,
): Promise<Observation[]> {
  const rows = await access.query<Record<keyof Observation, string>>(
    `WITH namespaces AS
     (
       SELECT service, any(JSONExtractString(resource_context, 'namespace')) AS namespace FROM ${STEPS} GROUP BY service
     )
     SELECT o.*, n.namespace AS namespace FROM
     (
       SELECT agent, service, 'run' AS what, '' AS name, '' AS effect, ${SEEN} FROM ${WORKS} GROUP BY agent, service
       UNION ALL
       SELECT agent, service, 'delegate', arrayJoin(arrayFilter(d -> d != agent, agents)) AS name, '', ${SEEN}
       FROM ${WORKS} GROUP BY agent, service, name
       UNION ALL
       SELECT agent, service, 'version', agent_version AS name, '', ${SEEN}
       FROM ${WORKS} WHERE agent_version != '' GROUP BY agent, service, name
       UNION ALL
       SELECT agent, service, 'department', department AS name, '', ${SEEN}
       FROM ${WORKS} WHERE department != '' GROUP BY agent, service, name
       UNION ALL
       SELECT agent, service, 'tool', tool AS name, toString(effect) AS effect, ${SEEN}
       FROM ${STEPS} WHERE kind = 'tool' AND counted AND tool != '' GROUP BY agent, service, name, effect
       UNION ALL
       SELECT agent, service, 'model', if(response_model = '', request_model, response_model) AS name, '', ${SEEN}
       FROM ${STEPS} WHERE counted AND name != '' GROUP BY agent, service, name
       UNION ALL
       SELECT agent, service, 'data', resource AS name, toString(effect) AS effect, ${SEEN}
       FROM ${STEPS} WHERE resource != '' GROUP BY agent, service, name, effect
     ) AS o
     LEFT JOIN namespaces AS n ON n.service = o.service
     ORDER BY agent, service, what, name, effect`,
    { from: fromMs },
  );
  return rows.map((row) => ({
    ...row,
    what: row.what as Observation['what'],
    count: Number(row.count),
    first: Number(row.first),
    last: Number(row.last),
  }));
}
