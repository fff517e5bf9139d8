import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Embedded, openEmbedded, PipelineFailedError, startEmbedded } from '@agentops/processor';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { corpus } from '../bench/corpus.ts';

const BIN = fileURLToPath(new URL('../../cli/bin/agentops.js', import.meta.url));
const SPANS = 20;
/** Every request in a segment of its own, every segment a chunk of its own. */
const SMALL = { wal: { segmentBytes: 1000 }, limits: { flushMs: 5, flushBytes: 1 } };

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'agentops-outage-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Requests of 20 spans each that ended just now; every call gives others. */
let seed = 1;
function requests(count: number): Buffer[] {
  const start = BigInt(Date.now()) * 1_000_000n;
  return [...corpus({ spans: count * SPANS, spansPerRequest: SPANS, seed: seed++, start })];
}

async function send(port: number, body: Buffer, type = 'application/x-protobuf'): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
}

async function sendAll(port: number, bodies: readonly Buffer[]): Promise<void> {
  for (const body of bodies) expect((await send(port, body)).status).toBe(200);
}

/** The engine itself says no, as it does on a full disk or a broken part. */
const breakStore = (chain: Embedded): Promise<void> =>
  chain.reader.command('RENAME TABLE agentops.steps TO agentops.elsewhere');
const mendStore = (chain: Embedded): Promise<void> =>
  chain.reader.command('RENAME TABLE agentops.elsewhere TO agentops.steps');

/** The same for a folder that nobody holds. */
async function mendClosedStore(): Promise<void> {
  const store = openEmbedded(join(dataDir, 'db'));
  await store.command('RENAME TABLE agentops.elsewhere TO agentops.steps');
  await store.close();
}

const retrying = (chain: Embedded): Promise<void> =>
  expect.poll(() => chain.stats().health, { timeout: 20_000 }).toMatchObject({ state: 'retrying' });

/** Every span once, and nothing unaccounted for. */
async function expectStored(chain: Embedded, spans: number): Promise<void> {
  const [steps] = await chain.reader.query('SELECT count() AS n FROM agentops.run_steps');
  const [balance] = await chain.reader.query(
    'SELECT sum(received) AS received, sum(duplicates) AS duplicates, sum(abs(balance)) AS off FROM agentops.conservation',
  );
  expect(steps).toEqual({ n: String(spans) });
  expect(balance).toEqual({ received: String(spans), duplicates: '0', off: '0' });
}

const segments = (): string[] =>
  readdirSync(join(dataDir, 'wal'))
    .filter((name) => name.endsWith('.wal'))
    .sort();

describe('a store that refuses', () => {
  test('is tried until it works; senders are told to wait once the log is full; nothing is lost', async () => {
    const log: string[] = [];
    const chain = await startEmbedded({
      dataDir,
      otlpPort: 0,
      wal: { maxBytes: 400_000, segmentBytes: 40_000 },
      limits: { flushMs: 5, flushBytes: 1 },
      onLog: (line) => log.push(line),
    });
    await breakStore(chain);
    let accepted = 0;
    let refusal: Response | null = null;
    for (const body of requests(60)) {
      const answer = await send(chain.otlpPort, body);
      if (answer.status === 503) {
        refusal = answer;
        break;
      }
      accepted++;
    }
    expect(refusal!.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(Buffer.from(await refusal!.arrayBuffer()).toString()).toContain('not yet processed');
    await retrying(chain);
    expect(chain.stats()).toMatchObject({
      lagRecords: accepted,
      health: { error: expect.stringContaining('agentops.steps') },
    });

    await mendStore(chain);
    await chain.drained();
    expect(chain.stats()).toMatchObject({ lagRecords: 0, health: { state: 'running' } });
    await sendAll(chain.otlpPort, requests(1));
    await chain.drained();
    await expectStored(chain, (accepted + 1) * SPANS);
    await chain.stop();
    // The rollups say for themselves that they cannot be kept meanwhile.
    expect(log.filter((line) => !line.startsWith('rollups '))).toEqual([
      expect.stringContaining('refuses what it is given'),
      expect.stringContaining('works again'),
    ]);
  });

  test('does not keep a process from ending, and what waits is stored after the next start', async () => {
    const first = await startEmbedded({ dataDir, otlpPort: 0, ...SMALL });
    await breakStore(first);
    await sendAll(first.otlpPort, requests(5));
    await expect(first.stop()).rejects.toThrow(/5 accepted requests wait in .*wal.*agentops\.steps/);

    await mendClosedStore();
    const second = await startEmbedded({ dataDir, otlpPort: 0, ...SMALL });
    await second.drained();
    await expectStored(second, 5 * SPANS);
    await second.stop();
  });

  test('holds a file up as well, which is read on when the store works', async () => {
    const file = join(dataDir, 'traces.pb');
    writeFileSync(file, requests(1)[0]!);
    const chain = await startEmbedded({ dataDir, otlpPort: 0, ...SMALL });
    await breakStore(chain);
    const ingested = chain.ingest(file);
    await retrying(chain);
    await mendStore(chain);
    expect(await ingested).toMatchObject({ received: SPANS, stored: SPANS });
    await expectStored(chain, SPANS);
    await chain.stop();
  });
});

describe('a pipeline that cannot go on', () => {
  /** The log loses a segment that was not read yet, as by an operator’s hand; gives the way to put it back. */
  async function fail(chain: Embedded): Promise<() => void> {
    await breakStore(chain);
    await sendAll(chain.otlpPort, requests(8));
    const lost = join(dataDir, 'wal', segments().at(-2)!);
    renameSync(lost, `${lost}.gone`);
    await mendStore(chain);
    return () => renameSync(`${lost}.gone`, lost);
  }

  test('says so to senders and to everybody who waits, keeps what was accepted, and ends cleanly', async () => {
    const chain = await startEmbedded({ dataDir, otlpPort: 0, ...SMALL });
    const putBack = await fail(chain);
    const waiting = chain.drained();
    const failure = await chain.failed;
    expect(failure).toBeInstanceOf(PipelineFailedError);
    expect(failure.message).toContain('ENOENT');
    await expect(waiting).rejects.toThrow('ENOENT');
    await expect(chain.drained()).rejects.toThrow('wait in');
    expect(chain.stats().health).toMatchObject({ state: 'failed', error: expect.stringContaining('ENOENT') });

    const answer = await send(chain.otlpPort, Buffer.from('{}'), 'application/json');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await answer.json()).toEqual({ code: 14, message: expect.stringContaining('ENOENT') });
    expect((await fetch(`http://127.0.0.1:${chain.otlpPort}/healthz`)).status).toBe(503);

    await expect(chain.stop()).rejects.toThrow('for the next start');
    putBack();
    const next = await startEmbedded({ dataDir, otlpPort: 0, ...SMALL });
    await next.drained();
    await expectStored(next, 8 * SPANS);
    await next.stop();
  });

  test('ends agentops up with a line that says what happened and what to do, and exit code 1', async () => {
    const chain = await startEmbedded({ dataDir, otlpPort: 0, ...SMALL });
    await breakStore(chain);
    await sendAll(chain.otlpPort, requests(8));
    await expect(chain.stop()).rejects.toThrow('8 accepted requests wait');
    await mendClosedStore();

    const spool = join(dataDir, 'spool');
    rmSync(spool, { recursive: true, force: true });
    const up = spawn(process.execPath, [
      BIN,
      'up',
      '--data',
      dataDir,
      '--otlp-port',
      '0',
      '--clickhouse-port',
      '0',
      '--page-port',
      '0',
    ]);
    let said = '';
    up.stderr.on('data', (part) => {
      said += part;
    });
    const ended = new Promise((resolve) => up.once('exit', resolve));
    // The log is open by now, and not read yet.
    while (!existsSync(spool)) await new Promise((resolve) => setImmediate(resolve));
    const lost = join(dataDir, 'wal', segments()[4]!);
    renameSync(lost, `${lost}.gone`);
    expect(await ended).toBe(1);
    expect(said).toMatch(/^agentops: the pipeline stopped: ENOENT.*\n/m);
    expect(said).toContain('start agentops up on this folder again');
    expect(said).not.toContain('    at ');
  });
});
