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

test('rules over what is known of the present only are not replayed', () => {
  const replayed = alerts.filter(isReplayable).map(({ id }) => id);
  expect(replayed).toContain('slo-burn-page');
  expect(replayed).toContain('loop-in-progress');
  expect(replayed).toContain('approval-overdue');
  for (const id of ['silent-agent', 'budget-hard', 'telemetry-stale']) expect(replayed).not.toContain(id);
});
