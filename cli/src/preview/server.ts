import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Store } from '@agentops/processor';
import { describeError } from '../output/fail.ts';
import { isAuthorized, isOwn, readBody } from '../page/http.ts';
import { createPreview, type PreviewOptions } from './handler.ts';

export interface PreviewServer {
  /** Of the first board, with the token that opens it. */
  readonly url: string;
  close(): Promise<void>;
}

/** The dashboards alone, on loopback: whoever holds the token of the printed address reads what `grafana` may read. */
export async function startPreview(
  options: PreviewOptions & { readonly port: number },
): Promise<PreviewServer> {
  const preview = createPreview(options);
  const token = randomBytes(24).toString('hex');
  /** The store is closed after what was asked of it only. */
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answered = handle(request, response)
      .catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else say(response, 400, describeError(error).message);
      })
      .finally(() => underWay.delete(answered));
    underWay.add(answered);
  });
  const port = (): number => (server.address() as AddressInfo).port;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '/';
    if (!isOwn(request, port())) say(response, 403, 'this page answers to its own address only');
    else if (request.method === 'GET' && path === '/')
      response.writeHead(302, { location: '/d/agentops-fleet' }).end();
    else if (request.method === 'GET' && preview.get(path, response)) return;
    else if (!isAuthorized(request.headers.authorization, token))
      say(response, 401, 'open this page with its token, as it was printed at its start');
    else if (request.method === 'GET' && path === '/api/alerts') await preview.alerts(response);
    else if (request.method === 'POST' && path === '/api/dashboards/query') {
      const { sql } = JSON.parse(await readBody(request)) as { sql: string };
      await preview.query(sql, 'grafana', response);
    } else say(response, 404, 'there is nothing here');
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${port()}/d/agentops-fleet${await period(options.reader)}#token=${token}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await Promise.all(underWay);
    },
  };
}

const WEEK_MS = 7 * 86_400_000;
const HOUR_MS = 3_600_000;

/** What the address says of time where the board's own would show nothing: the week before the newest task's end. */
async function period({ query, database }: Store): Promise<string> {
  const [newest] = await query<{ ms: string }>(
    `SELECT toUnixTimestamp64Milli(max(ended_at)) AS ms FROM ${database}.tasks`,
  );
  const ms = Number(newest?.ms ?? 0);
  if (ms === 0 || ms > Date.now() - WEEK_MS) return '';
  return `?from=${ms - WEEK_MS}&to=${ms + HOUR_MS}`;
}

function say(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(words);
}
