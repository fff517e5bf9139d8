import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertsOf } from '@agentops/alerts';
import { observe } from '@agentops/cli/alerts';
import { type Report, readReport, renderReport } from '@agentops/cli/report';
import { boardsOf, buildBoard, expandMacros } from '@agentops/dashboards';
import { type Embedded, migrate, openEmbedded, publishRegistry, startEmbedded } from '@agentops/processor';
import { loadRegistry, type RegistryDocument, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CollectorServer, haveCollector, startCollector } from '../servers/collector.ts';
import { freePorts, untilReady } from '../servers/process.ts';
import { testFile } from '../servers/tools.ts';
import { chance, type JsonSpan, span, traceRequest } from '../tools/otlp.ts';
import { send } from './send.ts';

const TASKS = 300;
/** gpt-4o's list price of 1,000 tokens in and 100 out, in USD. */
const COST = 0.0035;
const AGENTS = ['complete', 'head', 'tail'] as const;
type Agent = (typeof AGENTS)[number];

/** Consistent probability sampling keeps a trace by the last 56 bits of its id: here the tenth with the largest. */
const THRESHOLD = 0xe666n << 40n;
const isKept = (traceId: string): boolean => BigInt(`0x${traceId.slice(18)}`) >= THRESHOLD;

/** The sample company's IT helpdesk three times, with a budget of a day that is passed by a few tasks. */
function registryOf(): RegistryDocument {
  const { document } = loadRegistry(readRegistryFiles(testFile('../registry/company')));
  const helpdesk = document!.agents.find(({ id }) => id === 'it-helpdesk')!;
  const budget = { on_breach: 'alert' as const, owner: 'it-services', soft: '4 JPY' };
  const agents = AGENTS.map((id) => ({
    ...helpdesk,
    id,
    match: [{ service: id }],
    // What the head's traces say themselves needs no entry.
    telemetry: id === 'tail' ? ('sampled' as const) : ('complete' as const),
    budgets: [
      { ...budget, per: 'month' as const, soft: undefined, hard: '100000 JPY' },
      { ...budget, per: 'day' as const, hard: '5 JPY' },
    ],
  }));
  return { ...document!, agents } as RegistryDocument;
}

function spansOf(agent: Agent, index: number, traceId: string): JsonSpan[] {
  const end = Date.now() - 1_000 - index;
  const ids = { traceId, start: end - 500, end };
  const root = span({
    ...ids,
    spanId: '01'.repeat(8),
    name: 'invoke_agent',
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      'agentops.task.outcome': index % 4 === 0 ? 'failure' : 'success',
    },
  });
  const call = span({
    ...ids,
    spanId: '02'.repeat(8),
    parent: '01'.repeat(8),
    name: 'chat gpt-4o',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 1_000,
      'gen_ai.usage.output_tokens': 100,
    },
  });
  return [root, call];
}

describe.runIf(haveCollector())('a tenth of the telemetry', () => {
  let dir: string;
  let embedded: Embedded;
  let collector: CollectorServer;
  let report: Report;
  let registry: RegistryDocument;
  /** By agent: tasks of which anything came. */
  const came: Record<Agent, number> = { complete: TASKS, head: 0, tail: 0 };
  const ask = <Row>(sql: string): Promise<Row[]> => embedded.reader.query<Row>(sql);

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'agentops-sampling-'));
    registry = registryOf();
    const store = openEmbedded(join(dir, 'db'));
    await migrate(store, { retentionDays: 0, timeZone: 'Asia/Tokyo', currency: 'JPY' });
    await publishRegistry(store, registry, 1n);
    await store.close();
    embedded = await startEmbedded({ dataDir: dir, otlpPort: 0 });
    const [tail] = (await freePorts(1)) as [number];
    const endpoint = `http://127.0.0.1:${embedded.otlpPort}`;
    collector = await startCollector({
      configs: [testFile('collector/samplers.yaml')],
      env: { AGENTOPS_ENDPOINT: endpoint, AGENTOPS_GRPC_PORT: `${tail}` },
    });
    const doors = { complete: endpoint, head: collector.url, tail: `http://127.0.0.1:${tail}` };
    const random = chance(71);
    for (const agent of AGENTS) {
      const traceIds = Array.from({ length: TASKS }, () => random.hex(16));
      if (agent === 'head') came.head = traceIds.filter(isKept).length;
      const resource = { 'service.name': agent, 'deployment.environment.name': 'production' };
      const spans = traceIds.flatMap((traceId, index) => spansOf(agent, index, traceId));
      expect(await send(doors[agent], traceRequest(resource, spans))).toBe(200);
    }
    const count = async (agent: Agent): Promise<number> => {
      const [row] = await ask<{ n: string }>(
        `SELECT uniqExact(trace_id) AS n FROM agentops.steps WHERE service = '${agent}'`,
      );
      return Number(row!.n);
    };
    await untilReady(
      async () => expect(await count('head')).toBe(came.head),
      30_000,
      () => collector.said(),
    );
    // The tail decides a second after the first span of a trace, by a hash of its own.
    await untilReady(
      async () => {
        const before = await count('tail');
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        expect(await count('tail')).toBe(before);
        expect(before).toBeGreaterThan(TASKS / 25);
        came.tail = before;
      },
      30_000,
      () => collector.said(),
    );
    await embedded.drained();
    await embedded.counted();
    report = await readReport(embedded.reader, { seconds: null, agent: null });
  }, 600_000);
  afterAll(async () => {
    await collector?.stop();
    await embedded?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('the head keeps the tenth that it must, and the tail about as many', () => {
    expect(came.head / TASKS).toBeGreaterThan(0.05);
    expect(came.head / TASKS).toBeLessThan(0.15);
    expect(came.tail / TASKS).toBeLessThan(0.2);
  });

  test('counts and amounts are of what came, and beside each of them stands how much that is', () => {
    const seen = Object.fromEntries(
      report.agents.map(({ agent, tasks, sampled, kept, cost }) => [agent, { tasks, sampled, kept, cost }]),
    );
    const rate = Number(report.cost.cost) / (report.cost.tasks * COST);
    for (const agent of AGENTS) {
      const tasks = came[agent];
      expect(seen[agent]).toMatchObject({ tasks, sampled: agent === 'complete' ? 0 : tasks });
      expect(Number(seen[agent]!.cost) / (tasks * COST * rate)).toBeCloseTo(1, 6);
    }
    expect(seen['head']!.kept).toBeCloseTo(0.1, 4);
    expect([seen['tail']!.kept, seen['complete']!.kept]).toEqual([null, null]);
    const sampled = came.head + came.tail;
    expect(report.coverage).toMatchObject({ tasks: TASKS + sampled, sampled });
    expect(report.cost).toMatchObject({ tasks: TASKS + sampled, sampled });
    for (const rows of [report.departments, report.users, report.models])
      expect(rows).toMatchObject([{ tasks: TASKS + sampled, sampled }]);
    expect(report.indicators.find(({ sli }) => sli === 'task_success')).toMatchObject({
      events: TASKS + sampled,
      sampled,
    });
    expect(report.forecasts.find(({ subject }) => subject === 'head')?.sampled_runs).toBe(came.head);
    expect(report.objectives.map(({ agent, sampled_runs }) => [agent, sampled_runs])).toEqual(
      expect.arrayContaining(AGENTS.map((agent) => [agent, agent === 'complete' ? 0 : came[agent]])),
    );
  });

  test('a reader is told so before any number, and in every table with a rate or an amount', () => {
    const shown = renderReport(report);
    expect(shown).toMatch(/only a part of the telemetry came.*as little as 10 % of the traces/);
    for (const title of ['Agents', 'Work and cost', 'SLIs', 'Objectives', 'Cost by department']) {
      const table = shown.slice(shown.indexOf(`\n${title}  `)).split('\n\n')[0]!;
      expect({ title, table }).toEqual({ title, table: expect.stringContaining('telemetry') });
      expect({ title, table }).toEqual({ title, table: expect.stringMatching(/10 % of traces/) });
    }
  });

  test('no hard budget rests on it: passed is passed, and not passed is not known', async () => {
    const rows = await ask<{ subject: string; per: string; state: string }>(
      `SELECT subject, per, state FROM agentops.budget_status
       WHERE kind = 'agent' OR subject = 'it' ORDER BY per, subject`,
    );
    expect(rows.filter(({ per }) => per === 'month').map(({ subject, state }) => [subject, state])).toEqual([
      ['complete', 'within'],
      ['head', 'sampled'],
      // Whose agents they are has the same doubt.
      ['it', 'sampled'],
      ['tail', 'sampled'],
    ]);
    expect(rows.filter(({ per }) => per === 'day').map(({ state }) => state)).toEqual([
      'hard',
      'hard',
      'hard',
    ]);
    const firing = async (id: string): Promise<string[]> => {
      const alert = alertsOf(registry).find((one) => one.id === id)!;
      const seen = await observe(embedded.reader, alert, Date.now());
      if ('error' in seen) throw new Error(seen.error);
      return seen
        .filter(({ value }) => value !== null && value > alert.above)
        .map(({ labels }) => `${labels['subject']} ${labels['per']}`)
        .sort();
    };
    expect(await firing('budget-sampled')).toEqual([
      'head day',
      'head month',
      'it month',
      'tail day',
      'tail month',
    ]);
    expect(await firing('budget-hard')).toEqual(['complete day', 'head day', 'tail day']);
  });

  test('views and dashboards say it, too', async () => {
    const sampled = came.head + came.tail;
    const [days] = await ask<{ sampled: string; tasks: string }>(
      'SELECT sum(sampled_tasks) AS sampled, sum(tasks) AS tasks FROM agentops.cost_by_department',
    );
    expect(days).toEqual({ sampled: `${sampled}`, tasks: `${TASKS + sampled}` });
    const range = { from: Date.now() - 3_600_000, to: Date.now() + 60_000, intervalMs: 60_000 };
    for (const [uid, title] of [
      ['agentops-fleet', 'What is in no amount?'],
      ['agentops-cost', 'How much is in no amount here?'],
    ]) {
      const board = buildBoard(boardsOf(registry).find((one) => one.uid === uid)!) as unknown as {
        panels: { title: string; targets?: { rawSql: string }[] }[];
        templating: { list: { name: string }[] };
      };
      const { rawSql } = board.panels.find((panel) => panel.title === title)!.targets![0]!;
      const all = Object.fromEntries(
        board.templating.list.map(({ name }) => [name, { values: [''], all: true }]),
      );
      const [row] = await ask<Record<string, string>>(expandMacros(rawSql, range, all));
      expect(row).toMatchObject({ 'sampled runs': `${sampled}` });
    }
  });
});
