import type { Embedded, EmbeddedStats } from '@agentops/processor';

type Row = Record<string, string>;

export interface Status extends EmbeddedStats {
  readonly agents: Row[];
  readonly departments: Row[];
  readonly outcomes: Row[];
  readonly balance: number;
  readonly currency: string;
}

/** The live counts of the start page. */
export async function readStatus({ reader, stats }: Embedded): Promise<Status> {
  const agents = await reader.query<Row>(
    `SELECT agent, any(registered) AS registered, argMax(stage, started_at) AS stage, count() AS tasks,
       countIf(outcome = 'success') AS success, countIf(outcome NOT IN ('open', 'unknown')) AS judged,
       sum(cost) AS total_cost, max(ended_at) AS last_seen
     FROM agentops.task_outcomes GROUP BY agent ORDER BY tasks DESC, agent LIMIT 20`,
  );
  const outcomes = await reader.query<Row>(
    'SELECT outcome, count() AS tasks, any(currency) AS in_currency FROM agentops.task_outcomes GROUP BY outcome ORDER BY tasks DESC',
  );
  const departments = await reader.query<Row>(
    `SELECT department, sum(cost) AS total_cost, countIf(cost IS NULL) AS unpriced
     FROM agentops.cost_entries GROUP BY department ORDER BY total_cost DESC NULLS LAST LIMIT 12`,
  );
  const [conservation] = await reader.query<Row>(
    'SELECT sum(abs(balance)) AS off FROM agentops.conservation',
  );
  return {
    ...stats(),
    agents,
    departments,
    outcomes,
    balance: Number(conservation?.['off'] ?? 0),
    currency: outcomes[0]?.['in_currency'] ?? '',
  };
}
