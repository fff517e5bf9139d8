import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readKafkaSettings, startProcessor } from '@agentops/processor';
import { type ClickHouseOptions, openClickHouse } from '../clickhouse.ts';
import { fail, usageError } from '../output/fail.ts';
import { count } from '../output/numbers.ts';

export interface ProcessOptions extends Partial<ClickHouseOptions> {
  readonly database: string;
  readonly healthPort: number;
  readonly healthHost: string;
  /** Base URL of an OTLP/HTTP receiver for the processor's own traces; left out, it makes none. */
  readonly traces?: string | undefined;
}

const SECRET_BYTES = 32;
/** Below the minute that Kubernetes gives it: what is not stored by then comes again. */
const STOP_MS = 50_000;
const STORE_MS = 5_000;

/** Runs until SIGTERM or Ctrl-C: then stores what it has taken, commits and leaves the group. */
export async function runProcessor(options: ProcessOptions): Promise<void> {
  const kafka = readKafkaSettings(process.env);
  const secret = readSecret(process.env);
  const problems = [
    ...('groupId' in kafka ? [] : kafka.map(({ name, message }) => `${name} ${message}`)),
    ...(typeof secret === 'string' ? [secret] : []),
    ...(options.clickhouse === undefined
      ? ['AGENTOPS_CLICKHOUSE_URL is missing: the store, as http://user@host:8123']
      : URL.canParse(options.clickhouse)
        ? []
        : ['AGENTOPS_CLICKHOUSE_URL is no URL']),
    ...(options.traces === undefined || URL.canParse(options.traces)
      ? []
      : ['AGENTOPS_TRACES_ENDPOINT is no URL']),
  ];
  if (problems.length > 0 || !('groupId' in kafka) || typeof secret === 'string') {
    throw usageError(
      `the environment is not complete:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  }
  const say = (message: string): void =>
    void process.stderr.write(`${new Date().toISOString()} ${message}\n`);
  const store = await openClickHouse({ clickhouse: options.clickhouse!, database: options.database });
  const traces =
    options.traces === undefined
      ? null
      : (await import('../health/traces.ts')).openChunkTraces({
          endpoint: options.traces,
          group: kafka.groupId,
          instance: kafka.client.clientId ?? '',
        });
  const processor = await startProcessor({
    kafka,
    store,
    secret,
    onLog: say,
    ...(traces !== null && { onChunk: traces.record }),
  });
  const { startHealth } = await import('../health/server.ts');
  const health = await startHealth(processor, { port: options.healthPort, host: options.healthHost });
  say(
    `processing ${kafka.topics.spans} and ${kafka.topics.logs} as ${kafka.groupId}; health on ${health.url}/healthz, /readyz and /metrics`,
  );
  const stopped = new Promise<null>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(null));
  });
  const failure = await Promise.race([stopped, processor.failed]);
  say(failure === null ? 'stopping: storing what was taken …' : failure.message);
  const stopping = processor.stop().catch((error: Error) => say(error.message));
  await Promise.race([stopping, sleep(STOP_MS, undefined, { ref: false })]);
  await traces?.close();
  await health.close();
  await Promise.race([store.close(), sleep(STORE_MS, undefined, { ref: false })]);
  const { received, stored } = processor.stats();
  say(`${count(received)} items received, ${count(stored)} stored by this process`);
  if (failure !== null) fail(failure);
  process.exit(0);
}

/** The key, or what is wrong with it. */
function readSecret(env: Readonly<Record<string, string | undefined>>): Uint8Array | string {
  const file = env['AGENTOPS_SECRET_FILE'];
  let hex = env['AGENTOPS_SECRET'] ?? '';
  if (file) {
    try {
      hex = readFileSync(file, 'utf8').trim();
    } catch (error) {
      return `AGENTOPS_SECRET_FILE names a file that cannot be read: ${(error as Error).message}`;
    }
  }
  if (hex === '') {
    return `AGENTOPS_SECRET is missing: ${SECRET_BYTES} random bytes in hex, the same for every processor (openssl rand -hex ${SECRET_BYTES}), or a file with them by AGENTOPS_SECRET_FILE`;
  }
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex) || hex.length < SECRET_BYTES * 2) {
    return `AGENTOPS_SECRET is not ${SECRET_BYTES} bytes in hex`;
  }
  return Buffer.from(hex, 'hex');
}
