import { type Bytes, pushBytes, pushText, pushUint64, pushZeros, reserve } from './bytes.ts';

export const LABEL_TYPE = 'LowCardinality(String)';

/** `SharedDictionariesWithAdditionalKeys`, the only version there is. */
const KEYS_VERSION = 1;
const HAS_KEYS = 1 << 9;
const UPDATES_KEYS = 1 << 10;

/** The distinct texts of one column of labels, in the order in which they came; '' is 0. */
export interface Dictionary {
  numberOf(text: string): number;
  /**
   * Appends the values of rows whose numbers `indexes` holds: the version of the keys, then for all rows at once flags and
   * width of the indexes, the keys, the indexes. The dictionary is empty afterwards.
   */
  flush(out: Bytes, indexes: Uint32Array): void;
}

export function createDictionary(): Dictionary {
  let numbers = new Map([['', 0]]);
  return {
    numberOf(text) {
      if (text === '') return 0;
      let number = numbers.get(text);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(text, number);
      }
      return number;
    },
    flush(out, indexes) {
      pushLabels(out, numbers.keys(), numbers.size, indexes);
      if (numbers.size > 1) numbers = new Map([['', 0]]);
    },
  };
}

/**
 * The texts of a column in which hardly any comes again once another has stood there: none is looked for. One that does
 * come again is a key twice, which ClickHouse takes.
 */
export function createSequence(): Dictionary {
  const keys = [''];
  return {
    numberOf(text) {
      if (text === '') return 0;
      if (text !== keys[keys.length - 1]) keys.push(text);
      return keys.length - 1;
    },
    flush(out, indexes) {
      pushLabels(out, keys, keys.length, indexes);
      keys.length = 1;
    },
  };
}

export function pushLabels(out: Bytes, keys: Iterable<string>, size: number, indexes: Uint32Array): void {
  pushUint64(out, KEYS_VERSION);
  if (indexes.length === 0) return;
  pushUint64(out, HAS_KEYS | UPDATES_KEYS | (size <= 0x100 ? 0 : size <= 0x10000 ? 1 : 2));
  pushUint64(out, size);
  for (const key of keys) pushText(out, key);
  pushUint64(out, indexes.length);
  if (size === 1) pushZeros(out, indexes.length);
  else if (size <= 0x100) pushNarrow(out, indexes);
  else pushBytes(out, bytesOf(size <= 0x10000 ? new Uint16Array(indexes) : indexes));
}

/** Numbers below 256, a byte each. */
function pushNarrow(out: Bytes, numbers: Uint32Array): void {
  const { length } = numbers;
  reserve(out, length);
  const { buf, pos } = out;
  // Before the loop: code behind one that V8 optimizes while it runs is thrown away each time.
  out.pos = pos + length;
  for (let i = 0; i < length; i++) buf[pos + i] = numbers[i]!;
}

function bytesOf(array: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
