import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../../cli/bin/agentops.js', import.meta.url));
const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));

let dir: string;
let file: string;
let truth: Record<string, Record<string, number> & { outcomes: Record<string, number> }>;

/** Runs a command to its end; its standard output. */
async function agentops(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BIN, ...args], { maxBuffer: 1 << 28 });
  return stdout;
}

async function rows(data: string, sql: string): Promise<Record<string, string>[]> {
  const text = await agentops('sql', sql, '--data', data, '--format', 'JSONEachRow');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The documented views, without times of receipt. */
async function tables(data: string): Promise<string[]> {
  const ask = (sql: string): Promise<string> =>
    agentops('sql', sql, '--data', data, '--format', 'JSONEachRow');
  return [
    await ask('SELECT * EXCEPT (received_at) FROM agentops.run_steps ORDER BY trace_id, span_id'),
    await ask('SELECT * FROM agentops.task_outcomes ORDER BY task_id, environment'),
    await ask('SELECT * FROM agentops.cost_entries ORDER BY entry_id'),
    await ask('SELECT * FROM agentops.approvals ORDER BY approval_id'),
  ];
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cli-'));
  file = join(dir, 'fleet.jsonl');
  const json = await agentops(
    'simulate',
    '--seed',
    '5',
    '--days',
    '2',
    '--until',
    '2026-11-20',
    '--scale',
    '0.5',
    '--out',
    file,
    '--json',
  );
  truth = JSON.parse(json).agents;
}, 120_000);

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the command line, on a simulated fleet whose truth is known', () => {
  test('ingest, and every number is the truth', async () => {
    const data = join(dir, 'whole');
    const { files } = JSON.parse(
      await agentops('ingest', file, '--data', data, '--registry', COMPANY, '--json'),
    );
    expect(files[0].stored).toBe(files[0].received);
    const found = await rows(
      data,
      `SELECT replaceOne(agent, 'unregistered:', '') AS name, count() AS tasks, sum(length(run_ids)) AS runs,
         sum(model_calls) AS models, sum(tool_calls) AS tools, sum(tool_errors) AS failures,
         sum(input_tokens) AS input, sum(cached_input_tokens) AS cached, sum(output_tokens) AS output,
         countIf(outcome = 'success') AS success, countIf(outcome = 'failure') AS failure, countIf(outcome = 'escalated') AS escalated
       FROM agentops.task_outcomes GROUP BY name`,
    );
    expect(new Set(found.map((row) => row['name']))).toEqual(new Set(Object.keys(truth)));
    for (const row of found) {
      const known = truth[row['name']!]!;
      expect(row).toMatchObject({
        tasks: String(known['tasks']),
        models: String(known['modelCalls']),
        tools: String(known['toolCalls']),
        failures: String(known['toolErrors']),
        input: String(known['inputTokens']),
        cached: String(known['cachedInputTokens']),
        output: String(known['outputTokens']),
        success: String(known.outcomes['success'] ?? 0),
        failure: String(known.outcomes['failure'] ?? 0),
        escalated: String(known.outcomes['escalated'] ?? 0),
      });
    }
  }, 120_000);

  test('a second ingest counts duplicates and changes nothing else', async () => {
    const data = join(dir, 'whole');
    const before = await tables(data);
    const { files } = JSON.parse(
      await agentops('ingest', file, '--data', data, '--registry', COMPANY, '--json'),
    );
    expect(files[0]).toMatchObject({ stored: 0, duplicates: files[0].received });
    expect(await tables(data)).toEqual(before);
    expect(await rows(data, 'SELECT sum(abs(balance)) AS off FROM agentops.conservation')).toEqual([
      { off: '0' },
    ]);
  }, 120_000);

  test('killed −9 in the middle and run again: the same tables', async () => {
    const data = join(dir, 'killed');
    const child = spawn(process.execPath, [BIN, 'ingest', file, '--data', data, '--registry', COMPANY], {
      stdio: 'ignore',
    });
    await killedOnceItHasBegun(child, join(data, 'files'));
    await agentops('ingest', file, '--data', data, '--registry', COMPANY, '--json');
    expect(await tables(data)).toEqual(await tables(join(dir, 'whole')));
    expect(await rows(data, 'SELECT sum(abs(balance)) AS off FROM agentops.conservation')).toEqual([
      { off: '0' },
    ]);
  }, 120_000);

  test('report and run show speak of the same store', async () => {
    const data = join(dir, 'whole');
    const report = JSON.parse(await agentops('report', '--data', data, '--json'));
    expect(JSON.stringify(report)).toContain('expense-reimbursement');
    const [task] = await rows(
      data,
      "SELECT task_id FROM agentops.task_outcomes WHERE agent = 'expense-reimbursement' ORDER BY task_id LIMIT 1",
    );
    const shown = await agentops('run', 'show', task!['task_id']!, '--data', data);
    expect(shown).toContain('pay_claim');
    expect(shown).toContain('JPY');
  }, 60_000);

  test('dashboards preview shows a folder that nobody holds, to those who have its token', async ({
    signal,
  }) => {
    const data = join(dir, 'whole');
    const child = spawn(
      process.execPath,
      [BIN, 'dashboards', 'preview', '--data', data, '--registry', COMPANY, '--page-port', '0'],
      { stdio: ['ignore', 'pipe', 'inherit'], signal },
    );
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    try {
      const [, origin, token] = await new Promise<RegExpMatchArray>((resolve, reject) => {
        let said = '';
        child.stdout.on('data', (part) => {
          said += part;
          const found = /(http:\/\/[\d.:]+)\/d\/agentops-fleet\?from=\d+&to=\d+#token=(\w+)/.exec(said);
          if (found !== null) resolve(found);
        });
        child.once('exit', () => reject(new Error(`it ended: ${said}`)));
      });
      const ask = (path: string, authorization: string): Promise<Response> =>
        fetch(`${origin}${path}`, {
          method: 'POST',
          headers: { authorization },
          body: JSON.stringify({ sql: 'SELECT count() > 0 FROM step_content' }),
        });
      expect((await fetch(`${origin}/`)).url).toBe(`${origin}/d/agentops-fleet`);
      expect((await ask('/api/dashboards/query', 'Bearer guess')).status).toBe(401);
      const answer = await ask('/api/dashboards/query', `Bearer ${token}`);
      expect(await answer.json()).toMatchObject({ data: [[1]] });
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
  }, 60_000);
});

test('--help loads no engine and no SDK', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, [BIN, '--help']);
  expect(stderr).toBe('');
  const main = readFileSync(fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url)), 'utf8');
  expect(main).not.toMatch(/@agentops\/(processor|instrumentation)/);
});

/** Kills the child as soon as its pass over the file is on record. */
async function killedOnceItHasBegun(child: ChildProcess, journal: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!existsSync(journal) && child.exitCode === null)
    await new Promise((resolve) => setImmediate(resolve));
  child.kill('SIGKILL');
  await ended;
}
