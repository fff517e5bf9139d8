/**
 * A process that sends the corpus by OTLP/HTTP: `node sender.js PORT '{"spans":…}'`. With `perSecond` on an absolute
 * schedule, so that a slow answer makes no pause; else as fast as answers come. Tells its parent what it sent.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CorpusOptions, corpus } from './corpus.ts';
import { staggered } from './staggered.ts';

export interface SendOptions extends Omit<CorpusOptions, 'start'> {
  /** Spans a second. */
  readonly perSecond?: number;
  /** So many runs are open at any time once as many have begun; left out, a run comes as a whole. */
  readonly openRuns?: number;
}

export interface Sent {
  readonly requests: number;
  /** Answers other than 200. */
  readonly refused: number;
  readonly seconds: number;
  /** How far the latest request was behind its schedule, ms: above a few, this process was the bottleneck. */
  readonly latestMs: number;
}

const CONNECTIONS = 8;

export async function sendCorpus(port: number, options: SendOptions): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const perRequest = options.spansPerRequest ?? 100;
  const underWay = new Set<Promise<void>>();
  let requests = 0;
  let refused = 0;
  let latestMs = 0;

  function post(body: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
      const target = { agent, port, host: '127.0.0.1', path: '/v1/traces', method: 'POST', headers };
      request(target, (response) => {
        if (response.statusCode !== 200) refused++;
        response.resume().once('end', resolve);
      })
        .once('error', reject)
        .end(body);
    });
  }

  const begun = performance.now();
  const { openRuns } = options;
  const work = { ...options, start: BigInt(Date.now()) * 1_000_000n };
  for (const body of openRuns === undefined ? corpus(work) : staggered({ ...work, openRuns })) {
    if (options.perSecond !== undefined) {
      const due = begun + (requests * perRequest * 1000) / options.perSecond;
      const early = due - performance.now();
      if (early > 0) await sleep(early);
      latestMs = Math.max(latestMs, -early);
    }
    // The generator writes the next request into the same memory.
    const sending = post(Buffer.from(body)).finally(() => underWay.delete(sending));
    underWay.add(sending);
    requests++;
    if (options.perSecond === undefined && underWay.size >= CONNECTIONS) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  agent.destroy();
  return { requests, refused, latestMs, seconds: (performance.now() - begun) / 1000 };
}

const [port, options] = process.argv.slice(2);
process.send!(await sendCorpus(Number(port), JSON.parse(options!)));
process.disconnect();
