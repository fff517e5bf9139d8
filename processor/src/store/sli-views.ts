import { SLI_DEFINITIONS, SLI_SOURCES, type Sli, type SliSource } from '@agentops/registry';

/** SQL files of `schema/views/` that are made from the definitions of the SLIs, by name of file. */
export function sliViews(): Readonly<Record<string, string>> {
  return {
    '23_sli_events.sql': sliEvents(bySource(({ scope }) => scope === 'agents')),
    '26_pipeline_slis.sql': pipelineSlis(bySource(({ scope }) => scope === 'pipeline')),
  };
}

function bySource(wanted: (sli: Sli) => boolean): Map<SliSource, Sli[]> {
  const groups = new Map<SliSource, Sli[]>();
  for (const sli of SLI_DEFINITIONS) {
    if (wanted(sli)) groups.set(sli.sql.source, [...(groups.get(sli.sql.source) ?? []), sli]);
  }
  return groups;
}

const GENERATED = `-- Generated from the definitions in registry/src/sli by npm run generate: edit those.`;

function sliEvents(groups: Map<SliSource, Sli[]>): string {
  return `${GENERATED}
-- What every SLI of agents counts, objective or not: a task, a request for approval, a score. Sums over events are an
-- SLI's numerator and denominator.
CREATE OR REPLACE VIEW $DATABASE.sli_events $ON_CLUSTER
(
    sli         String COMMENT '${[...groups.values()].flat().map(idOf).join(', ')}',
    agent       String COMMENT 'agent',
    environment String COMMENT 'deployment environment',
    task_id     String COMMENT 'task of the event',
    at          DateTime64(9, 'UTC') COMMENT 'when the event counts',
    decided_at  DateTime64(9, 'UTC') COMMENT 'when the deciding evidence came: burn windows take it',
    total       Float64 COMMENT 'valid events: 1, of tool calls their number; 0 when it cannot be judged',
    good        Nullable(Float64) COMMENT 'good events; NULL where a bound decides it, and of scores',
    value       Nullable(Float64) COMMENT 'calls, cost in the reporting currency, ms or score; NULL for shares',
    direction   String COMMENT 'higher, lower or none: which way of the SLI is better'
)
AS
${[...groups].map(([source, slis]) => events(source, slis)).join('\nUNION ALL\n')}
`;
}

/** One row an event and SLI of a source. */
function events(source: SliSource, slis: readonly Sli[]): string {
  const { from, where, at, agent, environment, taskId } = SLI_SOURCES[source];
  return `SELECT one.1 AS sli, agent, environment, task_id, at, one.2 AS decided_at, one.3 AS total, one.4 AS good, one.5 AS value, one.6 AS direction
FROM
(
    -- ${SLI_SOURCES[source].title}.
    SELECT
        ${agent} AS agent,
        ${environment} AS environment,
        ${taskId} AS task_id,
        ${at} AS at,
        arrayJoin([
${slis.map((sli) => `            ${tupleOf(sli, at)}`).join(',\n')}
        ]) AS one
    FROM ${from}${where === undefined ? '' : `\n    WHERE ${where}`}
)`;
}

function tupleOf({ id, direction, sql }: Sli, at: string): string {
  const { decidedAt, total, good, value } = sql;
  const number = (expression: string | undefined): string =>
    expression === undefined ? 'NULL' : `toFloat64(${expression})`;
  return `('${id}', ${decidedAt ?? at}, toFloat64(${total}), ${number(good)}, ${number(value)}, '${direction}')`;
}

function pipelineSlis(groups: Map<SliSource, Sli[]>): string {
  return `${GENERATED}
-- How far the other numbers can be trusted, by hour.
CREATE OR REPLACE VIEW $DATABASE.pipeline_slis $ON_CLUSTER
(
    hour        DateTime('UTC') COMMENT 'start of the hour in which the events count',
    sli         String COMMENT '${[...groups.values()].flat().map(idOf).join(', ')}',
    agent       String COMMENT 'agent; empty where the SLI knows none',
    environment String COMMENT 'deployment environment; empty where the SLI knows none',
    good        Float64 COMMENT 'numerator',
    total       Float64 COMMENT 'denominator',
    share       Nullable(Float64) COMMENT 'percent; NULL without events',
    events      UInt64 COMMENT 'what was looked at',
    judged      UInt64 COMMENT 'of events: those that could be judged'
)
AS
SELECT
    hour,
    one.1 AS sli,
    agent,
    environment,
    sum(one.3) AS good,
    sum(one.2) AS total,
    if(total = 0, NULL, 100 * good / total) AS share,
    count() AS events,
    countIf(one.2 > 0) AS judged
FROM
(
${[...groups].map(([source, slis]) => hourly(source, slis)).join('\n    UNION ALL\n')}
)
GROUP BY hour, sli, agent, environment
`;
}

function hourly(source: SliSource, slis: readonly Sli[]): string {
  const { from, where, at, agent, environment } = SLI_SOURCES[source];
  const tuples = slis.map(({ id, sql }) => `('${id}', toFloat64(${sql.total}), toFloat64(${sql.good}))`);
  return `    -- ${SLI_SOURCES[source].title}.
    SELECT
        toStartOfHour(toDateTime(${at}, 'UTC')) AS hour,
        toString(${agent}) AS agent,
        toString(${environment}) AS environment,
        arrayJoin([${tuples.join(', ')}]) AS one
    FROM ${from}${where === undefined ? '' : `\n    WHERE ${where}`}`;
}

function idOf({ id }: Sli): string {
  return id;
}
