import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  request,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What lies between processors and ClickHouse. */
export interface Network {
  readonly port: number;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const LATE_SHARE = 0.03;
const LATEST_MS = 4_000;

/**
 * Passes requests on to `target`, a port of loopback. Some inserts take seconds, and they arrive as well when whoever sent
 * them is dead by then, or thinks that they were lost.
 */
export async function startNetwork(target: () => number): Promise<Network> {
  const underWay = new Set<Promise<void>>();
  const server = createServer((incoming, outgoing) => {
    const passing = (async () => {
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part as Buffer);
      if (isInsert(incoming) && Math.random() < LATE_SHARE) await sleep(Math.random() * LATEST_MS);
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
  return /[?&]query=INSERT/.test(url);
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
