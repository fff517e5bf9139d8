/** What is counted, and how a change of it counts. */
export const COUNTERS = {
  /** Events of objectives, at their first decision: whatever changes afterwards is a correction. */
  slo_events: 'once',
  slo_good: 'once',
  loops: 'once',
  /** Sums that grow as more comes in: growth is counted, a fall is a correction. */
  charges: 'grows',
  cost: 'grows',
  unpriced: 'grows',
  wasted_calls: 'grows',
  /** What is a correction from the beginning: re-rated prices, shares of an invoice. */
  adjustments: 'corrects',
} as const satisfies Record<string, 'once' | 'grows' | 'corrects'>;
export type Counter = keyof typeof COUNTERS;

/** All that the registry does not know is counted together: names from telemetry would be series without end. */
export const UNREGISTERED = 'unregistered';

/** Decided so long before it is counted, it is late: nobody is called for what is over. */
export const LATE_MS = 3_600_000;
/** So far a first count looks back. */
const BEGIN_MS = 3 * 86_400_000;
/** A round looks again at what came in so long before the last one ended: rollups are written by rounds of their own. */
const OVERLAP_MS = 15 * 60_000;

export interface CountRound {
  /** Up to when everything is counted; null before the first round. ms of the store’s clock. */
  readonly since: number | null;
  /** Up to when the rollups are complete. */
  readonly until: number;
  /** Of the registry. */
  readonly agents: readonly string[];
  readonly environments: readonly string[];
}

/**
 * Statements of a round, to be sent in this order; `$DATABASE` stands for the database. The first ones add to `metric_counts` what
 * is counted first, or found changed, since the last round; the last one adds that up to `metric_totals`. Broken off anywhere
 * and done again, they count nothing twice: what stands in metric_counts is known, and what was not added up is added up next.
 */
export function countStatements(round: CountRound): string[] {
  return [events(round), charges(round), loops(round)]
    .map((source) => insertChanges(source, round.until))
    .concat(addUp(round));
}

interface Source {
  readonly counters: readonly Counter[];
  /** SELECT of counter, agent, slo, environment, thing, value (a Decimal) and at: what things count for now. */
  readonly now: string;
  /** SELECT of the things that may have changed; null: all. */
  readonly things: string | null;
}

const literal = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
const list = (texts: readonly string[]): string =>
  `(${texts.length === 0 ? "''" : texts.map(literal).join(', ')})`;
const time = (ms: number): string => `fromUnixTimestamp64Milli(toInt64(${Math.floor(ms)}), 'UTC')`;
/** Versions of the rollups are twice the time of their round. */
const changed = (since: number): string => `version > ${2 * (since - OVERLAP_MS)}`;

/** Tasks, requests for approval and scores that objectives are held against. */
function events({ since, until, environments }: CountRound): Source {
  const things =
    since === null
      ? null
      : `SELECT task_id AS thing FROM $DATABASE.task_states WHERE ${changed(since)}
         UNION DISTINCT SELECT approval_id FROM $DATABASE.review_states
         WHERE ${changed(since)} OR (decision = 'pending' AND late_at > ${time(since)} AND late_at <= ${time(until)})
         UNION DISTINCT SELECT concat(record_trace_id, ' ', record_span_id) FROM $DATABASE.score_states WHERE ${changed(since)}`;
  const which = things === null ? `decided_at > ${time(until - BEGIN_MS)}` : `event_id IN (${things})`;
  return {
    counters: ['slo_events', 'slo_good'],
    things,
    now: `
      SELECT one.1 AS counter, agent, slo, environment, thing, one.2 AS value, at
      FROM
      (
        SELECT agent, slo, environment, event_id AS thing, max(e.decided_at) AS at,
          arrayJoin([('slo_events', toDecimal128(any(e.total), 12)), ('slo_good', toDecimal128(any(e.good), 12))]) AS one
        FROM $DATABASE.slo_events AS e
        WHERE measure = 'share' AND direction != 'none' AND e.total > 0 AND environment IN ${list(environments)} AND ${which}
        GROUP BY agent, slo, environment, event_id
      )`,
  };
}

/** Charges, by agent and quarter of an hour. Work that names no environment is nobody’s test. */
function charges({ since, until, agents, environments }: CountRound): Source {
  const quarters =
    since === null ? null : `SELECT DISTINCT at FROM $DATABASE.cost_sums WHERE ${changed(since)}`;
  const which = quarters === null ? `at > ${time(until - BEGIN_MS)}` : `at IN (${quarters})`;
  const is = (condition: string, amount: string): string =>
    `toDecimal128(if(${condition}, ${amount}, 0), 12)`;
  return {
    counters: ['charges', 'cost', 'unpriced', 'adjustments'],
    things: quarters === null ? null : `SELECT toString(toUnixTimestamp(at)) FROM (${quarters})`,
    now: `
      SELECT one.1 AS counter, known AS agent, '' AS slo, '' AS environment, thing, sum(one.2) AS value, max(quarter) AS at
      FROM
      (
        SELECT if(agent IN ${list(agents)}, toString(agent), '${UNREGISTERED}') AS known, toString(toUnixTimestamp(at)) AS thing,
          toDateTime64(at, 9, 'UTC') AS quarter,
          arrayJoin([
            ('charges', ${is("kind != 'adjustment'", 'calls')}), ('unpriced', ${is("kind != 'adjustment'", 'unpriced_calls')}),
            ('cost', if(kind != 'adjustment', ifNull(cost, 0), 0)), ('adjustments', if(kind = 'adjustment', ifNull(cost, 0), 0))
          ]) AS one
        FROM $DATABASE.cost_totals
        WHERE state != 'superseded' AND environment IN ${list([...environments, ''])} AND ${which}
      )
      GROUP BY counter, agent, thing`,
  };
}

/** What goes in circles, and what that wastes so far. */
function loops({ since, until, agents, environments }: CountRound): Source {
  const found = (columns: string): string =>
    `SELECT ${columns} FROM $DATABASE.loops WHERE inserted_at >= ${time((since ?? 0) - OVERLAP_MS)}`;
  const which =
    since === null
      ? `detected_at > ${time(until - BEGIN_MS)}`
      : `(trace_id, finding_id) IN (${found('trace_id, finding_id')})`;
  return {
    counters: ['loops', 'wasted_calls'],
    things: since === null ? null : found('finding_id'),
    now: `
      SELECT one.1 AS counter, if(agent IN ${list(agents)}, toString(agent), '${UNREGISTERED}') AS agent, '' AS slo, '' AS environment,
        finding_id AS thing, one.2 AS value, one.3 AS at
      FROM
      (
        SELECT l.agent AS agent, finding_id,
          arrayJoin([('loops', toDecimal128(1, 12), detected_at), ('wasted_calls', toDecimal128(wasted_calls, 12), ended_at)]) AS one
        FROM $DATABASE.loops AS l FINAL
        WHERE environment IN ${list(environments)} AND ${which}
      )`,
  };
}

const of = (policy: (typeof COUNTERS)[Counter]): string =>
  list(Object.keys(COUNTERS).filter((counter) => COUNTERS[counter as Counter] === policy));

function insertChanges({ counters, now, things }: Source, until: number): string {
  const among = things === null ? '1' : `thing IN (${things})`;
  return `
    INSERT INTO $DATABASE.metric_counts (counter, agent, slo, environment, thing, step, value, first, late, added, removed, round)
    SELECT counter, agent, slo, environment, thing, steps, is_now,
      if(is_first AND NOT is_late, gain, nothing), if(is_first AND is_late, gain, nothing), if(is_first, nothing, gain), loss, ${until}
    FROM
    (
      SELECT counter, agent, slo, environment, thing, toDecimal128(0, 12) AS nothing,
        toUInt32(maxIf(step + 1, counted)) AS steps, sumIf(value, NOT counted) AS is_now, sumIf(value, counted) AS was,
        greatest(is_now - was, nothing) AS gain, greatest(was - is_now, nothing) AS loss,
        counter IN ${of('grows')} OR (steps = 0 AND counter IN ${of('once')}) AS is_first,
        maxIf(at, NOT counted) < ${time(until - LATE_MS)} AS is_late
      FROM
      (
        SELECT toString(counter) AS counter, toString(agent) AS agent, toString(slo) AS slo, toString(environment) AS environment, thing,
          toUInt32(0) AS step, value, toDateTime64(at, 9, 'UTC') AS at, 0 AS counted
        FROM (${now})
        UNION ALL
        SELECT toString(c.counter), toString(c.agent), toString(c.slo), toString(c.environment), thing,
          max(c.step), argMax(c.value, c.step), toDateTime64(0, 9, 'UTC'), 1
        FROM $DATABASE.metric_counts AS c
        WHERE counter IN ${list(counters)} AND ${among}
          AND (slo = '' OR (agent, slo) IN (SELECT agent, slo FROM $DATABASE.objectives))
        GROUP BY c.counter, c.agent, c.slo, c.environment, thing
      )
      GROUP BY counter, agent, slo, environment, thing
      HAVING is_now != was OR (steps = 0 AND counter IN ${of('once')})
    )`;
}

function addUp({ since, until }: CountRound): string {
  return `
    INSERT INTO $DATABASE.metric_totals (counter, agent, slo, environment, first, late, added, removed, round)
    SELECT counter, agent, slo, environment, sum(t.first), sum(t.late), sum(t.added), sum(t.removed), ${until}
    FROM
    (
      SELECT counter, agent, slo, environment, first, late, added, removed, 0 AS is_new FROM $DATABASE.metric_totals FINAL WHERE counter != ''
      UNION ALL
      SELECT counter, agent, slo, environment, first, late, added, removed, 1 FROM $DATABASE.metric_counts FINAL
      WHERE round > ${since ?? 0} AND round <= ${until}
    ) AS t
    GROUP BY counter, agent, slo, environment
    HAVING max(is_new) = 1
    UNION ALL
    SELECT '', '', '', '', 0, 0, 0, 0, ${until}`;
}
