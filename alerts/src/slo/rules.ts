import type { RegistryDocument } from '@agentops/registry';
import { literal, paged, people } from '../catalogue/sql.ts';
import type { RefusedRule } from '../catalogue/types.ts';
import { DROP } from './drop.ts';
import { latestEvents } from './latest.ts';
import { shareObjectives } from './objectives.ts';
import { SLOW } from './slow.ts';
import { BURN_LEVELS, type BurnLevel, burnThreshold, wilsonLow, Z } from './thresholds.ts';

interface BurnRow {
  readonly agent: string;
  readonly slo: string;
  readonly objective: number;
  readonly windowS: number;
  readonly level: BurnLevel;
  readonly threshold: number;
}

/** Every objective of agents at work at every level, and those that no rule can hold: a pilot is no reason to get up. */
export function burnRows(registry: RegistryDocument): {
  readonly rows: BurnRow[];
  readonly refused: RefusedRule[];
} {
  const rows: BurnRow[] = [];
  const refused: RefusedRule[] = [];
  for (const { agent, slo, objective, windowS, stage } of shareObjectives(registry)) {
    if (objective === null) continue;
    for (const level of BURN_LEVELS) {
      if (stage !== 'production' && level.severity === 'page') continue;
      const threshold = burnThreshold(level, objective, windowS);
      if (threshold !== null) rows.push({ agent, slo, objective, windowS, level, threshold });
      else {
        refused.push({
          agent,
          slo,
          reason: `an objective of ${objective} % allows so many failures that a total one would not show at the level of ${level.id}: raise it, or write "objective: measure"`,
        });
      }
    }
  }
  return { rows, refused };
}

/**
 * How far above its threshold each objective burns, at the worst of a severity's levels: fires above 1. Both windows are
 * the longer of their duration and the time that holds their least number of events. A page looks for a sudden drop, too, and a ticket for a slow burn.
 */
export function burnSql(registry: RegistryDocument, severity: BurnLevel['severity']): string {
  const levels = BURN_LEVELS.filter((level) => level.severity === severity);
  const { rows } = burnRows(registry);
  const slos = new Map<string, BurnRow[]>();
  for (const row of rows) {
    if (row.level.severity !== severity) continue;
    const key = `${row.agent}\n${row.slo}`;
    slos.set(key, [...(slos.get(key) ?? []), row]);
  }
  const list = [...slos.values()].map((rules) => {
    const [{ agent, slo, objective, windowS }] = rules as [BurnRow];
    const thresholds = levels.map(({ id }) => rules.find(({ level }) => level.id === id)?.threshold ?? 0);
    return `(${literal(agent)}, ${literal(slo)}, ${literal(String(objective))}, [${thresholds.map((value) => value.toFixed(6)).join(', ')}], ${windowS})`;
  });
  const longest = Math.max(...levels.map(({ longS }) => longS));
  const burns = levels.map((level, i) => burnExpression(level, i));
  return `
    SELECT agent, slo, objective, environment, department, owner, operator,
      greatest(burns, ${severity === 'page' ? DROP_EXPRESSION : SLOW_EXPRESSION}) AS burn
    FROM
    (
      SELECT r.1 AS agent, r.2 AS slo, r.3 AS objective, e.environment AS environment, ${people(registry, 'r.1')},
        greatest(${[...burns, '0'].join(',\n          ')}) AS burns,
        ${severity === 'page' ? 'e.latest AS latest' : 'e.days AS days'}, e.events AS events, 1 - toFloat64OrZero(r.3) / 100 AS allowed,
        ${usualExpression('allowed')}
      FROM (SELECT arrayJoin([${list.length === 0 ? "('', '', '', [0.], 0)" : list.join(',\n        ')}]) AS r) AS s
      LEFT JOIN
      (
        SELECT agent, slo, environment,
          ${levels.flatMap((level, i) => windowSums(level, i)).join(',\n          ')},
          ${[...DROP_SUMS, ...(severity === 'ticket' ? [SLOW_SUMS] : [])].join(',\n          ')}
        FROM
        (
${latestEvents(longest, paged(registry), 'objective IS NOT NULL')}
        )
        GROUP BY agent, slo, environment
      ) AS e ON e.agent = r.1 AND e.slo = r.2
      WHERE r.1 != ''
    )`;
}

/** The shares of bad events that `dropOf` looks at, newest first, and those before them. */
export const DROP_SUMS: readonly string[] = [
  `arrayMap(one -> one.2, arraySort(groupArrayIf((rank, bad / total), rank <= ${DROP.latest} AND decided_at > $__toTime - INTERVAL ${DROP.withinS} SECOND))) AS latest`,
  `sumIf(bad / total, rank > ${DROP.latest}) + any(before_bad) AS older_bad`,
  `countIf(rank > ${DROP.latest}) + any(before) AS older`,
  'count() + any(before) AS events',
];

/** As `usualBad` in drop.ts: `usual`, and `dropped`, the share where the odds are so much worse. `allowed`: SQL. */
export function usualExpression(allowed: string): string {
  const zz = DROP.z * DROP.z;
  const share = 'e.older_bad / e.older';
  const high = `(${share} + ${zz / 2} / e.older + ${DROP.z} * sqrt(greatest(0, ${share} * (1 - ${share}) / e.older + ${zz / 4} / (e.older * e.older)))) / (1 + ${zz} / e.older)`;
  return `if(e.older < ${DROP.leastBefore}, 1, greatest(${allowed}, ${high})) AS usual,
        ${DROP.odds} * usual / (1 - usual + ${DROP.odds} * usual) AS dropped`;
}

/** As `dropFrom` in drop.ts. */
export const DROP_EXPRESSION = `if(usual >= 1 OR arraySum(latest) < ${DROP.leastBad} OR arraySum(arraySlice(latest, 1, ${DROP.mended})) <= floor(${DROP.mended} * usual), 0,
        greatest(0, arrayMax(arrayCumSum(arrayMap(bad -> ${evidenceExpression('bad', 'usual', 'dropped')}, latest)))) / log(greatest(events, ${DROP.leastEvents}) / ${DROP.falsePages}))`;

/** The shares of bad events that `slowOf` looks at, newest first. */
const SLOW_SUMS = `arrayMap(one -> one.2, arraySort(groupArrayIf((rank, bad / total), decided_at > $__toTime - INTERVAL ${SLOW.withinS} SECOND))) AS days`;

/** As `slowFrom` in slow.ts. */
const SLOW_EXPRESSION = `if(arraySum(days) < ${SLOW.leastBad}, 0, arrayFold(
        (so, one) -> least(${SLOW.most}, greatest(0, so + one)),
        arrayMap(bad -> (${evidenceExpression('bad', 'allowed', `(${SLOW.odds} * allowed / (1 - allowed + ${SLOW.odds} * allowed))`)}) / log(greatest(events, ${SLOW.leastEvents}) / ${SLOW.falseTickets}), arrayReverse(days)),
        toFloat64(0)))`;

/** As `evidence` in drop.ts: what a share of a bad event says for a worse share than the first. */
function evidenceExpression(bad: string, share: string, worse: string): string {
  return `${bad} * log(${worse} / ${share}) + (1 - ${bad}) * log((1 - ${worse}) / (1 - ${share}))`;
}

function windowSums({ longS, shortS, longEvents, shortEvents }: BurnLevel, i: number): string[] {
  const inside = (seconds: number, least: number): string =>
    `(decided_at > $__toTime - INTERVAL ${seconds} SECOND OR rank <= ${least})`;
  return [
    `sumIf(bad, ${inside(longS, longEvents)}) AS long_bad_${i}`,
    `sumIf(total, ${inside(longS, longEvents)}) AS long_total_${i}`,
    `sumIf(bad, ${inside(shortS, shortEvents)}) AS short_bad_${i}`,
    `sumIf(total, ${inside(shortS, shortEvents)}) AS short_total_${i}`,
  ];
}

/** As `burnOf` in thresholds.ts, above `thresholdAbove`. */
function burnExpression(level: BurnLevel, i: number): string {
  const { longEvents, leastBad } = level;
  const [bad, total] = [`e.long_bad_${i}`, `e.long_total_${i}`];
  const zz = (Z * Z).toFixed(12);
  const low = `greatest(0, (${bad} / ${total} + ${zz} / (2 * ${total}) - ${Z} * sqrt(greatest(0, ${bad} / ${total} * (1 - ${bad} / ${total}) / ${total} + ${zz} / (4 * ${total} * ${total})))) / (1 + ${zz} / ${total}))`;
  return `if(${total} < ${longEvents} OR ${bad} < ${leastBad} OR e.short_total_${i} = 0 OR r.4[${i + 1}] = 0, 0, least(${low}, e.short_bad_${i} / e.short_total_${i}) / ${thresholdExpression(level, i)})`;
}

/** As `thresholdAbove` in thresholds.ts. */
function thresholdExpression({ severity, budget, longS, longEvents, reach }: BurnLevel, i: number): string {
  if (severity !== 'page') return `r.4[${i + 1}]`;
  const most = wilsonLow(longEvents, longEvents).toFixed(12);
  return `greatest(r.4[${i + 1}], if(usual >= 1, 0, least(greatest(1, ${budget} * r.5 / ${longS}) * usual, usual + ${reach} * (${most} - usual))))`;
}
