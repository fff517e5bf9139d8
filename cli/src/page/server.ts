import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Embedded } from '@agentops/processor';
import { pageHtml, pageScript, pageStyle } from './page.ts';
import { readStatus } from './status.ts';

export interface PageOptions {
  readonly embedded: Embedded;
  readonly port: number;
  readonly dataDir: string;
  readonly registryDir: string | undefined;
  readonly otlpUrl: string;
}

export interface Page {
  readonly url: string;
  /** For the other commands: the page itself shows counts only. */
  readonly token: string;
  close(): Promise<void>;
}

const MAX_BODY = 1 << 20;

/** The start page, its live counts, and the door for the other commands. Loopback only. */
export async function startPage(options: PageOptions): Promise<Page> {
  const token = randomBytes(24).toString('hex');
  const html = pageHtml(options);
  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      if (!response.headersSent) send(response, 400, 'text/plain; charset=utf-8', error.message);
      else response.destroy();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Browsers reach loopback too: only our own page may speak to us, under our own name.
    const port = (server.address() as AddressInfo).port;
    const own = [`127.0.0.1:${port}`, `localhost:${port}`];
    const { host = '', origin } = request.headers;
    if (!own.includes(host) || (origin !== undefined && !own.some((name) => origin === `http://${name}`))) {
      send(response, 403, 'text/plain', 'this page is served to its own address only');
      return;
    }
    const path = request.url?.split('?')[0];
    if (request.method === 'GET' && path === '/') send(response, 200, 'text/html; charset=utf-8', html);
    else if (request.method === 'GET' && path === '/page.css')
      send(response, 200, 'text/css; charset=utf-8', pageStyle);
    else if (request.method === 'GET' && path === '/page.js')
      send(response, 200, 'text/javascript; charset=utf-8', pageScript);
    else if (request.method === 'GET' && path === '/api/status') {
      send(response, 200, 'application/json', JSON.stringify(await readStatus(options.embedded)));
    } else if (request.method === 'POST' && (path === '/api/query' || path === '/api/ingest')) {
      if (!isAuthorized(request.headers.authorization, token)) {
        send(response, 401, 'text/plain', 'the token of control.json is needed');
        return;
      }
      const body = JSON.parse(await readBody(request));
      if (path === '/api/query') {
        send(
          response,
          200,
          'text/plain; charset=utf-8',
          await options.embedded.reader.text(body.sql, body.format, body.params),
        );
      } else {
        const done = [];
        for (const file of body.files as string[]) done.push(await options.embedded.ingest(file));
        send(response, 200, 'application/json', JSON.stringify(done));
      }
    } else send(response, 404, 'text/plain', 'there is nothing here');
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${options.port} is taken: choose another with --page-port`)
          : error,
      ),
    );
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${token}`));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > MAX_BODY) throw new Error('the request is too large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  });
  response.end(body);
}
