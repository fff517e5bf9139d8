import { SLI_DEFINITIONS, SLI_SOURCES, type Sli, type SliSource } from '@agentops/registry';

/** SQL files of `schema/views/` that are made from the definitions of the SLIs, by name of file. */
export function sliViews(): Readonly<Record<string, string>> {
  return {
    '23_sli_events.sql': sliEvents(bySource(({ scope }) => scope === 'agents')),
    '23_slo_events.sql': sloEvents(bySource(({ scope }) => scope === 'agents')),
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
${[...groups].flatMap(([source, slis]) => slis.map((sli) => events(source, sli))).join('\nUNION ALL\n')}
`;
}

/** One row an event and SLI. Each SLI is a part of its own, so that a question about one reads nothing of the others. */
function events(source: SliSource, { id, direction, sql }: Sli): string {
  const { from, where, at, agent, environment, taskId } = SLI_SOURCES[source];
  return `SELECT
    '${id}' AS sli,
    ${agent} AS agent,
    ${environment} AS environment,
    ${taskId} AS task_id,
    ${at} AS at,
    ${sql.decidedAt ?? at} AS decided_at,
    toFloat64(${sql.total}) AS total,
    ${number(sql.good)} AS good,
    ${number(sql.value)} AS value,
    '${direction}' AS direction
FROM ${from}${where === undefined ? '' : `\nWHERE ${where}`}`;
}

function number(expression: string | undefined): string {
  return expression === undefined
    ? "CAST(NULL, 'Nullable(Float64)')"
    : `CAST(${expression}, 'Nullable(Float64)')`;
}

function sloEvents(groups: Map<SliSource, Sli[]>): string {
  return `${GENERATED}
-- Every event that an objective of the registry, as it stands now, is held against: a task, a request for approval, a
-- score. Good of total events; the window is not applied yet.
CREATE OR REPLACE VIEW $DATABASE.slo_events $ON_CLUSTER
(
    agent       String COMMENT 'agent',
    slo         String COMMENT 'the SLI; with its bound where it has one',
    sli         String COMMENT '${[...groups.values()].flat().map(idOf).join(', ')}',
    environment String COMMENT 'deployment environment',
    objective   Nullable(Float64) COMMENT 'percent of good events; NULL only measures',
    window_s    UInt64 COMMENT 'time over which the objective holds, seconds',
    at          DateTime64(9, 'UTC') COMMENT 'when the event counts',
    measure     String COMMENT 'share: good of total events; mean: good is a value (score, cost, ms, calls) to be averaged',
    good        Float64 COMMENT 'good events, or the value',
    total       Float64 COMMENT 'valid events: 1, of tool calls their number; 0 when it cannot be judged',
    task_id     String COMMENT 'task of the event',
    decided_at  DateTime64(9, 'UTC') COMMENT 'when the deciding evidence came: burn windows take it',
    direction   String COMMENT 'higher, lower or none: without one there is no error budget',
    event_id    String COMMENT 'of the event: a task, a request for approval, or the record of a score'
)
AS
SELECT
    agent,
    slo,
    sli,
    environment,
    objective,
    window_s,
    at,
    if(one.3 IS NULL AND most IS NULL, 'mean', 'share') AS measure,
    multiIf(
        one.2 = 0, 0,
        one.3 IS NOT NULL, assumeNotNull(one.3),
        measure = 'mean', ifNull(one.4, 0),
        ifNull(one.4 <= most, 0)
    ) AS good,
    one.2 AS total,
    task_id,
    one.1 AS decided_at,
    one.5 AS direction,
    event_id
FROM
(
${[...groups].map(([source, slis]) => heldAgainst(source, slis)).join('\n    UNION ALL\n')}
)
`;
}

/** The events of a source for the objectives of their agents: nothing is read twice, however many those are. */
function heldAgainst(source: SliSource, slis: readonly Sli[]): string {
  const { from, where, at, environment, agent, taskId, eventId = taskId } = SLI_SOURCES[source];
  const [last, ...others] = [...slis].reverse() as [Sli, ...Sli[]];
  const choices = others.reverse().map((sli) => `o.sli = '${sli.id}', ${tupleOf(sli, at)}`);
  return `    -- ${SLI_SOURCES[source].title}.
    SELECT
        o.agent AS agent,
        o.slo AS slo,
        o.sli AS sli,
        ${environment} AS environment,
        o.objective AS objective,
        o.window_s AS window_s,
        o.most AS most,
        ${taskId} AS task_id,
        ${eventId} AS event_id,
        ${at} AS at,
        ${choices.length === 0 ? tupleOf(last, at) : `multiIf(\n            ${[...choices, tupleOf(last, at)].join(',\n            ')}\n        )`} AS one
    FROM ${from}
    INNER JOIN $DATABASE.objectives AS o ON o.agent = ${agent}
    WHERE o.sli IN (${slis.map(({ id }) => `'${id}'`).join(', ')})${where === undefined ? '' : ` AND ${where}`}`;
}

function tupleOf({ direction, sql }: Sli, at: string): string {
  const { decidedAt, total, good, value } = sql;
  return `(${decidedAt ?? at}, toFloat64(${total}), ${number(good)}, ${number(value)}, '${direction}')`;
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
