import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  request,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What lies between a processor and ClickHouse. */
export interface Network {
  readonly port: number;
  /**
   * Holds every insert for so long, ms. Resolves as soon as there is one; false when none came in that time. Whoever is
   * killed meanwhile has its inserts arrive once others have gone on.
   */
  hold(ms: number): Promise<boolean>;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const LATE_SHARE = 0.03;
const LATEST_MS = 2_000;
/** Beyond the session of who sent it: somebody else has its partitions by then. */
const OF_THE_DEAD_MS = 7_000;

/** Passes requests on to `target`, a port of loopback. Some inserts take seconds. */
export async function startNetwork(target: () => number): Promise<Network> {
  const underWay = new Set<Promise<void>>();
  let heldUntil = 0;
  let noticed: () => void = () => {};

  /** Until it may be passed on. */
  async function delay(incoming: IncomingMessage, isGone: () => boolean): Promise<void> {
    if (!isInsert(incoming)) return;
    const held = heldUntil - performance.now();
    if (held > 0) {
      noticed();
      await sleep(held);
    } else if (Math.random() < LATE_SHARE) await sleep(Math.random() * LATEST_MS);
    if (isGone()) await sleep(OF_THE_DEAD_MS);
  }

  const server = createServer((incoming, outgoing) => {
    const passing = (async () => {
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part as Buffer);
      await delay(incoming, () => outgoing.destroyed);
      const { method, url, headers } = incoming;
      const answer = await answerOf(target(), { method, path: url ?? '/', headers }, Buffer.concat(parts));
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(answer.body);
    })()
      // Whoever asked sees a connection that breaks.
      .catch(() => void outgoing.destroy())
      .finally(() => underWay.delete(passing));
    underWay.add(passing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async hold(ms) {
      heldUntil = performance.now() + ms;
      const first = new Promise<boolean>((resolve) => {
        noticed = () => resolve(true);
      });
      return Promise.race([first, sleep(ms, false)]);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isInsert({ url = '' }: IncomingMessage): boolean {
  return new URL(url, 'http://localhost').searchParams.get('query')?.startsWith('INSERT') ?? false;
}

function answerOf(
  port: number,
  { headers: given, ...options }: Pick<RequestOptions, 'method' | 'path' | 'headers'>,
  body: Buffer,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, ...kept } = given as OutgoingHttpHeaders;
    const headers = { ...kept, 'content-length': body.length };
    request({ ...options, headers, host: '127.0.0.1', port, agent: false }, async (response) => {
      try {
        const parts: Buffer[] = [];
        for await (const part of response) parts.push(part as Buffer);
        const { statusCode: status = 502, headers: told } = response;
        resolve({ status, headers: told, body: Buffer.concat(parts) });
      } catch (error) {
        reject(error);
      }
    })
      .once('error', reject)
      .end(body);
  });
}
