import { budgetPeople, burnRows, platformTeam, shareObjectives } from '@agentops/alerts';
import type { Store } from '@agentops/processor';
import { hashRegistry, type RegistryDocument } from '@agentops/registry';
import { UNREGISTERED } from './counting.ts';
import type { Family, MetricLabels, Sample } from './exposition.ts';

type Row = Readonly<Record<string, string | number | null>>;
type Ask = <R = Row>(sql: string) => Promise<R[]>;

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name,
  type: 'gauge',
  help,
  samples,
});
const sample = (value: string | number | null | undefined, labels: MetricLabels = {}): Sample[] =>
  value === null || value === undefined ? [] : [{ labels, value: String(value) }];
const one = (value: string | number | null | undefined): Sample[] => sample(value);

/** How things stand, as the store says now: of agents, objectives, budgets and channels of the registry, and of no others. */
export async function gaugeFamilies(store: Store, registry: RegistryDocument): Promise<Family[]> {
  const ask: Ask = (sql) => store.query(sql.replaceAll('{}', store.database));
  return [
    ...fromRegistry(registry),
    ...(await pipeline(ask)),
    ...(await silence(ask, registry)),
    ...(await budgets(ask, registry)),
    ...(await governance(ask, registry)),
  ];
}

/** Who answers for an agent, and what each is held to. */
function fromRegistry(registry: RegistryDocument): Family[] {
  const { agents } = registry;
  const platform = platformTeam(registry);
  return [
    {
      name: 'agentops_registry',
      type: 'info',
      help: 'Version of the registry that is valid.',
      samples: sample(1, { version: hashRegistry(registry).slice(0, 12) }),
    },
    {
      name: 'agentops_agent',
      type: 'info',
      help: 'Who answers for an agent, and who is on call for it.',
      samples: [
        ...agents,
        { id: UNREGISTERED, department: '', owner: platform, operator: platform, stage: '' },
      ].flatMap(({ id, department, owner, operator, stage }) =>
        sample(1, { agent: id, department, owner, operator, stage }),
      ),
    },
    gauge(
      'agentops_slo_objective_ratio',
      'Share of good events that is agreed on.',
      shareObjectives(registry).flatMap(({ agent, slo, objective }) =>
        objective === null ? [] : sample(Number((objective / 100).toFixed(6)), { agent, slo }),
      ),
    ),
    gauge(
      'agentops_slo_threshold_ratio',
      'Share of bad events above which an objective burns too fast, by the level of the alert.',
      burnRows(registry).rows.flatMap(({ agent, slo, objective, level, threshold }) =>
        sample(threshold.toFixed(6), { agent, slo, objective: String(objective), level: level.id }),
      ),
    ),
  ];
}

/** Whether the numbers can be trusted. */
async function pipeline(ask: Ask): Promise<Family[]> {
  const [row] = await ask(
    `SELECT
       (SELECT dateDiff('second', maxOrNull(minute), now()) FROM {}.balance WHERE received > 0 AND minute <= now()) AS age,
       (SELECT max(behind_s) FROM {}.rollup_state) AS behind,
       (SELECT toFloat64(sum(abs(balance))) FROM {}.balance
        WHERE minute <= now() - INTERVAL 10 MINUTE AND minute > now() - INTERVAL 1 DAY
          AND minute < (SELECT min(counted_until) - INTERVAL 2 MINUTE FROM {}.rollup_state)) AS imbalance,
       (SELECT max(share) FROM (
          SELECT sum(dead_letters) / greatest(sum(received), 1) AS share FROM {}.balance
          WHERE minute > now() - INTERVAL 1 HOUR AND minute <= now() GROUP BY source)) AS dead`,
  );
  return [
    gauge(
      'agentops_telemetry_age_seconds',
      'Time since the latest minute in which anything was received.',
      one(row?.['age']),
    ),
    gauge(
      'agentops_rollup_behind_seconds',
      'How far what is asked is behind what is stored.',
      one(row?.['behind']),
    ),
    gauge(
      'agentops_conservation_imbalance_items',
      'Items of the last day that were received and are neither stored nor accounted for.',
      one(row?.['imbalance'] ?? 0),
    ),
    gauge(
      'agentops_dead_letters_ratio',
      'Share of the last hour that could not be read, of the source of which it is most.',
      one(row?.['dead'] ?? 0),
    ),
  ];
}

async function silence(ask: Ask, { agents }: RegistryDocument): Promise<Family[]> {
  const rows = await ask<{ agent: string; calendar: string; every_s: string; silent_s: string }>(
    'SELECT agent, calendar, every_s, silent_s FROM {}.silent_agents',
  );
  const known = rows.filter(({ agent }) => agents.some(({ id }) => id === agent));
  return [
    gauge(
      'agentops_agent_silent_seconds',
      'Time of its calendar since an agent was last heard of.',
      known.flatMap(({ agent, calendar, silent_s }) => sample(silent_s, { agent, calendar })),
    ),
    gauge(
      'agentops_agent_expected_seconds',
      'Time within which the registry expects to hear of an agent.',
      known.flatMap(({ agent, calendar, every_s }) => sample(every_s, { agent, calendar })),
    ),
  ];
}

interface BudgetRow {
  readonly kind: string;
  readonly subject: string;
  readonly per: string;
  readonly currency: string;
  readonly spent: string | null;
  readonly soft: string | null;
  readonly hard: string | null;
  readonly on_breach: string;
  readonly owner: string;
}

async function budgets(ask: Ask, registry: RegistryDocument): Promise<Family[]> {
  const rows = await ask<BudgetRow>(
    `SELECT kind, subject, per, currency, toString(spent) AS spent, toString(soft) AS soft, toString(hard) AS hard, on_breach, owner
     FROM {}.budget_status`,
  );
  const forecasts = await ask<{ kind: string; subject: string; low: string | null }>(
    'SELECT kind, subject, toString(forecast_low) AS low FROM {}.cost_forecast WHERE hard IS NOT NULL OR soft IS NOT NULL',
  );
  const key = ({ kind, subject, per }: BudgetRow): MetricLabels => ({ kind, subject, per });
  return [
    gauge(
      'agentops_budget_spent',
      'Cost in the period of a budget so far; of the dearest task where it is one of tasks.',
      rows.flatMap((row) => sample(row.spent, { ...key(row), currency: row.currency })),
    ),
    gauge(
      'agentops_budget_limit',
      'What a budget allows, and who answers for it.',
      rows.flatMap((row) =>
        (['soft', 'hard'] as const).flatMap((amount) =>
          sample(row[amount], {
            ...key(row),
            amount,
            currency: row.currency,
            on_breach: row.on_breach,
            ...budgetPeople(registry, row),
          }),
        ),
      ),
    ),
    gauge(
      'agentops_budget_forecast',
      'Lower end of what will have been spent at the end of the month.',
      forecasts.flatMap(({ kind, subject, low }) => sample(low, { kind, subject, per: 'month' })),
    ),
  ];
}

/** What telemetry shows against the registry, and who waits for a decision. */
async function governance(ask: Ask, registry: RegistryDocument): Promise<Family[]> {
  const agents = registry.agents.map(({ id }) => id);
  const channels = new Set(registry.organisation.channels.map(({ id }) => id));
  const violations = await ask<{ agent: string; kind: string; times: string }>(
    `SELECT agent, kind, toString(sum(count)) AS times FROM {}.violations
     WHERE last_seen > now() - INTERVAL 1 DAY AND last_seen <= now() GROUP BY agent, kind`,
  );
  const waiting = await ask<{ agent: string; channel: string; requests: string }>(
    `SELECT agent, channel, toString(count()) AS requests FROM {}.reviews
     WHERE late_at < now() AND decided_at IS NULL AND requested_at > now() - INTERVAL 30 DAY GROUP BY agent, channel`,
  );
  const unpriced = await ask<{ agent: string; charges: string }>(
    `SELECT agent, toString(sum(unpriced_calls)) AS charges FROM {}.cost_totals
     WHERE at <= now() - INTERVAL 15 MINUTE AND at > now() - INTERVAL 1 DAY GROUP BY agent`,
  );
  const named = (agent: string): string => (agents.includes(agent) ? agent : UNREGISTERED);
  const unknown = violations.filter(
    ({ agent, kind }) => kind === 'unregistered_agent' && !agents.includes(agent),
  );
  return [
    gauge(
      'agentops_unregistered_agents_last_day',
      'Agents at work in the last day that nobody has registered.',
      one(new Set(unknown.map(({ agent }) => agent)).size),
    ),
    gauge(
      'agentops_violations_last_day',
      'What an agent of the registry did against it in the last day, by kind.',
      summed(
        violations.filter(({ agent }) => agents.includes(agent)),
        ({ agent, kind }) => ({ agent, kind }),
        ({ times }) => times,
      ),
    ),
    gauge('agentops_approvals_overdue', 'Requests for approval that wait beyond the time that was agreed.', [
      ...summed(
        waiting,
        ({ agent, channel }) => ({
          agent: named(agent),
          channel: channels.has(channel) ? channel : 'unknown',
        }),
        ({ requests }) => requests,
      ),
      ...agents
        .filter((id) => !waiting.some(({ agent }) => agent === id))
        .flatMap((agent) => sample(0, { agent, channel: '' })),
    ]),
    gauge(
      'agentops_unpriced_charges_last_day',
      'Charges of the last day without a known cost.',
      summed(
        [...unpriced, ...agents.map((agent) => ({ agent, charges: '0' }))],
        ({ agent }) => ({ agent: named(agent) }),
        ({ charges }) => charges,
      ),
    ),
  ];
}

/** Samples of equal labels as one. */
function summed<R>(
  rows: readonly R[],
  labelsOf: (row: R) => MetricLabels,
  amountOf: (row: R) => string,
): Sample[] {
  const sums = new Map<string, { labels: MetricLabels; value: number }>();
  for (const row of rows) {
    const labels = labelsOf(row);
    const key = JSON.stringify(labels);
    const known = sums.get(key) ?? { labels, value: 0 };
    known.value += Number(amountOf(row));
    sums.set(key, known);
  }
  return [...sums.values()].map(({ labels, value }) => ({ labels, value: String(value) }));
}
