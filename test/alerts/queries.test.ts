import {
  type AlertDefinition,
  alertsOf,
  BURN_LEVELS,
  budgetPeople,
  burnOf,
  burnRows,
  dropOf,
  generateAlerts,
  labelMapping,
  slowOf,
  thresholdAbove,
  usualOf,
} from '@agentops/alerts';
import { expandBackendMacros } from '@agentops/dashboards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Company, GRAFANA_TOKEN, startCompany } from '../dashboards/company.ts';
import { companyWith, THEIR_LABELS } from './registries.ts';

interface Answer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly Readonly<Record<string, string | number | null>>[];
}

let company: Company;
let alerts: readonly AlertDefinition[];
beforeAll(async () => {
  company = await startCompany();
  alerts = alertsOf(company.registry);
}, 180_000);
afterAll(() => company.stop());

async function ask(sql: string, parameters: Record<string, string> = {}): Promise<Answer> {
  const url = new URLSearchParams({
    database: 'agentops',
    default_format: 'JSON',
    output_format_json_quote_64bit_integers: '0',
  });
  for (const [name, value] of Object.entries(parameters)) url.set(`param_${name}`, value);
  const answer = await fetch(`http://127.0.0.1:${company.embedded.clickhouse!.port}/?${url}`, {
    method: 'POST',
    body: sql,
    headers: { 'x-clickhouse-user': 'grafana', 'x-clickhouse-key': GRAFANA_TOKEN },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${text}\n${sql}`);
  return JSON.parse(text) as Answer;
}

const evaluate = (sql: string): Promise<Answer> =>
  ask(expandBackendMacros(sql, { from: company.to - 3_600_000, to: company.to, intervalMs: 60_000 }));

const TEXT = /^(?:LowCardinality\()?(?:Nullable\()?String/;
const NUMBER = /^(?:Nullable\()?(?:U?Int|Float|Decimal)/;

test('every alert keeps the contract of an alert frame: one number, the rest labels, each set of labels once', async () => {
  for (const { id, sql, labels, noData } of alerts) {
    const { meta, data } = await evaluate(sql);
    const numbers = meta.filter(({ type }) => NUMBER.test(type));
    expect({ id, numbers: numbers.length }).toEqual({ id, numbers: 1 });
    const texts = meta.filter((column) => column !== numbers[0]);
    for (const { name, type } of texts)
      expect({ id, name, text: TEXT.test(type) }).toEqual({ id, name, text: true });
    expect({ id, labels: texts.map(({ name }) => name).sort() }).toEqual({ id, labels: [...labels].sort() });
    const sets = data.map((row) => texts.map(({ name }) => row[name]).join('\n'));
    expect({ id, unique: new Set(sets).size }).toEqual({ id, unique: sets.length });
    for (const row of data)
      expect({ id, value: Number.isFinite(row[numbers[0]!.name] as number) }).toEqual({ id, value: true });
    if (noData === 'alerting') expect(data.length).toBeGreaterThan(0);
  }
}, 120_000);

test('by the labels of a company the rules of Grafana answer the same, under other names', async () => {
  const theirs = companyWith({ alerting: { labels: THEIR_LABELS } });
  const labels = labelMapping(theirs);
  const { text } = generateAlerts(theirs).find(({ path }) => path.endsWith('grafana/rules.yaml'))!;
  const { groups } = parse(text) as {
    groups: { rules: { labels: { alert: string }; data: { model: { rawSql: string } }[] }[] }[];
  };
  // Those of objectives are wrapped in the same way, and take longest.
  const asked = groups
    .flatMap(({ rules }) => rules)
    .filter(({ labels: of }) => !/^slo-|^measured/.test(of.alert));
  for (const { labels: of, data } of asked) {
    const alert = alerts.find(({ id }) => id === of.alert)!;
    const [ours, mapped] = [await evaluate(alert.sql), await evaluate(data[0]!.model.rawSql)];
    const number = ours.meta.find(({ type }) => NUMBER.test(type))!.name;
    const told = ({ data: rows }: Answer): string[] =>
      rows.map(({ [number]: _, ...row }) => JSON.stringify(Object.entries(row).sort())).sort();
    const expected = ours.data.map((row) => labels.toTheirs(row as Record<string, string>));
    expect({ id: alert.id, rows: told(mapped) }).toEqual({
      id: alert.id,
      rows: told({ ...ours, data: expected }),
    });
  }
}, 60_000);

test('what an agent that nobody has registered leaves unpriced is of the department for which it works most', async () => {
  const { sql } = alerts.find(({ id }) => id === 'unpriced')!;
  const charges = `(SELECT * FROM (SELECT arrayJoin([('shadow', 'it', 3), ('shadow', 'finance', 2), ('it-helpdesk', 'finance', 1)]) AS r,
    r.1 AS agent, r.2 AS department, r.3 AS unpriced_calls, r.3 AS calls, 'model' AS kind, 'm' AS model,
    10 AS input_tokens, 0 AS cached_input_tokens, 0 AS cache_write_tokens, 0 AS output_tokens, $__toTime - INTERVAL 1 HOUR AS at))`;
  const { data } = await evaluate(sql.replace('agentops.cost_totals', charges));
  const found = data
    .filter(({ charges }) => Number(charges) > 0)
    .sort((a, b) => (String(a['agent']) < String(b['agent']) ? -1 : 1));
  expect(found).toEqual([
    { agent: 'it-helpdesk', department: 'it', owner: 'it-services', operator: 'agent-sre', charges: 1 },
    { agent: 'shadow', department: 'it', owner: 'agent-sre', operator: 'agent-sre', charges: 5 },
  ]);
  expect(data.length).toBe(company.registry.agents.length + 1);
});

test('calls of high risk that no approval rule concerns are told, those that one concerns are not', async () => {
  const agents = company.registry.agents.map((agent) =>
    agent.id === 'customer-support' ? { ...agent, approvals: [] } : agent,
  );
  const { sql } = alertsOf({ ...company.registry, agents }).find(({ id }) => id === 'unguarded-call')!;
  const { data } = await evaluate(sql);
  const counted = await ask(
    `SELECT count() AS calls FROM run_steps WHERE agent = 'customer-support' AND tool = 'issue_refund' AND kind = 'tool'
     AND environment = 'production' AND started_at > toStartOfFifteenMinutes(toDateTime(${Math.floor(company.to / 1_000)}) - INTERVAL 1 DAY)`,
  );
  expect(data).toMatchObject([
    { agent: 'customer-support', subject: 'issue_refund', department: 'customer-care' },
  ]);
  const [times, calls] = [Number(data[0]!['times']), Number(counted.data[0]!['calls'])];
  expect(calls).toBeGreaterThan(0);
  // Sums are by quarters of an hour: the one in which the day began may be in or out.
  expect(Math.abs(times - calls)).toBeLessThanOrEqual(calls / 10 + 3);
});

test('who answers for a budget is the same in rules and in metrics', async () => {
  const { data } = await evaluate(alerts.find(({ id }) => id === 'budget-soft')!.sql);
  expect(data.length).toBeGreaterThan(8);
  for (const row of data) {
    const { kind, subject, agent, department, owner, operator } = row as Record<string, string>;
    const people = budgetPeople(company.registry, { kind: kind!, subject: subject!, owner: owner! });
    expect({ subject, agent, department, owner, operator }).toEqual({ subject, ...people });
  }
});

test('agents that rest have a row, too: what is missing for two evaluations would count as mended', async () => {
  const atWork = company.registry.agents.filter(({ stage }) => stage !== 'retired').map(({ id }) => id);
  // What is asked of the present, and of what the registry expects of some only.
  const few: Readonly<Record<string, readonly string[]>> = {
    // Of tools, where there are any.
    'unguarded-call': [],
    'slo-burn-page': heldTo('page'),
    'slo-burn-ticket': heldTo('ticket'),
    'measured-drop': company.registry.agents
      .filter(({ slos }) =>
        slos.some(({ sli, objective }) => sli === 'task_success' && objective === 'measure'),
      )
      .map(({ id }) => id),
    'silent-agent': company.registry.agents
      .filter(({ expects }) => expects !== undefined)
      .map(({ id }) => id),
    ...Object.fromEntries(
      ['budget-hard', 'budget-soft', 'budget-sampled', 'budget-forecast'].map((id) => [
        id,
        withBudgets(id === 'budget-forecast'),
      ]),
    ),
    'loop-in-progress': inProduction(),
    'outcome-unknown': inProduction(),
  };
  for (const { id, sql } of alerts.filter(({ labels }) => labels.includes('agent'))) {
    const { data } = await evaluate(sql);
    const seen = new Set(data.map((row) => row['agent']));
    const silent = (few[id] ?? atWork).filter((agent) => !seen.has(agent));
    expect({ id, silent }).toEqual({ id, silent: [] });
  }
}, 60_000);

const withBudgets = (ofMonth: boolean): string[] =>
  company.registry.agents
    .filter(({ budgets }) => budgets.some(({ per }) => !ofMonth || per === 'month'))
    .map(({ id }) => id);
const inProduction = (): string[] =>
  company.registry.agents.filter(({ stage }) => stage === 'production').map(({ id }) => id);
const heldTo = (severity: string): string[] => [
  ...new Set(
    burnRows(company.registry)
      .rows.filter(({ level }) => level.severity === severity)
      .map(({ agent }) => agent),
  ),
];

test('the burn of every objective is that of the plain computation', async () => {
  const { rows } = burnRows(company.registry);
  const events = await ask(
    `SELECT agent, slo, environment, good, total, dateDiff('second', decided_at, toDateTime(${Math.floor(company.to / 1000)})) AS at
     FROM slo_events WHERE measure = 'share' AND total > 0 AND objective IS NOT NULL AND environment = 'production' ORDER BY decided_at DESC`,
  );
  let burning = 0;
  for (const severity of ['page', 'ticket'] as const) {
    const { data } = await evaluate(alerts.find(({ id }) => id === `slo-burn-${severity}`)!.sql);
    for (const row of data) {
      const own = events.data
        .filter(({ agent, slo }) => agent === row['agent'] && slo === row['slo'])
        .map(({ at, good, total }) => ({ at: Number(at), good: Number(good), total: Number(total) }))
        .filter(({ at }) => at >= 0);
      const burns = BURN_LEVELS.filter((level) => level.severity === severity).map((level) => {
        const rule = rows.find(
          (one) => one.agent === row['agent'] && one.slo === row['slo'] && one.level === level,
        );
        if (rule === undefined) return 0;
        const usual = usualOf(1 - rule.objective / 100, own);
        return burnOf(level, thresholdAbove(level, rule.threshold, usual, rule.windowS), own);
      });
      const change = (severity === 'page' ? dropOf : slowOf)(1 - Number(row['objective']) / 100, own);
      const expected = Math.max(0, change, ...burns);
      if (expected > 0) burning++;
      expect({
        slo: `${row['agent']} ${row['slo']}`,
        near: Math.abs(Number(row['burn']) - expected) < 1e-4,
      }).toEqual({
        slo: `${row['agent']} ${row['slo']}`,
        near: true,
      });
    }
  }
  expect(burning).toBeGreaterThan(0);
});

describe('runbooks', () => {
  test('their first questions are answered', async () => {
    const agent = company.registry.agents[0]!.id;
    for (const { id, questions } of alerts) {
      expect(questions.length).toBeGreaterThanOrEqual(3);
      for (const { sql } of questions) {
        const { meta } = await ask(sql, { agent, subject: agent });
        expect({ id, columns: meta.length > 0 }).toEqual({ id, columns: true });
      }
    }
  }, 60_000);
});
