import { join } from 'node:path';
import { openEmbedded, type Store } from '@agentops/processor';
import { createExporter } from './exporter.ts';
import { type KeptMetrics, keepMetrics } from './keep.ts';

/** Metrics over the store of this process, with a session of their own, from the first scrape on. */
export function startMetrics(dataDir: string, onLog: (message: string) => void): KeptMetrics {
  let opened: { readonly store: Store; readonly metrics: KeptMetrics } | null = null;
  function open(): { readonly store: Store; readonly metrics: KeptMetrics } {
    const store = openEmbedded(join(dataDir, 'db'));
    // Whoever holds the folder is alone with it.
    return { store, metrics: keepMetrics(createExporter({ store, claim: null, onLog }), onLog) };
  }
  return {
    async answer(accept) {
      opened ??= open();
      return opened.metrics.answer(accept);
    },
    async stop() {
      await opened?.metrics.stop();
      await opened?.store.close();
    },
  };
}
