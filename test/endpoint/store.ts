import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, type EndpointOptions, startEmbedded } from '@agentops/processor';
import { makeFleet, requests } from '../tools/fleet.ts';
import { chance } from '../tools/otlp.ts';

export const TOKENS = { grafana: 'grafana-token', writer: 'writer-token', admin: 'admin-token' } as const;

/** The embedded chain with the telemetry of a small fleet, and its ClickHouse endpoint. */
export interface ServedStore {
  readonly embedded: Embedded;
  /** `host:port`. */
  readonly address: string;
  readonly url: string;
  /** A statement by POST. */
  ask(sql: string, options?: AskOptions): Promise<Response>;
  stop(): Promise<void>;
}

export interface AskOptions {
  readonly user?: keyof typeof TOKENS;
  readonly url?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export async function serveStore(options: EndpointOptions['limits'] = {}): Promise<ServedStore> {
  const dir = mkdtempSync(join(tmpdir(), 'agentops-endpoint-'));
  const embedded = await startEmbedded({
    dataDir: dir,
    otlpPort: 0,
    clickhouse: { port: 0, tokens: TOKENS, limits: options },
  });
  const address = `127.0.0.1:${embedded.clickhouse!.port}`;
  const url = `http://${address}`;
  for (const body of requests(makeFleet(chance(11), 132), chance(12), 40)) {
    const answer = await fetch(`http://127.0.0.1:${embedded.otlpPort}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
  await embedded.drained();
  return {
    embedded,
    address,
    url,
    ask: (sql, { user, url: parameters, headers, signal } = {}) =>
      fetch(`${url}/?${new URLSearchParams(parameters)}`, {
        method: 'POST',
        body: sql,
        headers: {
          ...(user && { 'x-clickhouse-user': user, 'x-clickhouse-key': TOKENS[user] }),
          ...headers,
        },
        ...(signal && { signal }),
      }),
    async stop() {
      await embedded.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
