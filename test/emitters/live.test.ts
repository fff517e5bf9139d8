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

test.each(['ai-sdk-6', 'ai-sdk-6-over-anthropic', 'openinference-openai', 'anthropic-sdk'])(
  '%s, sent by its own exporter to the receiver, is told as it was',
  async (emitter) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'live-'));
    const product = await startEmbedded({ dataDir, otlpPort: 0 });
    try {
      const to = `http://127.0.0.1:${product.otlpPort}`;
      await run(process.execPath, [join(HERE, 'record.mjs'), emitter, '--to', to]);
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
    } finally {
      await product.stop();
      rmSync(dataDir, { recursive: true });
    }
  },
);
