import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadRegistry, readRegistryFiles } from '@agentops/registry';
import { describe, expect, test } from 'vitest';
import { runbooks } from '../runbooks/runbook.ts';
import { alertsOf } from './index.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const registry = loadRegistry(readRegistryFiles(`${ROOT}/registry/company`)).document!;
const alerts = alertsOf(registry);
const books = new Map(runbooks(registry).map(({ path, text }) => [path, text]));
const BOARDS = ['operations', 'costs', 'governance', 'pipeline'];

describe.each(alerts)('$id', (alert) => {
  test('names whoever answers for it and is on call', () => {
    expect(alert.labels).toEqual(expect.arrayContaining(['owner', 'operator']));
    // An agent’s alert finds its owner by the department, too.
    if (alert.labels.includes('agent')) expect(alert.labels).toContain('department');
  });

  test('says what happened in one sentence, with its number', () => {
    const sentences = alert.summary.match(/[^.]\.(?=\s|$)/g) ?? [];
    expect(sentences.length).toBeLessThanOrEqual(2);
    if (alert.id !== 'watchdog') expect(alert.summary).toMatch(/printf "%\.\df" \$value/);
    const named = [...alert.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
    expect(alert.labels).toEqual(expect.arrayContaining(named));
  });

  test('leads to a dashboard and a runbook that are there', () => {
    const board = BOARDS.some((folder) =>
      existsSync(`${ROOT}/dashboards/generated/${folder}/${alert.dashboard}.json`),
    );
    expect(board).toBe(true);
    const book = books.get(`alerts/generated/runbooks/${alert.id}.md`);
    expect(book).toContain(`# ${alert.title}`);
    expect(alert.questions.length).toBeGreaterThanOrEqual(3);
    expect(alert.firstSteps.length).toBeGreaterThanOrEqual(1);
  });
});

test('each has an id and a title of its own', () => {
  expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
  expect(new Set(alerts.map(({ title }) => title)).size).toBe(alerts.length);
});
