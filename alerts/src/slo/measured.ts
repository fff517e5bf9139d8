import type { RegistryDocument } from '@agentops/registry';
import { literal, paged, people } from '../catalogue/sql.ts';
import { LEAST_USUAL } from './drop.ts';
import { latestEvents } from './latest.ts';
import { SHARES } from './objectives.ts';
import { DROP_EXPRESSION, DROP_SUMS, usualExpression } from './rules.ts';

/** What agents at work only measure: an objective of `measure` on a share of good events. */
function measured({ agents }: RegistryDocument): string[] {
  return agents.flatMap(({ id, stage, slos }) =>
    stage === 'retired'
      ? []
      : slos
          .filter(
            ({ sli, objective, at_most }) =>
              objective === 'measure' && at_most === undefined && SHARES.has(sli),
          )
          .map(({ sli }) => `(${literal(id)}, ${literal(sli)})`),
  );
}

/** As `dropOf` in drop.ts with `LEAST_USUAL` for what is allowed, for each of them: fires above 1. */
export function measuredDropSql(registry: RegistryDocument): string {
  const list = measured(registry);
  return `
    SELECT agent, slo, environment, department, owner, operator,
      ${DROP_EXPRESSION} AS drop
    FROM
    (
      SELECT r.1 AS agent, r.2 AS slo, e.environment AS environment, ${people(registry, 'r.1')},
        e.latest AS latest, e.events AS events,
        ${usualExpression(String(LEAST_USUAL))}
      FROM (SELECT arrayJoin([${list.length === 0 ? "('', '')" : list.join(', ')}]) AS r) AS s
      LEFT JOIN
      (
        SELECT agent, slo, environment,
          ${DROP_SUMS.join(',\n          ')}
        FROM
        (
${latestEvents(0, paged(registry), 'objective IS NULL')}
        )
        GROUP BY agent, slo, environment
      ) AS e ON e.agent = r.1 AND e.slo = r.2
      WHERE r.1 != ''
    )`;
}
