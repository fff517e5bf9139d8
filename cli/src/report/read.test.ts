import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestFiles } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Access, openAccess } from '../access.ts';
import { exportRequest, TRACE } from '../fixtures/run.ts';
import { readTask } from '../run/read.ts';
import { renderTask } from '../run/render.ts';
import { readReport } from './read.ts';
import { renderReport } from './render.ts';

let dir: string;
let access: Access;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-report-'));
  const file = join(dir, 'run.jsonl');
  writeFileSync(file, `${exportRequest(Date.now())}\n`);
  await ingestFiles({ dataDir: join(dir, 'data'), files: [file] });
  access = await openAccess(join(dir, 'data'));
});

afterAll(async () => {
  await access?.close();
  rmSync(dir, { recursive: true });
});

describe('report and run show on a real store', () => {
  it('reads what was sent', async () => {
    const report = await readReport(access, { seconds: null, agent: null });
    expect(report.slis).toMatchObject({
      tasks: 1,
      success: 1,
      judged: 1,
      ended: 1,
      tool_calls: 1,
      tool_errors: 1,
    });
    expect(report.cost).toEqual({ cost: '0.00021', unpriced: 0, tasks: 1, sampled: 0, kept: null });
    expect(report.coverage).toMatchObject({
      self_reported: 1,
      known_outcomes: 1,
      priced_tokens: 1100,
      tokens: 1100,
    });
    expect(report.indicators.find(({ sli }) => sli === 'tool_success')).toMatchObject({
      good: 0,
      total: 1,
      judged: 1,
    });
    expect(report.forecasts.map(({ kind, spent, forecast }) => [kind, spent, forecast])).toContainEqual([
      'organisation',
      '0.00021',
      null,
    ]);
    expect([report.human, report.budgets]).toEqual([[], []]);
    expect(report.conservation.every((row) => row.off === 0)).toBe(true);
    expect(renderReport(report)).toContain('100.0 % (1/1)');
  });

  it('limits the report to a period and an agent', async () => {
    const other = await readReport(access, { seconds: 3600, agent: 'nobody' });
    expect([other.slis.tasks, other.cost.cost, other.agents]).toEqual([0, null, []]);
    const recent = await readReport(access, { seconds: 3600, agent: 'unregistered:planner' });
    expect(recent.slis.tasks).toBe(1);
    const past = await readReport(access, { seconds: 1, agent: null });
    expect(past.slis.tasks).toBe(0);
  });

  it('finds a task by the beginning of its trace', async () => {
    const shown = await readTask(access, TRACE.slice(0, 8), true);
    expect(shown.steps.map((step) => step.kind)).toEqual(['run', 'llm', 'tool']);
    expect(renderTask(shown)).toMatch(/think {2}gpt-4o-mini.*1,000 → 100 {2}0\.0002 USD/);
    await expect(readTask(access, 'ffff', false)).rejects.toThrow('no task');
  });

  it('holds the folder against others while it reads', async () => {
    await expect(openAccess(join(dir, 'data'))).rejects.toThrow(`in use by process ${process.pid}`);
  });
});

describe('a folder without a store', () => {
  it('says how to begin', async () => {
    await expect(openAccess(join(dir, 'nowhere'))).rejects.toThrow('agentops ingest FILE');
  });
});
