import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmbedded } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chance } from '../tools/otlp.ts';
import { type SpanSpec, traceBody } from '../tools/spans.ts';

const BIN = fileURLToPath(new URL('../../cli/bin/agentops.js', import.meta.url));
const random = chance(29);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'outcomes-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The body of a request with one run of an agent that calls a tool and says nothing of its outcome. */
function work(task: string, ms: number): Buffer {
  const start = BigInt(ms) * 1_000_000n;
  const traceId = random.hex(16);
  const root = random.hex(8);
  const items: SpanSpec[] = [
    {
      traceId,
      spanId: root,
      name: 'invoke_agent claims',
      start,
      end: start + 1000n,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'claims',
        'agentops.task.id': task,
        'agentops.agent.version': '1.10',
      },
    },
    {
      traceId,
      parent: root,
      spanId: random.hex(8),
      name: 'execute_tool look_up',
      start,
      end: start + 10n,
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look_up' },
    },
  ];
  return traceBody([{ resource: { 'service.name': 'claims' }, items }]);
}

test('over HTTP: answered when safe, in the tables after a restart, and twice is once', async () => {
  const dataDir = join(dir, 'http');
  const now = Date.now();
  const row = JSON.stringify({
    task_id: 'T1',
    outcome: 'success',
    source: 'human',
    by: 'mei',
    at: new Date(now).toISOString(),
  });
  let embedded = await startEmbedded({ dataDir, otlpPort: 0 });
  const post = async (path: string, type: string, body: string | Buffer): Promise<number> => {
    const url = `http://127.0.0.1:${embedded.otlpPort}${path}`;
    return (await fetch(url, { method: 'POST', headers: { 'content-type': type }, body })).status;
  };
  expect(await post('/v1/outcomes', 'application/json', row)).toBe(200);
  await embedded.stop();
  embedded = await startEmbedded({ dataDir, otlpPort: 0 });
  try {
    expect(await post('/v1/traces', 'application/x-protobuf', work('T1', now))).toBe(200);
    expect(await post('/v1/outcomes', 'application/json', `[${row},${row}]`)).toBe(200);
    await embedded.drained();
    const { reader } = embedded;
    expect(
      await reader.query(
        'SELECT task_id, outcome, outcome_source, length(verdicts) AS n FROM agentops.task_outcomes',
      ),
    ).toEqual([{ task_id: 'T1', outcome: 'success', outcome_source: 'human', n: '1' }]);
    expect(
      await reader.query(
        `SELECT sum(received) AS received, sum(stored) AS stored, sum(duplicates) AS duplicates,
           sum(abs(balance)) AS off
         FROM agentops.conservation WHERE signal = 'logs'`,
      ),
    ).toEqual([{ received: '3', stored: '1', duplicates: '2', off: '0' }]);
  } finally {
    await embedded.stop();
  }
});

/** A command's end: what it said and its exit code. */
async function agentops(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [BIN, ...args])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('the commands', () => {
  const json = async (...args: string[]) => JSON.parse((await agentops(...args, '--json')).stdout);

  test('outcome import: judged, waiting, rejected; again it changes nothing', async () => {
    const data = join(dir, 'import');
    const traces = join(dir, 'traces.pb');
    writeFileSync(traces, work('T1', Date.now() - 60_000));
    await agentops('ingest', traces, '--data', data);
    const file = join(dir, 'verdicts.csv');
    const at = new Date().toISOString();
    writeFileSync(file, `Ticket,Result,At\nT1,failure,${at}\nT2,success,${at}\nT3,fine,${at}\n`);
    const command = ['outcome', 'import', file, '--data', data, '--source', 'system', '--by', 'helpdesk'];
    const columns = ['--column', 'task_id=Ticket', 'outcome=Result'];
    const expected = {
      files: [
        { file, verdicts: 2, rejected: [{ row: 4, reason: expect.stringContaining('fine is no outcome') }] },
      ],
      deadLetters: 0,
      tasks: [{ task_id: 'T1', task_ref: '', environment: '', outcome: 'failure' }],
      waiting: ['T2'],
      pseudonyms: 0,
    };
    expect(await json(...command, ...columns)).toEqual({ ...expected, stored: 2, duplicates: 0 });
    expect(await json(...command, ...columns)).toEqual({ ...expected, stored: 0, duplicates: 2 });
    expect((await agentops(...command, ...columns)).code).toBe(1);
    expect((await agentops(...command, '--column', 'sauce=x')).code).toBe(2);
  }, 120_000);

  test('from no registry to one without drift: adopt, fill in, check, set', async () => {
    const data = join(dir, 'import');
    const registry = join(dir, 'registry');
    expect(await json('registry', 'adopt', registry, '--data', data)).toMatchObject({
      entries: [{ id: 'claims', file: 'agents/claims.yaml' }],
      files: ['agents/claims.yaml', 'organisation.yaml'],
    });
    const missing = await agentops('registry', 'check', registry);
    expect(missing.code).toBe(1);
    expect(missing.stdout).toMatch(/owner: expected text, found nothing[\s\S]*did you mean read\?/);
    writeFileSync(
      join(registry, 'organisation.yaml'),
      'name: X\ndepartments: [{ id: it, name: IT }]\nteams: [{ id: a, name: A, members: [x] }, { id: b, name: B, members: [y] }]\n',
    );
    const entry = join(registry, 'agents/claims.yaml');
    writeFileSync(
      entry,
      readFileSync(entry, 'utf8')
        .replace('purpose: #', 'purpose: Claims. #')
        .replace('department: #', 'department: it #')
        .replace('owner: #', 'owner: a #')
        .replace('operator: #', 'operator: b #')
        .replace('read?', 'read'),
    );
    expect((await agentops('registry', 'check', registry)).stdout).toContain('has no problems');
    const drift = ['registry', 'drift', registry, '--data', data, '--strict'];
    expect((await agentops(...drift)).code).toBe(0);

    const before = readFileSync(entry, 'utf8');
    await agentops('registry', 'set', 'claims', '--version', '2.0.0', '--registry', registry);
    expect(readFileSync(entry, 'utf8')).toBe(before.replace('version: "1.10"', 'version: "2.0.0"'));
    const drifted = await agentops(...drift, '--json');
    expect([drifted.code, JSON.parse(drifted.stdout)]).toMatchObject([
      1,
      [{ kind: 'undeclared_version', agent: 'claims', subject: '1.10' }],
    ]);
    const unknown = await agentops('registry', 'set', 'clams', '--version', '2', '--registry', registry);
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      'agentops: there is no agent clams: did you mean claims?\n',
    ]);
  }, 120_000);
});
