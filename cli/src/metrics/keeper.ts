import type { Store } from '@agentops/processor';
import type { RegistryDocument } from '@agentops/registry';
import { type Counter, countStatements } from './counting.ts';

/** A counter of one agent and, where it is of one, objective. Amounts are exact decimals. */
export interface Total {
  readonly counter: Counter;
  readonly agent: string;
  readonly slo: string;
  readonly environment: string;
  readonly first: string;
  readonly late: string;
  readonly added: string;
  readonly removed: string;
}

/** Counts what came since the last time: false where the rollups have not come any further. Safe to break off and to repeat. */
export async function countRound(store: Store, registry: RegistryDocument): Promise<boolean> {
  const { database } = store;
  const [state] = await store.query<{ since: string | null; until: string | null }>(
    `SELECT (SELECT max(round) FROM ${database}.metric_totals WHERE counter = '') AS since,
       (SELECT max(round) FROM ${database}.rollup_rounds) AS until`,
  );
  const [since, until] = [Number(state!.since ?? 0), Number(state!.until ?? 0)];
  if (until <= since) return false;
  const statements = countStatements({
    since: since === 0 ? null : since,
    until,
    agents: registry.agents.map(({ id }) => id),
    environments: registry.organisation.paged_environments,
  });
  for (const statement of statements) await store.command(statement.replaceAll('$DATABASE', database));
  return true;
}

/** Every counter as it stands. */
export function readTotals(store: Store): Promise<Total[]> {
  return store.query<Total>(
    `SELECT toString(counter) AS counter, toString(agent) AS agent, toString(slo) AS slo, toString(environment) AS environment,
       toString(t.first) AS first, toString(t.late) AS late, toString(t.added) AS added, toString(t.removed) AS removed
     FROM ${store.database}.metric_totals AS t FINAL WHERE counter != '' ORDER BY counter, agent, slo, environment`,
  );
}
