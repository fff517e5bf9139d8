import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { alertsOf } from '@agentops/alerts';
import { ingestFiles, migrate, openEmbedded, publishRegistry, readRegistry } from '@agentops/processor';
import { createClock } from '../alerts/clock.ts';
import { observe } from '../alerts/evaluator.ts';
import { type Fired, isReplayable, recipientOf, replay } from '../alerts/replay.ts';
import { usageError } from '../output/fail.ts';
import { dim } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { printable } from '../output/text.ts';
import { requireRegistry } from '../registry-folder.ts';

export interface AlertsTestOptions {
  readonly registry?: string;
  /** Seconds before the end of the telemetry; null: all of it. */
  readonly since: number | null;
  /** Seconds between two evaluations. */
  readonly every: number;
  readonly json?: boolean;
}

/** However old the telemetry is. */
const ANY_AGE_DAYS = 3_650;

/** Replays telemetry into a store of its own and prints which rules would have fired when, and for whom. */
export async function testAlerts(files: readonly string[], options: AlertsTestOptions): Promise<void> {
  const { registry: registryDir, since, every } = options;
  if (registryDir === undefined)
    throw usageError('name the registry that the rules come from: --registry DIR');
  if (every < 1) throw usageError('--every is at least one second');
  requireRegistry(registryDir);
  const registry = readRegistry(registryDir);
  const alerts = alertsOf(registry);
  const asked = alerts.filter(isReplayable);
  const { time_zone: timeZone, currency } = registry.organisation;
  const schema = { retentionDays: 0, timeZone, currency };
  const dataDir = mkdtempSync(join(tmpdir(), 'agentops-replay-'));
  try {
    const open = () => openEmbedded(join(dataDir, 'db'));
    const first = open();
    // As if the registry had always been this one.
    await migrate(first, schema)
      .then(() => publishRegistry(first, registry, 0n))
      .finally(() => first.close());
    await ingestFiles({
      dataDir,
      files: files.map((file) => resolve(file)),
      registryDir,
      sinceDays: ANY_AGE_DAYS,
    });
    const store = open();
    try {
      const [range] = await store.query<{ first: string; last: string; steps: string }>(
        `SELECT toUnixTimestamp64Milli(min(started_at)) AS first, toUnixTimestamp64Milli(max(ended_at)) AS last, count() AS steps
         FROM agentops.run_steps`,
      );
      if (Number(range!.steps) === 0) throw new Error('there are no steps of agents in these files');
      const to = Number(range!.last);
      const from = since === null ? Number(range!.first) : Math.max(Number(range!.first), to - since * 1_000);
      const clock = await createClock(store, schema, from);
      let time = from;
      const fired = await replay(asked, { from, to, stepMs: every * 1_000 }, async (alert, now) => {
        if (now !== time) await clock.set(now);
        time = now;
        return observe(store, await clock.rule(alert), now);
      });
      const skipped = alerts.filter((alert) => !isReplayable(alert)).map(({ id }) => id);
      const text = options.json
        ? JSON.stringify({ from: new Date(from), to: new Date(to), every, fired, skipped }, null, 2)
        : render(fired, skipped, every);
      process.stdout.write(`${text}\n`);
    } finally {
      await store.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function render(fired: readonly Fired[], skipped: readonly string[], every: number): string {
  const time = (ms: number | null): string =>
    ms === null ? '' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  const table = formatTable(
    [
      { title: 'fires (UTC)' },
      { title: 'ends' },
      { title: 'severity' },
      { title: 'for' },
      { title: 'what is said' },
    ],
    fired.map(({ startedAt, resolvedAt, notification }) => [
      time(startedAt),
      time(resolvedAt),
      notification.labels['severity'] ?? '',
      printable(recipientOf(notification)),
      printable(notification.annotations['summary'] ?? ''),
    ]),
  );
  return [
    fired.length === 0 ? 'nothing would have fired' : table,
    '',
    dim(`evaluated every ${every} s, in hindsight: verdicts that came later count when they were given`),
    dim(`not replayed, since they ask when telemetry came to us: ${skipped.join(', ')}`),
  ].join('\n');
}
