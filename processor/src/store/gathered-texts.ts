import { type DigestColumn, hasHex, prefixText } from '../steps/digests.ts';
import { swapped, writeHex } from '../steps/hex.ts';
import type { IdColumn } from '../steps/ids.ts';
import type { StepPage } from '../steps/page.ts';
import type { TextColumn } from '../steps/texts.ts';
import { type Bytes, pushBytes, pushText, pushVarint, reserve } from './bytes.ts';
import type { Column, ValueColumn } from './native.ts';
import type { Selection } from './selection.ts';

export function texts(selection: Selection, of: (page: StepPage) => TextColumn): Column {
  return {
    type: 'String',
    flush(out) {
      const { stretches, places } = selection;
      for (const { page, from, to } of stretches) {
        const { starts, ends } = of(page);
        const { bytes } = page.heap;
        for (let i = from; i < to; i++) {
          const start = starts[places[i]!]!;
          const end = ends[places[i]!]!;
          pushVarint(out, end - start);
          if (start !== end) pushRange(out, bytes, start, end);
        }
      }
    },
  };
}

/** Ids behind the name of whoever gave them, which is set by row: `openai:chatcmpl-…`; '' where there is no id. */
export function named(selection: Selection, of: (page: StepPage) => TextColumn): ValueColumn<string> {
  const names: string[] = [];
  return {
    type: 'String',
    set(row, name) {
      names[row] = name;
    },
    flush(out) {
      const { stretches, places } = selection;
      let last: string | undefined;
      let head: Uint8Array = new Uint8Array();
      for (const { page, from, to } of stretches) {
        const { starts, ends } = of(page);
        const { bytes } = page.heap;
        for (let i = from; i < to; i++) {
          const start = starts[places[i]!]!;
          const end = ends[places[i]!]!;
          if (names[i] !== last) {
            last = names[i];
            head = Buffer.from(`${last}:`);
          }
          if (start === end) pushVarint(out, 0);
          else {
            pushVarint(out, head.length + end - start);
            pushRange(out, head, 0, head.length);
            pushRange(out, bytes, start, end);
          }
        }
      }
      names.length = 0;
    },
  };
}

/** What stands in `bytes[start, end)`. */
function pushRange(out: Bytes, bytes: Uint8Array, start: number, end: number): void {
  const size = end - start;
  if (size >= SHORT) {
    pushBytes(out, bytes.subarray(start, end));
    return;
  }
  reserve(out, size);
  const { buf, pos } = out;
  for (let from = start, to = pos; from < end; from++, to++) buf[to] = bytes[from]!;
  out.pos = pos + size;
}

/** From here on a native call costs less than a loop. */
const SHORT = 64;

export function ids(selection: Selection, of: (page: StepPage) => IdColumn): Column {
  return {
    type: 'String',
    flush(out) {
      const { stretches, places } = selection;
      for (const { page, from, to } of stretches) {
        const column = of(page);
        for (let i = from; i < to; i++) pushId(out, column, places[i]!);
      }
    },
  };
}

function pushId(out: Bytes, { words, texts }: IdColumn, row: number): void {
  const text = texts.size === 0 ? undefined : texts.get(row);
  if (text !== undefined) {
    pushText(out, text);
    return;
  }
  reserve(out, 17);
  const { view, pos } = out;
  const first = words[row * 2]!;
  const second = words[row * 2 + 1]!;
  if (first === 0 && second === 0) {
    view.setUint8(pos, 0);
    out.pos = pos + 1;
    return;
  }
  view.setUint8(pos, 16);
  writeHex(view, pos + 1, first);
  writeHex(view, pos + 9, second);
  out.pos = pos + 17;
}

export function digests(selection: Selection, of: (page: StepPage) => DigestColumn): Column {
  /** The prefix that came last, with the length of the whole in front of it. */
  let last = '';
  let head: Uint8Array = new Uint8Array();
  return {
    type: 'String',
    flush(out) {
      const { stretches, places } = selection;
      for (const { page, from, to } of stretches) {
        const { prefixes, words } = of(page);
        for (let i = from; i < to; i++) {
          const prefix = prefixes[places[i]!]!;
          if (prefix === 0) {
            pushVarint(out, 0);
            continue;
          }
          const text = prefixText(prefix, page.labels);
          if (!hasHex(prefix)) {
            pushText(out, text);
            continue;
          }
          if (text !== last) {
            last = text;
            head = Buffer.from(`${String.fromCharCode(text.length + 32)}${text}`);
          }
          pushRange(out, head, 0, head.length);
          pushHex(out, words, places[i]! * 4);
        }
      }
    },
  };
}

/** 32 hex digits of four words, the lowest byte first. */
function pushHex(out: Bytes, words: Int32Array, at: number): void {
  reserve(out, 32);
  const { view, pos } = out;
  for (let i = 0; i < 4; i++) writeHex(view, pos + 8 * i, swapped(words[at + i]!));
  out.pos = pos + 32;
}
