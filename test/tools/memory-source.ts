import type { SourceRecord, Store, StreamSource } from '@agentops/processor';

/** Thrown where a process would have died. */
export class Killed extends Error {}

export interface MemorySource extends StreamSource {
  /** What was committed last: where a source after a kill goes on. */
  readonly committed: number;
}

/**
 * A source over an array. `sizes`: records of each chunk in turn, over and over; `from`: the committed offset;
 * `killAfter`: chunks that are delivered before polling kills.
 */
export function memorySource(
  records: readonly SourceRecord[],
  options: { readonly sizes: readonly number[]; readonly from?: number; readonly killAfter?: number },
): MemorySource {
  let at = options.from ?? 0;
  let committed = at;
  let chunks = 0;
  return {
    get exhausted() {
      return at >= records.length;
    },
    get committed() {
      return committed;
    },
    async poll() {
      if (at >= records.length) return null;
      if (chunks === options.killAfter) throw new Killed('while polling');
      const size = options.sizes[chunks++ % options.sizes.length]!;
      const chunk = records.slice(at, at + size);
      at += chunk.length;
      return { source: 'test', records: chunk, next: at };
    },
    async commit(_, next) {
      committed = next;
    },
    async close() {},
  };
}

/** The store of a process that dies after `inserts` more of them; what was inserted before stands. */
export function mortalStore(store: Store, inserts: number): Store {
  let left = inserts;
  return {
    ...store,
    async insert(block) {
      if (left-- === 0) throw new Killed(`before an insert into ${block.table}`);
      await store.insert(block);
    },
  };
}
