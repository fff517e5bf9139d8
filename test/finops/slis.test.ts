import { fileURLToPath } from 'node:url';
import { publishRegistry, type Store } from '@agentops/processor';
import { loadRegistry, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count, type Engine, openEngine, records, run } from '../tools/chain.ts';
import { makeFleet, requests } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, span, traceRequest } from '../tools/otlp.ts';

const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));

const random = chance(16);

let engine: Engine;
let store: Store;
beforeAll(async () => {
  engine = openEngine();
  store = await engine.database();
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  await publishRegistry(store, document!, 1n);
  const bodies = requests(makeFleet(chance(14), 60), chance(15), 40);
  const twice = [...bodies, ...bodies.slice(0, 10)];
  await run(store, memorySource(records(twice), { sizes: [13] }));
  await count(store);
}, 120_000);
afterAll(() => engine.close());

/** Rows of a table or view; 64-bit integers and decimals as numbers. */
async function rows(sql: string): Promise<Record<string, never>[]> {
  const list = await store.query<Record<string, unknown>>(sql.replace('{}', store.database));
  return list.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
      ]),
    ),
  ) as Record<string, never>[];
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

interface Sums {
  readonly good: number | null;
  readonly total: number;
  /** Sum of the values of the events that count. */
  readonly value: number | null;
}

describe('SLIs of agents', () => {
  test('equal what the tasks say', async () => {
    const tasks = (await rows('SELECT * FROM {}.task_outcomes')).filter(
      ({ outcome }) => outcome !== 'open',
    ) as unknown as Record<string, number & string>[];
    const offenders = new Set(
      (
        await rows(
          `SELECT DISTINCT task_id FROM {}.steps FINAL WHERE undeclared != '' OR undeclared_data != ''`,
        )
      ).map(({ task_id }) => String(task_id)),
    );
    const known = tasks.filter(({ outcome }) => outcome !== 'unknown');
    const priced = tasks.filter(({ cost, unpriced_calls }) => cost !== null && unpriced_calls === 0);
    const of = (list: typeof tasks, wanted: (task: (typeof tasks)[number]) => boolean): number =>
      list.filter(wanted).length;
    const all = tasks.length;
    const calls = sum(tasks.map(({ tool_calls }) => tool_calls!));
    const expected: Record<string, Sums> = {
      task_success: {
        good: of(known, ({ outcome }) => outcome === 'success'),
        total: known.length,
        value: null,
      },
      tool_calls_per_task: { good: null, total: all, value: calls },
      planned_human_share: {
        good: of(tasks, ({ planned_interventions }) => planned_interventions! > 0),
        total: all,
        value: null,
      },
      unplanned_human_share: {
        good: of(tasks, ({ unplanned_interventions }) => unplanned_interventions === 0),
        total: all,
        value: null,
      },
      cost_per_task: { good: null, total: priced.length, value: sum(priced.map(({ cost }) => cost!)) },
      task_latency: { good: null, total: all, value: sum(tasks.map(({ duration_ms }) => duration_ms!)) },
      loop_free: { good: of(tasks, ({ loops }) => loops === 0), total: all, value: null },
      tool_success: {
        good: calls - sum(tasks.map(({ tool_errors }) => tool_errors!)),
        total: calls,
        value: null,
      },
      policy_clean: { good: of(tasks, ({ task_id }) => !offenders.has(task_id!)), total: all, value: null },
    };
    const found = await rows(
      `SELECT sli, sum(e.good) AS good, sum(e.total) AS total, sumIf(e.value, e.total > 0) AS value
       FROM {}.sli_events AS e GROUP BY sli`,
    );
    for (const [sli, { good, total, value }] of Object.entries(expected)) {
      const row = found.find((candidate) => candidate['sli'] === sli);
      expect(row, sli).toMatchObject({
        good: good === null ? null : expect.closeTo(good, 6),
        total: expect.closeTo(total, 6),
        value: value === null ? null : expect.closeTo(value, 6),
      });
    }
    // What cannot be judged, and calls that fail, are among them.
    expect(known.length).toBeLessThan(all);
    expect(expected['tool_success']!.good).toBeLessThan(calls);
  });

  test('a task that nobody ended fails at its deadline, for all that burns', async () => {
    const own = await engine.database();
    const start = Date.parse('2026-11-12T10:00:00Z');
    const chat = span({
      traceId: random.hex(16),
      spanId: random.hex(8),
      parent: random.hex(8),
      name: 'chat gpt-4o',
      start,
      end: start + 1000,
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
    });
    const body = traceRequest({ 'service.name': 'nobody-ends' }, [chat]);
    await run(own, memorySource(records([body]), { sizes: [1] }));
    await count(own);
    const [event] = await own.query(
      `SELECT e.good AS good, e.total AS total, toUnixTimestamp64Milli(e.at) AS at, toUnixTimestamp64Milli(e.decided_at) AS decided
       FROM ${own.database}.sli_events AS e WHERE sli = 'task_success'`,
    );
    expect(event).toEqual({
      good: 0,
      total: 1,
      at: String(start + 1000),
      decided: String(start + 24 * 3_600_000),
    });
  });

  test('reviewers are in time by the working hours of their channel', async () => {
    const own = await engine.database();
    const { document } = loadRegistry(readRegistryFiles(COMPANY));
    await publishRegistry(own, document!, 1n);
    // 2026-11-13 is a Friday; the channel works from 9 to 18 in Tokyo, Monday to Friday.
    const asked: readonly [name: string, asked: string, decided: string | null, decision?: string][] = [
      ['over the weekend', '2026-11-13T17:00+09:00', '2026-11-16T10:00+09:00'],
      ['a whole day', '2026-11-12T10:00+09:00', '2026-11-12T16:00+09:00'],
      ['expired', '2026-11-12T10:00+09:00', '2026-11-12T10:01+09:00', 'expired'],
      ['waits', '2026-10-01T10:00+09:00', null],
      ['elsewhere', '2026-11-13T17:00+09:00', '2026-11-16T10:00+09:00'],
    ];
    const spans = asked.map(([name, from, to, decision = 'approved']) =>
      span({
        traceId: random.hex(16),
        spanId: random.hex(8),
        name: 'approval',
        start: Date.parse(from),
        end: Date.parse(to ?? from),
        attributes: {
          'agentops.kind': 'approval',
          'agentops.approval.id': name,
          'agentops.approval.rule': 'always',
          'agentops.approval.channel': name === 'elsewhere' ? 'by the coffee machine' : 'expense-approvals',
          'agentops.approval.sla_s': 4 * 3600,
          ...(to === null
            ? { 'agentops.approval.event': 'requested' }
            : { 'agentops.approval.decision': decision }),
        },
      }),
    );
    const body = traceRequest({ 'service.name': 'expense-reimbursement' }, spans);
    await run(own, memorySource(records([body]), { sizes: [1] }));
    await count(own);
    const late = await own.query(
      `SELECT approval_id, late FROM ${own.database}.approvals ORDER BY approval_id`,
    );
    expect(late).toEqual([
      { approval_id: 'a whole day', late: 1 },
      { approval_id: 'elsewhere', late: 1 },
      { approval_id: 'expired', late: 1 },
      { approval_id: 'over the weekend', late: 0 },
      { approval_id: 'waits', late: 1 },
    ]);
    const [sli] = await own.query(
      `SELECT sum(e.good) AS good, sum(e.total) AS total FROM ${own.database}.sli_events AS e
       WHERE sli = 'reviewer_response' AND agent = 'expense-reimbursement'`,
    );
    expect(sli).toEqual({ good: 1, total: 5 });
  });
});

describe('SLIs of the pipeline', () => {
  const of = async (sli: string): Promise<Record<string, unknown>> => {
    const [row] = await rows(
      `SELECT sum(p.good) AS good, sum(p.total) AS total, sum(p.events) AS events, sum(p.judged) AS judged
       FROM {}.pipeline_slis AS p WHERE sli = '${sli}'`,
    );
    return row!;
  };

  test('equal sums over the raw rows', async () => {
    const steps = (await rows(
      `SELECT toUnixTimestamp64Milli(received_at) AS received, toUnixTimestamp64Milli(ended_at) AS ended
       FROM {}.steps FINAL WHERE kind != 'skeleton' AND inferred = 0`,
    )) as unknown as { received: number; ended: number }[];
    expect(await of('freshness')).toMatchObject({
      good: steps.filter(({ received, ended }) => received - ended <= 60_000).length,
      total: steps.length,
    });

    const ledger = (await rows(
      `SELECT * FROM {}.cost_ledger FINAL WHERE kind = 'model'`,
    )) as unknown as Record<string, number & string>[];
    // Of the copies of one charge the one with usage, then the first, counts.
    const first = new Map<string, (typeof ledger)[number]>();
    const order = ({ usage_known, trace_id, span_id }: (typeof ledger)[number]): string =>
      `${1 - usage_known!} ${trace_id} ${span_id}`;
    for (const charge of ledger) {
      const id = charge['charge_id'] || `${charge['trace_id']} ${charge['span_id']}`;
      const other = first.get(String(id));
      if (other === undefined || order(charge) < order(other)) first.set(String(id), charge);
    }
    const charges = [...first.values()];
    const tokens = (list: typeof ledger): number =>
      sum(
        list.map(
          (c) =>
            c['input_tokens']! + c['cached_input_tokens']! + c['cache_write_tokens']! + c['output_tokens']!,
        ),
      );
    expect(await of('priced_tokens')).toEqual({
      good: tokens(charges.filter(({ cost }) => cost !== null)),
      total: tokens(charges),
      events: charges.length,
      judged: charges.filter((charge) => tokens([charge]) > 0).length,
    });

    const [received] = (await rows(
      'SELECT sum(received) AS items FROM {}.ingest_ledger FINAL',
    )) as unknown as {
      items: number;
    }[];
    expect(await of('conservation')).toMatchObject({ good: received!.items, total: received!.items });
  });

  test('a lost item is missed', async () => {
    const before = await of('conservation');
    await store.command(
      `ALTER TABLE ${store.database}.steps DELETE WHERE span_id = (SELECT min(span_id) FROM ${store.database}.steps WHERE kind = 'llm') SETTINGS mutations_sync = 1`,
    );
    const after = await of('conservation');
    expect(after['total']).toBe(before['total']);
    expect(after['good']).toBe(Number(before['good']) - 1);
  });
});
