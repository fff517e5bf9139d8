import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMaintainer, migrate, openEmbedded, publishRegistry, type Store } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { have, testFile } from '../servers/tools.ts';
import { EXACT, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance } from '../tools/otlp.ts';
import { company } from './company.ts';
import { requestsOf, TURN, tell } from './corpus.ts';

const HAS_PYTHON = have('the recomputation of every view', 'python3');
const DAY = 86_400_000;

/** USD for a million tokens, from the providers' own pages. */
const PRICES = {
  'gpt-4o-2024-08-06': { provider: 'openai', input: 2.5, cached: 1.25, output: 10 },
  'gpt-4.1-2025-04-14': { provider: 'openai', input: 2, cached: 0.5, output: 8 },
};

/** View → what is asked of it. */
const VIEWS = {
  ...Object.fromEntries(
    [
      ...[
        'task_outcomes',
        'tasks',
        'task_totals',
        'run_steps',
        'cost_entries',
        'cost_totals',
        'cost_by_department',
      ],
      ...[
        'cost_per_task',
        'focus_cost',
        'approvals',
        'reviews',
        'call_approvals',
        'approval_samples',
        'violations',
        'violation_totals',
      ],
      ...['evaluation_scores', 'scores', 'verdict_disagreement', 'sli_events', 'slo_status', 'budget_status'],
      ...['cost_forecast', 'loop_findings'],
    ].map((view) => [view, `SELECT * FROM {}.${view}`]),
  ),
  tool_totals: 'SELECT * EXCEPT durations FROM {}.tool_totals',
  conservation: `SELECT signal, sum(c.received) AS received, sum(c.stored) AS stored FROM {}.conservation AS c GROUP BY signal`,
  registry: `SELECT toString(toUnixTimestamp64Nano(valid_from)) AS valid_from, hash, document
    FROM {}.registry_versions FINAL ORDER BY valid_from, published_at`,
};

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-recompute-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function answer(store: Store, into: string): Promise<void> {
  mkdirSync(into, { recursive: true });
  for (const [view, sql] of Object.entries(VIEWS)) {
    const rows = await store.text(sql.replaceAll('{}', store.database), 'JSONEachRow');
    writeFileSync(join(into, `${view}.jsonl`), rows);
  }
}

/** What the recomputation finds, a line each; none where the views are right. */
function recompute(views: string, file: string, zone: string): string[] {
  const prices = join(dir, 'prices.json');
  writeFileSync(prices, JSON.stringify(PRICES));
  const options = [
    '--views',
    views,
    '--registry',
    join(views, 'registry.jsonl'),
    '--prices',
    prices,
    '--zone',
    zone,
  ];
  const made = spawnSync('python3', [testFile('tools/recompute'), ...options, file], { encoding: 'utf8' });
  if (!made.stderr.startsWith('{')) throw new Error(made.stderr);
  const { rows } = JSON.parse(made.stderr) as { rows: Record<string, number> };
  for (const [view, count] of Object.entries(rows))
    expect({ view, some: count > 0 }).toEqual({ view, some: true });
  return made.stdout.split('\n').filter((line) => line !== '');
}

test.runIf(HAS_PYTHON).each([
  ['Asia/Tokyo', 3],
  ['America/New_York', 4],
])(
  'every view says what a recomputation from the raw telemetry says: %s',
  async (zone, seed) => {
    const random = chance(seed);
    const store = openEmbedded(join(dir, 'db'), `zone_${seed}`);
    const options = { retentionDays: 0, timeZone: zone, currency: 'JPY' };
    await migrate(store, options);
    // The registry changes between two spans of the same tasks.
    const changes = BigInt(TURN[zone]! - 1500) * 1_000_000n;
    await publishRegistry(store, company(zone, false), changes - BigInt(90 * DAY) * 1_000_000n);
    await publishRegistry(store, company(zone, true), changes);

    const now = Date.now();
    const told = tell(random, zone, now);
    const bodies = requestsOf(random.shuffle([...told, ...told.filter(() => random.int(10) === 0)]), random);
    const received = records(bodies).map((record) => ({ ...record, receivedAt: now }));
    const maintainer = createMaintainer(store, options, EXACT);
    const half = bodies.length >> 1;
    for (const part of [received.slice(0, half), received.slice(half)]) {
      await run(store, memorySource(part, { sizes: [40] }));
      await maintainer.round();
    }

    const views = join(dir, String(seed));
    const file = join(dir, `${seed}.jsonl`);
    await answer(store, views);
    await store.close();
    writeFileSync(file, bodies.map((body) => `${JSON.stringify(body)}\n`).join(''));
    expect(recompute(views, file, zone).slice(0, 40)).toEqual([]);
  },
  180_000,
);
