import { type AlertDefinition, alertsOf, BURN_LEVELS, burnOf, burnRows, dropOf } from '@agentops/alerts';
import { expandBackendMacros } from '@agentops/dashboards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Company, GRAFANA_TOKEN, startCompany } from '../dashboards/company.ts';

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

test('agents that rest have a row, too: what is missing for two evaluations would count as mended', async () => {
  const production = company.registry.agents
    .filter(({ stage }) => stage === 'production')
    .map(({ id }) => id);
  const burn = await evaluate(alerts.find(({ id }) => id === 'slo-burn-page')!.sql);
  const wanted = burnRows(company.registry).rows.map(({ agent }) => agent);
  expect(new Set(burn.data.map(({ agent }) => agent))).toEqual(new Set(wanted));
  const loops = await evaluate(alerts.find(({ id }) => id === 'loop-in-progress')!.sql);
  expect(new Set(loops.data.map(({ agent }) => agent))).toEqual(new Set(production));
});

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
        return rule === undefined ? 0 : burnOf(level, rule.threshold, own);
      });
      const drop = severity === 'page' ? dropOf(1 - Number(row['objective']) / 100, own) : 0;
      const expected = Math.max(0, drop, ...burns);
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
