/**
 * Columns whose values stand in the pages of the selected steps: they are gathered all at once, in loops over plain
 * memory. These are numbers; `gathered-labels.ts` and `gathered-texts.ts` have the others.
 */
import type { Receipt } from '../model.ts';
import type { StepPage } from '../steps/page.ts';
import type { TimeColumn } from '../steps/times.ts';
import { placeOfTokens } from '../steps/usage.ts';
import { type Bytes, pushBytes } from './bytes.ts';
import type { Column } from './native.ts';
import { scratchOf } from './scratch.ts';
import type { Selection } from './selection.ts';

/** Nanoseconds since the epoch. */
export function times(selection: Selection, of: (page: StepPage) => TimeColumn): Column {
  return {
    type: "DateTime64(9, 'UTC')",
    flush(out, rows) {
      const { stretches, places } = selection;
      const values = new Uint32Array(scratchOf(rows * 8), 0, rows * 2);
      for (const { page, from, to } of stretches) {
        const { words } = of(page);
        for (let i = from; i < to; i++) {
          const at = places[i]! * 2;
          values[i * 2] = words[at]!;
          values[i * 2 + 1] = words[at + 1]!;
        }
      }
      pushArray(out, values);
    },
  };
}

/** Tokens of one class. */
export function tokens(selection: Selection, of: number): Column {
  return {
    type: 'UInt64',
    flush(out, rows) {
      const { stretches, places } = selection;
      const values = new Uint32Array(scratchOf(rows * 8), 0, rows * 2);
      for (const { page, from, to } of stretches) {
        const { words, used } = page.usage;
        if (!(used & (1 << of))) {
          values.fill(0, from * 2, to * 2);
          continue;
        }
        for (let i = from; i < to; i++) {
          const at = placeOfTokens(places[i]!, of);
          values[i * 2] = words[at]!;
          values[i * 2 + 1] = words[at + 1]!;
        }
      }
      pushArray(out, values);
    },
  };
}

/** 1 where the flag is set. */
export function flagged(selection: Selection, flag: number): Column {
  return {
    type: 'UInt8',
    flush(out, rows) {
      const { stretches, places } = selection;
      const values = new Uint8Array(scratchOf(rows), 0, rows);
      for (const { page, from, to } of stretches) {
        const { flags } = page;
        for (let i = from; i < to; i++) values[i] = flags[places[i]!]! & flag ? 1 : 0;
      }
      pushArray(out, values);
    },
  };
}

export function counts(selection: Selection, of: (page: StepPage) => Uint32Array): Column {
  return {
    type: 'UInt32',
    flush(out, rows) {
      const { stretches, places } = selection;
      const values = new Uint32Array(scratchOf(rows * 4), 0, rows);
      for (const { page, from, to } of stretches) {
        const column = of(page);
        for (let i = from; i < to; i++) values[i] = column[places[i]!]!;
      }
      pushArray(out, values);
    },
  };
}

export function shares(selection: Selection, of: (page: StepPage) => Float64Array): Column {
  return {
    type: 'Float64',
    flush(out, rows) {
      const { stretches, places } = selection;
      const values = new Float64Array(scratchOf(rows * 8), 0, rows);
      for (const { page, from, to } of stretches) {
        const column = of(page);
        for (let i = from; i < to; i++) values[i] = column[places[i]!]!;
      }
      pushArray(out, values);
    },
  };
}

/** Whole numbers of the requests that the steps came with. */
export function received(selection: Selection, type: string, number: (of: Receipt) => number): Column {
  return {
    type,
    flush(out, rows) {
      const { stretches, places } = selection;
      const values = new Uint32Array(scratchOf(rows * 8), 0, rows * 2);
      let last: Receipt | null = null;
      let value = 0;
      for (const { page, from, to } of stretches) {
        for (let i = from; i < to; i++) {
          const receipt = page.receipts[places[i]!]!;
          if (receipt !== last) {
            value = number(receipt);
            last = receipt;
          }
          values[i * 2] = value;
          values[i * 2 + 1] = value / 4294967296;
        }
      }
      pushArray(out, values);
    },
  };
}

function pushArray(out: Bytes, { buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): void {
  pushBytes(out, new Uint8Array(buffer, byteOffset, byteLength));
}
