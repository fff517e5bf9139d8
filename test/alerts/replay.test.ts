import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { request, stream, work } from '../incidents/work.ts';
import { DAY, HOUR, MONDAY } from '../incidents/world.ts';
import { testFile } from '../servers/tools.ts';
import { chance } from '../tools/otlp.ts';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'agentops-alerts-test-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Said {
  readonly fired: readonly {
    readonly alert: string;
    readonly startedAt: number;
    readonly resolvedAt: number | null;
    readonly notification: {
      readonly labels: Record<string, string>;
      readonly annotations: Record<string, string>;
    };
  }[];
  readonly skipped: readonly string[];
}

test('agentops alerts test: what a file of telemetry would have called whom for, months ago or not, budgets and waits included', async () => {
  const random = chance(41);
  // Five o'clock in the afternoon in Tokyo.
  const end = MONDAY - 60 * DAY + 8 * HOUR;
  const at = end - 4 * HOUR;
  const model = { provider: 'openai', name: 'gpt-4o-2024-08-06', input: 2_000 };
  const sent = [
    ...stream(
      { agent: 'expense-reimbursement', model },
      { from: end - 6 * HOUR, to: end, perDay: 96 },
      () => 0,
      random,
    ),
    ...work(
      { agent: 'expense-reimbursement', at, outcome: 'success', model: { ...model, input: 300_000 } },
      random,
    ),
    ...work({ agent: 'travel-planner', at, outcome: 'success' }, random),
    ...request({ agent: 'customer-support', at, slaSeconds: 1_800, decidedAt: end - 60_000 }, random),
  ];
  const file = join(dir, 'incident.jsonl');
  writeFileSync(file, sent.map(({ body }) => JSON.stringify(body)).join('\n'));
  const { stdout } = await run(process.execPath, [
    testFile('../cli/bin/agentops.js'),
    ...['alerts', 'test', file, '--registry', testFile('../registry/company'), '--every', '3600', '--json'],
  ]);
  const { fired, skipped } = JSON.parse(stdout) as Said;
  const of = (alert: string) => fired.filter((one) => one.alert === alert);
  const [dear] = of('budget-hard');
  expect(dear?.notification.annotations['summary']).toContain('expense-reimbursement');
  expect(dear!.resolvedAt! - dear!.startedAt).toBe(HOUR);
  expect(of('approval-overdue')).toMatchObject([{ notification: { labels: { agent: 'customer-support' } } }]);
  expect(of('unregistered-agent').length).toBe(1);
  expect(skipped).toContain('telemetry-stale');
  expect(skipped).not.toContain('silent-agent');
}, 120_000);
