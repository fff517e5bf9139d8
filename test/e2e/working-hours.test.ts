import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate, openEmbedded, publishRegistry, type Store } from '@agentops/processor';
import { loadRegistry, type RegistryDocument, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, span, traceRequest } from '../tools/otlp.ts';

const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));
const MINUTE = 60_000;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

type Hours = NonNullable<RegistryDocument['organisation']>['channels'][number]['working_hours'];

interface Wait {
  readonly channel: string;
  readonly from: number;
  readonly till: number;
}

/** Minute by minute: is the clock on the wall within working hours? */
function reference({ from, till }: Wait, hours: Hours, timeZone: string): number {
  if (hours === undefined) return till - from;
  const wall = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
  const begin = minutes(hours.from);
  const end = minutes(hours.to);
  let working = 0;
  for (let at = from; at < till; at += MINUTE) {
    const parts = Object.fromEntries(wall.formatToParts(at).map(({ type, value }) => [type, value]));
    const now = Number(parts['hour']) * 60 + Number(parts['minute']);
    const today = DAYS.indexOf(parts['weekday']!.toLowerCase() as (typeof DAYS)[number]);
    const on = (day: number): boolean => hours.days.includes(DAYS[(day + 7) % 7]!);
    const open =
      end < begin
        ? (on(today) && now >= begin) || (on(today - 1) && now < end)
        : on(today) && now >= begin && now < end;
    if (open) working += MINUTE;
  }
  return working;
}

const CALENDARS: Record<string, Hours> = {
  office: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  daily: { days: [...DAYS], from: '08:30', to: '24:00' },
  night: { days: ['fri', 'sat'], from: '22:00', to: '06:00' },
  always: undefined,
};

let dir: string;
let store: Store;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-test-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

// Clocks change in Berlin on 25 October 2026, and never in Tokyo.
describe.each([
  ['Asia/Tokyo', Date.UTC(2026, 9, 5)],
  ['Europe/Berlin', Date.UTC(2026, 9, 19)],
])('waits in the working hours of a channel: %s', (timeZone, start) => {
  test('equal a count of the minutes', async () => {
    const random = chance(17);
    const waits = Array.from({ length: 60 }, (_, i): Wait => {
      const from = start + random.int(10 * 24 * 60) * MINUTE;
      const channel = ['office', 'daily', 'night', 'always', 'nobody-knows'][i % 5]!;
      return { channel, from, till: from + (1 + random.int(i % 3 === 0 ? 120 : 6 * 24 * 60)) * MINUTE };
    });
    store = openEmbedded(join(dir, 'db'), `zone_${timeZone.replace('/', '_')}`);
    await migrate(store, { retentionDays: 0, timeZone, currency: 'USD' });
    const { document } = loadRegistry(readRegistryFiles(COMPANY));
    document!.organisation!.channels = Object.entries(CALENDARS).map(([id, working_hours]) => ({
      id,
      type: 'slack',
      target: `#${id}`,
      ...(working_hours !== undefined && { working_hours }),
    }));
    await publishRegistry(store, document!, 1n);
    const bodies = waits.map(({ channel, from, till }, i) =>
      traceRequest({ 'service.name': 'expense-reimbursement' }, [
        span({
          traceId: random.hex(16),
          spanId: random.hex(8),
          name: 'approval',
          start: from,
          end: till,
          attributes: {
            'agentops.kind': 'approval',
            'agentops.approval.id': `a-${String(i).padStart(2, '0')}`,
            'agentops.approval.decision': 'approved',
            'agentops.approval.reviewer': 'hana.ito',
            'agentops.approval.channel': channel,
          },
        }),
      ]),
    );
    await run(store, memorySource(records(bodies), { sizes: [100] }));
    const rows = await store.query<{ channel: string; wait_ms: number; wait_working_ms: number | null }>(
      `SELECT channel, wait_ms, wait_working_ms FROM ${store.database}.approvals ORDER BY approval_id`,
    );
    expect(rows).toEqual(
      waits.map((wait) => ({
        channel: wait.channel,
        wait_ms: wait.till - wait.from,
        wait_working_ms:
          wait.channel in CALENDARS ? reference(wait, CALENDARS[wait.channel], timeZone) : null,
      })),
    );
    expect(rows.filter(({ wait_working_ms }) => wait_working_ms === 0).length).toBeGreaterThan(3);
    await store.close();
  });
});
