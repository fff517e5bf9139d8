import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmbedded } from '@agentops/processor';
import { beforeAll, expect, test } from 'vitest';
import { type Expected, observe, visible } from './truth.ts';

/** Never the blocking form: the receiver that the emitters talk to lives in this process. */
const run = promisify(execFile);

const HERE = fileURLToPath(new URL('.', import.meta.url));
const FIXTURES = join(HERE, '../../processor/src/dialects/fixtures');

// The emitters stay out of the product's own install: they are fetched once, by their lockfile, and never skipped.
beforeAll(async () => {
  const folder = join(HERE, 'node20');
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return;
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder });
}, 300_000);

/**
 * Cost by hand, in millionths of a US dollar: tokens × list price per million of input, cached input, cache write and
 * output. gpt-4o: 2.50, 1.25, –, 10. claude-sonnet-5: 2, 0.20, 2.50, 10.
 */
const GPT_4O = 1100 * 2.5 + 2700 * 1.25 + 380 * 10;
const CLAUDE_SONNET = 1000 * 2 + 2700 * 0.2 + 100 * 2.5 + 380 * 10;

test.for([
  ['ai-sdk-6', 2 * CLAUDE_SONNET],
  ['ai-sdk-6-minimal', 2000 * 2.5 + 200 * 10],
  ['ai-sdk-6-over-anthropic', CLAUDE_SONNET],
  ['ai-sdk-6-over-openinference', GPT_4O],
  ['anthropic-sdk', CLAUDE_SONNET],
  ['openinference-openai', GPT_4O],
  ['openinference-openai-no-content', GPT_4O],
] as const)('%s, sent by its own exporter to the receiver, is told as it was', async (row, { signal }) => {
  const [emitter, microUsd] = row;
  const dataDir = mkdtempSync(join(tmpdir(), 'live-'));
  const product = await startEmbedded({ dataDir, otlpPort: 0 });
  try {
    const to = `http://127.0.0.1:${product.otlpPort}`;
    await run(process.execPath, [join(HERE, 'record.mjs'), emitter, '--to', to], { signal });
    await product.drained();
    const traces = await product.reader.query<{ trace_id: string }>(
      'SELECT DISTINCT trace_id FROM agentops.run_steps',
    );
    const expected: Expected = JSON.parse(readFileSync(join(FIXTURES, `${emitter}.expected.json`), 'utf8'));
    const seen = await observe(
      product.reader,
      traces.map(({ trace_id: id }) => id),
    );
    expect(seen).toEqual(visible(expected));
    const [spent] = await product.reader.query<{ micro_usd: string; unpriced: string; currencies: string[] }>(
      `SELECT toString(sum(cost) * 1000000) AS micro_usd, toString(sum(unpriced_calls)) AS unpriced,
              groupUniqArray(currency) AS currencies
       FROM agentops.task_outcomes`,
    );
    expect(spent).toEqual({ micro_usd: String(microUsd), unpriced: '0', currencies: ['USD'] });
  } finally {
    await product.stop();
    rmSync(dataDir, { recursive: true });
  }
});
