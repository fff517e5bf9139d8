import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IngestedFile, ingestFiles, openEmbedded, type Store } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Expected, observe, tracesOf, visible } from './truth.ts';

const FIXTURES = fileURLToPath(new URL('../../processor/src/dialects/fixtures/', import.meta.url));
const emitters = readdirSync(FIXTURES)
  .filter((file) => file.endsWith('.otlp.jsonl'))
  .map((file) => file.replace('.otlp.jsonl', ''));
const recording = (emitter: string): string => join(FIXTURES, `${emitter}.otlp.jsonl`);

/** Dialects whose emitters send arguments and results as the tool had them. */
const PLAIN = [
  'ai-sdk',
  'ai-sdk-7',
  'google-adk',
  'langfuse',
  'langsmith',
  'mastra',
  'mlflow',
  'openinference',
  'pydantic-ai',
  'traceloop',
];

let dataDir: string;
let ingested: readonly IngestedFile[];
let store: Store;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'fixtures-'));
  // The recordings keep their dates, whenever this test runs.
  const { files } = await ingestFiles({ dataDir, files: emitters.map(recording), sinceDays: 36_500 });
  ingested = files;
  store = openEmbedded(join(dataDir, 'db'));
});
afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true });
});

// Loops are found by equal digests: emitters that wrap a call in ids or step numbers of their own would hide them.
test.each([
  // Traceloop writes LangChain's arguments as Python text.
  ['arguments', [[...PLAIN, 'strands'].sort(), ['traceloop']]],
  // Strands wraps results, in either language in its own way.
  ['result', [PLAIN, ['strands'], ['strands']]],
])('the %s of the same call have the same digest, whoever tells it', async (part, classes) => {
  const found = await store.query<{ dialects: string[] }>(
    `SELECT arraySort(groupUniqArray(dialect)) AS dialects FROM agentops.run_steps
     WHERE tool = 'issue_refund' AND ${part}_digest != ''
     GROUP BY ${part}_digest ORDER BY length(dialects) DESC, dialects`,
  );
  expect(found.map(({ dialects }) => dialects)).toEqual(classes);
});

describe.each(emitters)('%s', (emitter) => {
  test('the views tell what the program did', async () => {
    const expected: Expected = JSON.parse(readFileSync(join(FIXTURES, `${emitter}.expected.json`), 'utf8'));
    expect(await observe(store, tracesOf(recording(emitter)))).toEqual(visible(expected));
  });

  test('every item is accounted for', () => {
    const { received, stored, dropped, duplicates, deadLetters } = ingested[emitters.indexOf(emitter)]!;
    expect({ duplicates, deadLetters, balance: received - stored - dropped }).toEqual({
      duplicates: 0,
      deadLetters: 0,
      balance: 0,
    });
  });
});
