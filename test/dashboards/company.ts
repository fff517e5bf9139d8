import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate } from '@agentops/cli/simulate';
import { type Embedded, readRegistry, startEmbedded } from '@agentops/processor';
import type { RegistryDocument } from '@agentops/registry';
import { testFile } from '../servers/tools.ts';

export const GRAFANA_TOKEN = 'grafana-token';

/** The sample company with a few days of its fleet's telemetry, in a store of its own. */
export interface Company {
  readonly registry: RegistryDocument;
  readonly registryDir: string;
  readonly embedded: Embedded;
  /** Of the telemetry, ms since the epoch. */
  readonly from: number;
  readonly to: number;
  stop(): Promise<void>;
}

export async function startCompany(days = 4): Promise<Company> {
  const dir = mkdtempSync(join(tmpdir(), 'agentops-company-'));
  const registryDir = testFile('../registry/company');
  const embedded = await startEmbedded({
    dataDir: dir,
    registryDir,
    otlpPort: 0,
    clickhouse: { port: 0, tokens: { grafana: GRAFANA_TOKEN } },
  });
  const to = new Date();
  const from = new Date(to.getTime() - days * 86_400_000);
  // Runs that go in circles, some of which fail, at whatever time of the week it is told.
  const circles = {
    agent: 'customer-support',
    from: from.getTime(),
    to: to.getTime(),
    profile: { loops: 0.2 },
  };
  const endpoint = `http://127.0.0.1:${embedded.otlpPort}`;
  await simulate({ seed: 5, from, to, changes: [circles], endpoint });
  await embedded.drained();
  await embedded.counted();
  return {
    registry: readRegistry(registryDir),
    registryDir,
    embedded,
    from: from.getTime(),
    to: to.getTime() + 60_000,
    async stop() {
      await embedded.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
