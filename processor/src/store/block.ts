import { type Bytes, createBytes, pushBytes, pushText, pushVarint } from './bytes.ts';
import type { Column } from './native.ts';

/** The columns of one table's insert, by name. */
export type Columns = { readonly [name: string]: Column };

export interface Block<C extends Columns = Columns> {
  readonly table: string;
  readonly columns: C;
  readonly rows: number;
  /** Begins a row; returns its number. */
  add(): number;
  /** Everything set, encoded; the block is empty afterwards. */
  take(): TakenBlock;
}

/** Rows ready to be inserted. */
export interface EncodedBlock {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Native format. */
  readonly data: Buffer;
}

/** Its memory is the block's own. */
export interface TakenBlock extends EncodedBlock {
  /** Nobody reads {@link EncodedBlock.data} any more: a later block takes its memory. Needless, but cheaper. */
  release(): void;
}

/** A block that is released may have more room than the next one needs, but not by far. */
const MOST_ROOM = 4;

export function createBlock<C extends Columns>(table: string, columns: C): Block<C> {
  const names = Object.keys(columns);
  const parts = Object.entries(columns).map(([name, column]) => ({
    head: headOf(name, column.type),
    column,
  }));
  let count = 0;
  /** What the last block took: the next one is about as large, and grows without being copied. */
  let expected = 1 << 12;
  let spare: Bytes | null = null;

  /** Memory for a block: megabytes that come and go make V8 collect garbage again and again, however little there is. */
  function room(): Bytes {
    const used = spare;
    spare = null;
    if (used === null || used.buf.length < expected || used.buf.length > expected * MOST_ROOM)
      return createBytes(expected);
    used.pos = 0;
    return used;
  }

  return {
    table,
    columns,
    get rows() {
      return count;
    },
    add: () => count++,
    take() {
      const rows = count;
      count = 0;
      const out = room();
      pushVarint(out, parts.length);
      pushVarint(out, rows);
      for (const { head, column } of parts) {
        pushBytes(out, head);
        column.flush(out, rows);
      }
      expected = out.pos + (out.pos >> 3);
      return {
        table,
        columns: names,
        rows,
        data: out.buf.subarray(0, out.pos),
        release() {
          spare = out;
        },
      };
    },
  };
}

/** What a column's values stand behind: its name and type. */
function headOf(name: string, type: string): Uint8Array {
  const out = createBytes(256);
  pushText(out, name);
  pushText(out, type);
  return out.buf.subarray(0, out.pos);
}
