import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestsOf } from '../recompute/corpus.ts';
import { createStory } from '../recompute/story.ts';
import { testFile } from '../servers/tools.ts';
import { chance } from '../tools/otlp.ts';

const CLI = testFile('../cli/bin/agentops.js');
const MINUTE = 60_000;

interface Report {
  agents: Record<string, number>[];
  slis: Record<string, number>;
  indicators: { sli: string; good: number; total: number; judged: number; events: number }[];
  coverage: Record<string, number>;
  disagreement: Record<string, number>[];
}

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-report-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What happened in the last hour, and what only began or only was asked before. */
function tell(now: number): object[] {
  const random = chance(9);
  const story = createStory(random);
  const run = (id: string, start: number, end: number, said = {}) => {
    const trace = story.trace('helper');
    return { trace, root: trace.run('helper', start, end, { 'agentops.task.id': id, ...said }) };
  };
  const ended = (outcome: string) => ({ 'agentops.task.outcome': outcome });
  // Began before the hour, ended in it.
  const long = run('long', now - 90 * MINUTE, now - 30 * MINUTE, ended('success'));
  long.trace.chat(now - 80 * MINUTE, now - 79 * MINUTE, {}, { under: long.root });
  // Over before it.
  run('old', now - 90 * MINUTE, now - 80 * MINUTE, ended('failure'));
  // Without a charge, and with a call that nobody can price.
  run('free', now - 20 * MINUTE, now - 19 * MINUTE, ended('escalated'));
  const dear = run('dear', now - 20 * MINUTE, now - 18 * MINUTE);
  const unheard = { 'gen_ai.request.model': 'ours', 'gen_ai.response.model': 'ours' };
  dear.trace.chat(now - 20 * MINUTE, now - 19 * MINUTE, unheard, { under: dear.root });
  // Waits, with a cost so far, beyond what the rule allows.
  const open = run('open', now - 10 * MINUTE, now - 9 * MINUTE);
  open.trace.chat(now - 10 * MINUTE, now - 9.5 * MINUTE, {}, { under: open.root });
  const asked = {
    'agentops.approval.event': 'requested',
    'agentops.approval.id': 'a',
    'agentops.approval.sla_s': 60,
  };
  open.trace.step('asks', now - 9.5 * MINUTE, now - 9.5 * MINUTE, asked, { under: open.root });
  // A human says failure of what the agent calls escalated: neither says success.
  story.log('agentops.task.outcome', now - 5 * MINUTE, {
    ...ended('failure'),
    'agentops.task.id': 'free',
    'agentops.task.outcome.source': 'human',
  });
  return requestsOf(story.told, random);
}

test('a report of a period counts the tasks that ended in it, the same ones in every part', () => {
  const file = join(dir, 'telemetry.jsonl');
  writeFileSync(
    file,
    tell(Date.now())
      .map((body) => `${JSON.stringify(body)}\n`)
      .join(''),
  );
  const agentops = (...args: string[]): string =>
    execFileSync(process.execPath, [CLI, ...args, '--data', join(dir, 'data')], { encoding: 'utf8' });
  agentops('ingest', file, '--json');
  const { agents, slis, indicators, coverage, disagreement } = JSON.parse(
    agentops('report', '--since', '1h', '--json'),
  ) as Report;
  const sli = (id: string) => indicators.find((one) => one.sli === id)!;
  const [agent] = agents;
  expect(agent).toMatchObject({ tasks: 4, ended: 3, open: 1, success: 1, judged: 2, tasks_priced: 1 });
  expect([agent!['success'], agent!['judged']]).toEqual([
    sli('task_success').good,
    sli('task_success').total,
  ]);
  expect(agent!['ended']).toBe(sli('task_success').events);
  expect(agent!['tasks_priced']).toBe(sli('cost_per_task').judged);
  expect([slis['with_sla'], slis['in_time']]).toEqual([1, 0]);
  expect(sli('reviewer_response')).toMatchObject({ good: 0, total: 1 });
  expect(coverage).toMatchObject({ judged_twice: 1, contradicted: 0 });
  expect(disagreement).toMatchObject([{ agent_human: 1, agent_human_disagreed: 0 }]);
}, 120_000);
