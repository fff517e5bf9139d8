import { type AlertDefinition, alertsOf } from '@agentops/alerts';
import { loadRegistry, readRegistryFiles } from '@agentops/registry';
import { expect, test } from 'vitest';
import { isReplayable, recipientOf, replay } from './replay.ts';

const { document } = loadRegistry(
  readRegistryFiles(new URL('../../../registry/company', import.meta.url).pathname),
);
const alerts = alertsOf(document!);
const named = (id: string): AlertDefinition => alerts.find((alert) => alert.id === id)!;

const MINUTE = 60_000;
const labels = { agent: 'a', operator: 'agent-sre', owner: 'care-leads' };

test('what would have fired: since when, until when, as it was said first, and for whom', async () => {
  const loop = named('loop-in-progress');
  const calls = [0, 20, 30, 0, 0, 0, 0, 0, 0];
  const fired = await replay([loop], { from: 0, to: 8 * MINUTE, stepMs: MINUTE }, async (_, now) => [
    { labels, value: calls[now / MINUTE]! },
  ]);
  expect(fired).toHaveLength(1);
  expect(fired[0]).toMatchObject({ alert: loop.id, startedAt: MINUTE, resolvedAt: 8 * MINUTE });
  expect(fired[0]!.notification.annotations['summary']).toContain('20 calls');
  expect(recipientOf(fired[0]!.notification)).toBe('agent-sre');
});

test('what comes again is told of twice', async () => {
  const calls = [1, 0, 1];
  const approval = named('unapproved-call');
  const fired = await replay([approval], { from: 0, to: 2 * MINUTE, stepMs: MINUTE }, async (_, now) => [
    { labels, value: calls[now / MINUTE]! },
  ]);
  expect(fired.map(({ startedAt, resolvedAt }) => [startedAt, resolvedAt])).toEqual([
    [0, MINUTE],
    [2 * MINUTE, null],
  ]);
  expect(recipientOf(fired[0]!.notification)).toBe('security');
});

test('a rule is asked again when its step says so, by how it stands', async () => {
  const asked: number[] = [];
  const [effort, loop] = [named('effort-up'), named('loop-in-progress')];
  const stepMs = ({ id }: AlertDefinition, [one]: readonly { readonly state: string }[]): number =>
    id === loop.id ? 4 * MINUTE : one?.state === 'pending' ? MINUTE : 10 * MINUTE;
  await replay([effort, loop], { from: 0, to: 22 * MINUTE, stepMs }, async ({ id }, now) => {
    if (id === effort.id) asked.push(now / MINUTE);
    return [{ labels, value: now >= 10 * MINUTE && now < 12 * MINUTE ? 9 : 0 }];
  });
  expect(asked).toEqual([0, 10, 11, 12, 22]);
});

test('rules over when telemetry came to us are not replayed: a file comes at once', () => {
  const replayed = alerts.filter(isReplayable).map(({ id }) => id);
  for (const id of ['slo-burn-page', 'loop-in-progress', 'approval-overdue', 'silent-agent', 'budget-hard'])
    expect(replayed).toContain(id);
  for (const id of ['telemetry-stale', 'conservation-broken', 'dead-letters', 'watchdog'])
    expect(replayed).not.toContain(id);
});
