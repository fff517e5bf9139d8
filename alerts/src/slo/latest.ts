import { DROP } from './drop.ts';
import { BURN_LEVELS } from './thresholds.ts';

/** Time that rules look back, days. */
const DAYS = 28;
/** Events that a rule counts, however old they are. */
const LEAST = Math.max(
  DROP.latest,
  ...BURN_LEVELS.flatMap(({ longEvents, shortEvents }) => [longEvents, shortEvents]),
);
const quarter = (time: string): string => `toStartOfFifteenMinutes(toDateTime(${time}, 'UTC'))`;

/**
 * SQL: the judged events of each objective that any rule looks at one by one, `rank` 1 the latest: those of the last
 * `seconds`, and at least so many as rules ask for. What is older stands beside each of them as `before` (their number) and
 * `before_bad` (the sum of the shares of each that are bad), back to 28 days; those come from sums by quarters of an hour.
 * `condition` chooses among the columns of both slo_events and slo_totals, `objectives` among those of slo_events.
 */
export function latestEvents(seconds: number, condition: string, objectives: string): string {
  const oldest = quarter(`$__toTime - INTERVAL ${DAYS} DAY`);
  const begins = `
    SELECT agent, slo, environment,
      arrayReverseSort(groupArray((quarter, judged, bad_shares))) AS quarters,
      arrayFirstIndex(so_far -> so_far >= ${LEAST}, arrayCumSum(one -> one.2, quarters)) AS enough,
      least(${quarter(`$__toTime - INTERVAL ${seconds} SECOND`)}, if(enough = 0, ${oldest}, quarters[enough].1)) AS begin,
      arraySum(one -> if(one.1 < begin, one.2, 0), quarters) AS before,
      arraySum(one -> if(one.1 < begin, one.3, 0), quarters) AS before_bad
    FROM
    (
      SELECT agent, slo, environment, decided_at AS quarter,
        -- Of the last quarter only a part may be past.
        sumIf(s.judged, quarter < ${quarter('$__toTime')}) AS judged, sum(s.bad_shares) AS bad_shares
      FROM agentops.slo_totals AS s
      WHERE measure = 'share' AND ${condition} AND decided_at <= $__toTime AND decided_at >= ${oldest}
      GROUP BY agent, slo, environment, quarter
    )
    GROUP BY agent, slo, environment`;
  return `
    SELECT e.agent AS agent, e.slo AS slo, e.environment AS environment, e.decided_at AS decided_at, e.total AS total,
      e.total - e.good AS bad, b.before AS before, b.before_bad AS before_bad,
      row_number() OVER (PARTITION BY agent, slo, environment ORDER BY decided_at DESC) AS rank
    FROM
    (
      SELECT * FROM agentops.slo_events
      WHERE measure = 'share' AND total > 0 AND ${objectives} AND ${condition} AND decided_at <= $__toTime
        -- When those count of which the evidence came since: so much of the tasks is read, and no more.
        AND ${quarter('at')} IN
        (
          SELECT t.at FROM agentops.slo_totals AS t
          INNER JOIN (${begins}) AS b ON b.agent = t.agent AND b.slo = t.slo AND b.environment = t.environment
          WHERE t.decided_at >= b.begin
        )
    ) AS e
    INNER JOIN (${begins}) AS b ON b.agent = e.agent AND b.slo = e.slo AND b.environment = e.environment
    WHERE e.decided_at >= b.begin`;
}
