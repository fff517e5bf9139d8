import { hostname } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '@agentops/processor';
import { type KeepOptions, keepAlerts } from './keep.ts';

export interface AlertingOptions extends Pick<KeepOptions, 'receiver' | 'grafanaUrl' | 'pageUrl' | 'onLog'> {
  readonly dataDir: string;
}

/** Evaluates the rules over the store of this process, with a session of its own, until stopped. */
export function startAlerting({ dataDir, ...options }: AlertingOptions): { stop(): Promise<void> } {
  const store = openEmbedded(join(dataDir, 'db'));
  const ending = new AbortController();
  const holder = `${hostname()}/${process.pid}`;
  const running = keepAlerts({ ...options, store, holder, signal: ending.signal });
  return {
    async stop() {
      ending.abort();
      await running;
      await store.close();
    },
  };
}
