import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, startEmbedded } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dump, expectBalance } from '../tools/chain.ts';
import { isForeign, makeFleet, requests } from '../tools/fleet.ts';
import { chance } from '../tools/otlp.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-together-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Folders of one installation: digests are equal where the key is. Every request is a chunk of its own. */
function start(name: string): Promise<Embedded> {
  const dataDir = join(dir, name);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'secret.key'), '07'.repeat(32));
  return startEmbedded({ dataDir, otlpPort: 0, limits: { flushMs: 1, flushBytes: 1 } });
}

async function send(chain: Embedded, bodies: readonly object[]): Promise<void> {
  for (const body of bodies) {
    const answer = await fetch(`http://127.0.0.1:${chain.otlpPort}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
  }
}

test('files and requests with spans of the same traces, at the same time: the tables of one after the other', async () => {
  const random = chance(31);
  const spans = random.shuffle(makeFleet(random, 12).filter((item) => !isForeign(item)));
  const third = Math.ceil(spans.length / 3);
  const [early, sent, filed] = [0, 1, 2].map((i) =>
    requests(spans.slice(i * third, (i + 1) * third), random, 6),
  );
  const file = join(dir, 'filed.jsonl');
  writeFileSync(file, filed!.map((body) => JSON.stringify(body)).join('\n'));

  const apart = await start('apart');
  await send(apart, [...early!, ...sent!, ...filed!]);
  await apart.drained();
  const expected = await dump(apart.reader);
  await apart.stop();

  const before = await start('together');
  await send(before, early!);
  await before.stop();
  // After a start no set is in memory: both ways read the same ones back.
  const together = await start('together');
  await Promise.all([together.ingest(file), send(together, sent!)]);
  await together.drained();
  expect(await dump(together.reader)).toEqual(expected);
  await expectBalance(together.reader);
  await together.stop();
});
