import { hostname } from 'node:os';
import { createClaim } from '../alerts/claim.ts';
import { openClickHouse } from '../clickhouse.ts';
import { createExporter } from '../metrics/exporter.ts';
import { keepMetrics } from '../metrics/keep.ts';
import { startMetricsServer } from '../metrics/server.ts';

export interface MetricsOptions {
  readonly clickhouse: string;
  readonly database: string;
  readonly port: number;
  readonly host: string;
}

/** Serves metrics of agents from a ClickHouse server until SIGTERM or Ctrl-C. Several may run: one of them counts. */
export async function serveMetrics({ clickhouse, database, port, host }: MetricsOptions): Promise<void> {
  const onLog = (message: string): void =>
    void process.stderr.write(`${new Date().toISOString()} ${message}\n`);
  const store = await openClickHouse({ clickhouse, database });
  try {
    const claim = createClaim(store, `${hostname()}/${process.pid}`, { table: 'metric_claims' });
    const metrics = keepMetrics(createExporter({ store, claim, onLog }), onLog);
    const server = await startMetricsServer(metrics, { port, host });
    // Whoever counts has to claim it again and again, whether anybody scrapes or not.
    await metrics.answer(undefined);
    onLog(`metrics of agents at ${server.url}/metrics`);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    });
    await server.close();
    await metrics.stop();
    await claim.release();
  } finally {
    await store.close();
  }
}
