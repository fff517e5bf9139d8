import { CHUNK_PARTS, type ChunkPart } from './chunk-times.ts';
import type { ChunkReport } from './pipeline.ts';

/** How large chunks are and how long their parts take, since the start. */
export interface ChunkStats {
  /** Chunks with at most so many items, by bound, as a Prometheus histogram counts them. */
  readonly atMost: ReadonlyMap<number, number>;
  readonly chunks: number;
  readonly items: number;
  readonly seconds: Readonly<Record<ChunkPart, number>>;
}

const BOUNDS = [10, 100, 1_000, 10_000, 100_000] as const;

export function createChunkStats(): ChunkStats & { add(done: ChunkReport): void } {
  const atMost = new Map<number, number>(BOUNDS.map((bound) => [bound, 0]));
  const seconds = Object.fromEntries(CHUNK_PARTS.map((part) => [part, 0])) as Record<ChunkPart, number>;
  let chunks = 0;
  let items = 0;
  return {
    atMost,
    seconds,
    get chunks() {
      return chunks;
    },
    get items() {
      return items;
    },
    add({ received, times }) {
      chunks++;
      items += received;
      for (const bound of BOUNDS) if (received <= bound) atMost.set(bound, atMost.get(bound)! + 1);
      for (const part of CHUNK_PARTS) {
        const [begun, ended] = times[part] ?? [0, 0];
        seconds[part] += (ended - begun) / 1_000;
      }
    },
  };
}
