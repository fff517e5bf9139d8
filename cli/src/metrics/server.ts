import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeptMetrics } from './keep.ts';

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `GET /metrics` in the text format 0.0.4, or OpenMetrics 1.0 for who asks for it; `GET /healthz`. */
export async function startMetricsServer(
  metrics: KeptMetrics,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
      response.end(body);
    };
    if (request.method !== 'GET') send(405, 'text/plain', 'only GET is supported\n');
    else if (path === '/healthz') send(200, 'text/plain', 'ok\n');
    else if (path !== '/metrics') send(404, 'text/plain', 'there is /metrics and /healthz\n');
    else {
      metrics.answer(request.headers.accept).then(
        ({ status, type, body }) => send(status, type, body),
        (error: Error) => send(503, 'text/plain', `${error.message}\n`),
      );
    }
  });
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
        server.closeAllConnections();
      }),
  };
}
