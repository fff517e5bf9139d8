import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { discardRest, Refusal, readBody } from '@agentops/processor';
import type { Door } from './door.ts';
import { doorMetrics } from './metrics.ts';

export interface WebhookServer {
  readonly url: string;
  /** Answers what is under way, then ends. */
  close(): Promise<void>;
}

/** Webhooks on a port of their own: `POST /v1/alerts/…`, and `GET /healthz`, `GET /metrics`. */
export async function startWebhookServer(
  door: Door,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<WebhookServer> {
  const limits = {
    maxBodyBytes: door.maxBodyBytes,
    budget: { used: 0, limit: 16 * door.maxBodyBytes },
    retryAfterS: 2,
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0]!;
    if (request.method === 'GET' && path === '/healthz') return send(response, 200, 'text/plain', 'ok\n');
    if (request.method === 'GET' && path === '/metrics')
      return send(response, 200, 'text/plain; version=0.0.4', doorMetrics(door.counts()));
    if (!door.takes(path)) throw new Refusal(404, 'there is nothing here');
    if (request.method !== 'POST') throw new Refusal(405, 'only POST is supported', { allow: 'POST' });
    const { body, release } = await readBody(request, limits);
    try {
      const answer = await door.answer({ path, headers: request.headers, body });
      send(response, answer.status, 'application/json', JSON.stringify(answer.body));
    } finally {
      release();
    }
  }

  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 },
    (request, response) => {
      handle(request, response).catch((error: unknown) => {
        if (!request.complete) discardRest(request, 2 * door.maxBodyBytes);
        const { status, message, headers } =
          error instanceof Refusal ? error : new Refusal(500, 'internal error');
        if (response.headersSent) return response.destroy();
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        send(response, status, 'application/json', JSON.stringify({ message }));
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
