import type { Store } from '@agentops/processor';
import type { Claim } from '../alerts/claim.ts';
import { validRegistry } from '../alerts/registry.ts';
import { counterFamilies } from './counters.ts';
import { exposition, type Family, type Format } from './exposition.ts';
import { gaugeFamilies } from './gauges.ts';
import { countRound, readTotals } from './keeper.ts';

export interface ExporterOptions {
  readonly store: Store;
  /** The right to count, where several may run; null where nobody else can. */
  readonly claim: Claim | null;
  readonly onLog: (message: string) => void;
}

export interface Exporter {
  /** Counts, where that is ours to do, and reads everything anew. Throws when the store refuses; what was read before stays. */
  refresh(): Promise<void>;
  /** As of the latest look; null before the first. */
  text(format: Format): string | null;
}

/** Metrics of agents, read from a store. */
export function createExporter({ store, claim, onLog }: ExporterOptions): Exporter {
  let families: readonly Family[] | null = null;
  let counts = false;
  const highest = new Map<string, string>();

  /**
   * Of a replica that is behind, a counter may be read that is older than what was said before: what was said stands. A fall
   * would be taken for a start from nothing.
   */
  function neverFalling(family: Family): Family {
    if (family.type !== 'counter') return family;
    return {
      ...family,
      samples: family.samples.map(({ labels, value }) => {
        const key = `${family.name} ${JSON.stringify(labels)}`;
        const before = highest.get(key);
        const stands = before !== undefined && Number(value) < Number(before) ? before : value;
        highest.set(key, stands);
        return { labels, value: stands };
      }),
    };
  }

  return {
    async refresh() {
      const [clock] = await store.query<{ now: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS now');
      const now = Number(clock!.now);
      const isOurs = claim === null || (await claim.hold()).isOurs;
      if (isOurs !== counts) onLog(isOurs ? 'counts' : 'stands by: another one counts');
      counts = isOurs;
      const registry = await validRegistry(store, now);
      if (registry === null) throw new Error('no registry is published: nobody knows which agents to count');
      if (isOurs) await countRound(store, registry);
      const success: Family = {
        name: 'agentops_metrics_success_timestamp_seconds',
        type: 'gauge',
        help: 'When these were last read from the store.',
        samples: [{ labels: {}, value: (now / 1_000).toFixed(3) }],
      };
      const read = [
        ...counterFamilies(registry, await readTotals(store)),
        ...(await gaugeFamilies(store, registry)),
      ];
      families = [...read.map(neverFalling), success];
    },
    text: (format) => (families === null ? null : exposition(families, format)),
  };
}
