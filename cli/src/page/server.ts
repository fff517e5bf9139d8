import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Embedded, IngestProgress, User } from '@agentops/processor';
import type { KeptMetrics } from '../metrics/keep.ts';
import { describeError } from '../output/fail.ts';
import { askClickHouse } from '../preview/ask.ts';
import { createPreview } from '../preview/handler.ts';
import { parseQuestion } from '../statement.ts';
import { pageHtml } from './html.ts';
import { isAuthorized, isOwn, readBody } from './http.ts';
import { pageScript } from './script.ts';
import { createStatus } from './status.ts';
import { pageStyle } from './style.ts';

export interface PageOptions {
  readonly embedded: Embedded;
  readonly port: number;
  readonly dataDir: string;
  readonly registryDir: string | null;
  readonly otlpUrl: string;
  readonly clickhouseUrl: string;
  /** The receiver wants a bearer token. */
  readonly needsToken: boolean;
  /** Of the users of the ClickHouse endpoint. Without one for `grafana` nobody sees what was said. */
  readonly clickhouseTokens?: Readonly<Partial<Record<User, string>>>;
  /** Metrics of agents, in the format that a scrape asks for. */
  readonly metrics?: KeptMetrics['answer'];
  /** Keeps what a person says of an alert: is there such an alert? */
  readonly actOnAlert?: (said: unknown) => Promise<boolean>;
}

export interface Page {
  readonly port: number;
  /** For the other commands; the page itself gets counts only. */
  readonly token: string;
  /** Whoever opens the page with `#token=` and this sees on dashboards what agents, tools and people wrote, as it was kept. */
  readonly contentToken: string;
  close(): Promise<void>;
}

interface IngestRequest {
  readonly files: readonly string[];
  readonly sinceDays?: number;
}

/** The start page with its live counts, and the door for the other commands. On loopback, whatever `--host` says. */
export async function startPage(options: PageOptions): Promise<Page> {
  const { embedded, registryDir, clickhouseTokens: tokens = {} } = options;
  const token = randomBytes(24).toString('hex');
  const contentToken = randomBytes(24).toString('hex');
  const readStatus = createStatus(embedded);
  const url = `http://127.0.0.1:${embedded.clickhouse?.port}`;
  const preview = createPreview({
    reader: embedded.reader,
    registryDir,
    ask: (sql, user) => askClickHouse({ url, user, password: tokens[user] ?? '' }, sql),
  });
  const files: Record<string, [type: string, body: string]> = {
    '/': ['text/html', pageHtml(options)],
    '/page.css': ['text/css', pageStyle],
    '/page.js': ['text/javascript', pageScript],
  };
  /** Whoever asked may be gone: what was asked of the store goes on, and the store is closed after it only. */
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answered = handle(request, response)
      .catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else send(response, 400, 'text/plain', describeError(error).message);
      })
      .finally(() => underWay.delete(answered));
    underWay.add(answered);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '/';
    if (!isOwn(request, port())) {
      send(response, 403, 'text/plain', 'this page answers to its own address only');
    } else if (request.method === 'GET') {
      const file = Object.hasOwn(files, path) ? files[path] : undefined;
      if (file !== undefined) send(response, 200, ...file);
      else if (preview.get(path, response)) return;
      else if (path === '/api/alerts' && readerOf(request.headers.authorization) !== null)
        await preview.alerts(response);
      else if (path === '/api/status')
        send(response, 200, 'application/json', JSON.stringify(await readStatus()));
      else if (path === '/metrics' && options.metrics !== undefined)
        await scrape(request, response, options.metrics);
      else send(response, 404, 'text/plain', 'there is nothing here');
    } else if (request.method !== 'POST') {
      send(response, 405, 'text/plain', 'GET or POST');
    } else if (path === '/api/dashboards/query') {
      const user = readerOf(request.headers.authorization);
      if (user === null) {
        send(response, 401, 'text/plain', 'open this page with its token, as it was printed at its start');
        return;
      }
      const { sql } = JSON.parse(await readBody(request)) as { sql: string };
      await preview.query(sql, user, response);
    } else if (!isAuthorized(request.headers.authorization, token)) {
      send(response, 401, 'text/plain', 'the token of control.json is needed');
    } else {
      await answer(path, JSON.parse(await readBody(request)), response);
    }
  }

  /** For Prometheus: where analysts have a token, with that. */
  async function scrape(
    request: IncomingMessage,
    response: ServerResponse,
    answerTo: KeptMetrics['answer'],
  ): Promise<void> {
    const { authorization, accept } = request.headers;
    const isAnalyst = tokens.analyst !== undefined && isAuthorized(authorization, tokens.analyst);
    if (!isAnalyst && readerOf(authorization) === null) {
      send(response, 401, 'text/plain', 'the token of an analyst is needed');
      return;
    }
    const { status, type, body } = await answerTo(accept);
    send(response, status, type, body);
  }

  /** Our own page only; without its token as open as the ClickHouse endpoint on loopback is. null: nobody it knows. */
  function readerOf(authorization: string | undefined): User | null {
    if (isAuthorized(authorization, contentToken)) return 'grafana';
    return tokens.analyst === undefined ? 'analyst' : null;
  }

  async function answer(path: string, body: unknown, response: ServerResponse): Promise<void> {
    if (path === '/api/ping') send(response, 200, 'application/json', '{}');
    else if (path === '/api/query') {
      const { sql, format, params } = body as {
        sql: string;
        format: string;
        params?: Record<string, unknown>;
      };
      send(response, 200, 'text/plain', await embedded.reader.text(parseQuestion(sql).sql, format, params));
    } else if (path === '/api/alerts/act' && options.actOnAlert !== undefined) {
      const known = await options.actOnAlert(body);
      send(response, 200, 'application/json', JSON.stringify({ known }));
    } else if (path === '/api/ingest') await ingest(body as IngestRequest, response);
    else send(response, 404, 'text/plain', 'there is nothing here');
  }

  /** Progress as JSON lines: `{progress}` now and then, `{done}` for each file, `{error}` where it ends early. */
  async function ingest({ files, sinceDays }: IngestRequest, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    response.once('close', () => left.abort(new Error('whoever asked for it went away')));
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    const line = (event: object): void => void response.write(`${JSON.stringify(event)}\n`);
    try {
      const onProgress = (progress: IngestProgress): void => line({ progress });
      for (const file of files)
        line({ done: await embedded.ingest(file, { sinceDays, onProgress, signal: left.signal }) });
    } catch (error) {
      line({ error: describeError(error).message });
    }
    response.end();
  }

  function port(): number {
    return (server.address() as AddressInfo).port;
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: port(),
    token,
    contentToken,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await Promise.all(underWay);
    },
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy':
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  });
  response.end(body);
}
