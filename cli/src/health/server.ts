import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Processor } from '@agentops/processor';
import { processorMetrics } from './metrics.ts';

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `/healthz` is 503 once the processor cannot go on: restart it. `/readyz` is 503 while the store refuses or the group has
 * given it nothing yet. `/metrics` is in the Prometheus text format. None of it tells what agents do.
 */
export async function startHealth(
  processor: Processor,
  options: { readonly port: number; readonly host: string },
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    const stats = processor.stats();
    const { health } = stats;
    const told = health.state === 'running' ? 'ok' : `${health.state}: ${health.error}`;
    const answer = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(body);
    };
    if (path === '/healthz') answer(health.state === 'failed' ? 503 : 200, `${told}\n`);
    else if (path === '/readyz') {
      const ready = health.state === 'running' && stats.assignments > 0;
      answer(
        ready ? 200 : 503,
        `${health.state === 'running' && !ready ? 'the group has not answered yet' : told}\n`,
      );
    } else if (path === '/metrics')
      answer(
        200,
        processorMetrics(stats, process.memoryUsage().rss),
        'text/plain; version=0.0.4; charset=utf-8',
      );
    else answer(404, 'there is /healthz, /readyz and /metrics\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
