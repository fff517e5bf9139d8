import { createDoor } from '../alerts/webhooks/door.ts';
import { createKeeper } from '../alerts/webhooks/keeper.ts';
import { readSecrets, SECRET_NAMES, SENDERS } from '../alerts/webhooks/secrets.ts';
import { startWebhookServer } from '../alerts/webhooks/server.ts';
import { openClickHouse } from '../clickhouse.ts';
import { usageError } from '../output/fail.ts';

export interface ListenOptions {
  readonly clickhouse: string;
  readonly port: number;
  readonly host: string;
}

/** Takes webhooks about alerts into a ClickHouse server until SIGTERM or Ctrl-C. Several may run. */
export async function listenForAlerts({ clickhouse, port, host }: ListenOptions): Promise<void> {
  const secrets = readSecrets(process.env);
  const taken = SENDERS.filter((sender) => secrets[sender].length > 0);
  if (taken.length === 0)
    throw usageError(`nobody could send anything: set one of ${Object.values(SECRET_NAMES).join(', ')}`);
  const onLog = (message: string): void =>
    void process.stderr.write(`${new Date().toISOString()} ${message}\n`);
  const store = await openClickHouse({ clickhouse, database: 'agentops' });
  try {
    const keeper = createKeeper(store);
    const server = await startWebhookServer(createDoor({ secrets, keeper, now: Date.now, onLog }), {
      port,
      host,
    });
    onLog(`takes webhooks of ${taken.join(', ')} at ${server.url}/v1/alerts/`);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    });
    await server.close();
  } finally {
    await store.close();
  }
}
