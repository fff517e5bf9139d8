import { type Bytes, createBytes, pushBytes, pushText, pushUint64, pushZeros, reserve } from './bytes.ts';
import { createDictionary, LABEL_TYPE } from './dictionary.ts';

/**
 * ClickHouse's Native format: a block of columns, each its name, its type and its values side by side.
 * The engine has nothing to parse; `npm run bench -- insert` sets it beside TabSeparated on the same rows.
 *
 * Values are set by row. What is not set is the column's default (empty, 0, NULL), filled in bulk: most columns are
 * empty in most rows, and cost nothing there.
 */
export interface Column {
  readonly type: string;
  /** Appends the column's bytes for rows `0 … rows−1` to `out`, and empties the column. */
  flush(out: Bytes, rows: number): void;
}

export interface ValueColumn<T> extends Column {
  /** Rows are set in ascending order, each at most once. */
  set(row: number, value: T): void;
}

/** The length of a text shorter than 128 bytes, as one character. */
const LENGTHS = Array.from({ length: 128 }, (_, i) => String.fromCharCode(i));
/** Empty texts: a zero byte each. */
const PADS = Array.from({ length: 64 }, (_, i) => '\0'.repeat(i));
const PIECES = 2048;

/** Short texts are gathered and written together: one native call for a thousand of them. */
class TextColumn implements ValueColumn<string> {
  readonly type = 'String';
  readonly #bytes = createBytes();
  /** Length, text, length, text, … (or some empty ones, and ''): what stands behind {@link #bytes}. */
  #pieces: string[] = new Array(PIECES);
  #count = 0;
  #rows = 0;
  #last = '';
  #lastStart = 0;
  #lastEnd = 0;

  set(row: number, value: string): void {
    if (value === '') return;
    if (row > this.#rows) this.#pad(row);
    this.#rows = row + 1;
    if (value.length < 128) {
      this.#add(LENGTHS[value.length]!, value);
    } else {
      this.#setLong(value);
    }
  }

  #add(head: string, value: string): void {
    this.#pieces[this.#count] = head;
    this.#pieces[this.#count + 1] = value;
    this.#count += 2;
    if (this.#count === PIECES) this.#write();
  }

  #setLong(value: string): void {
    this.#write();
    const out = this.#bytes;
    const start = out.pos;
    if (value === this.#last) {
      // The same long text again: its bytes stand there already.
      reserve(out, this.#lastEnd - this.#lastStart);
      out.buf.copyWithin(start, this.#lastStart, this.#lastEnd);
      out.pos = start + this.#lastEnd - this.#lastStart;
    } else {
      pushText(out, value);
      this.#last = value;
    }
    this.#lastStart = start;
    this.#lastEnd = out.pos;
  }

  #write(): void {
    if (this.#count === 0) return;
    const whole = this.#count === PIECES;
    const pieces = whole ? this.#pieces : this.#pieces.slice(0, this.#count);
    if (whole) this.#pieces = new Array(PIECES);
    this.#count = 0;
    const out = this.#bytes;
    const joined = pieces.join('');
    reserve(out, joined.length * 3);
    const size = out.buf.utf8Write(joined, out.pos, joined.length * 3);
    if (size === joined.length) out.pos += size;
    else {
      // Beyond ASCII a text has more bytes than characters.
      for (let i = 0; i < pieces.length; i += 2) {
        if (pieces[i + 1] !== '') pushText(out, pieces[i + 1]!);
        else out.pos += out.buf.utf8Write(pieces[i]!, out.pos, pieces[i]!.length);
      }
    }
  }

  #pad(row: number): void {
    const missing = row - this.#rows;
    if (missing === 0) return;
    if (missing < PADS.length) this.#add(PADS[missing]!, '');
    else {
      this.#write();
      pushZeros(this.#bytes, missing);
    }
    this.#rows = row;
  }

  flush(out: Bytes, rows: number): void {
    this.#pad(rows);
    this.#write();
    pushBytes(out, this.#bytes.buf.subarray(0, this.#bytes.pos));
    this.#bytes.pos = 0;
    this.#rows = 0;
    this.#last = '';
  }
}

/** `LowCardinality(String)`: every distinct text once, and which of them each row has. */
class LabelColumn implements ValueColumn<string> {
  readonly type = LABEL_TYPE;
  readonly #dictionary = createDictionary();
  #rows = new Uint32Array(1024);
  /** What was set last, and what else before it: rows repeat, or go to and fro. */
  #last = '';
  #lastIndex = 0;
  #other = '';
  #otherIndex = 0;

  set(row: number, value: string): void {
    if (value === '') return;
    if (row >= this.#rows.length) this.#grow(row + 1);
    if (value !== this.#last) {
      const index = value === this.#other ? this.#otherIndex : this.#dictionary.numberOf(value);
      this.#other = this.#last;
      this.#otherIndex = this.#lastIndex;
      this.#last = value;
      this.#lastIndex = index;
    }
    this.#rows[row] = this.#lastIndex;
  }

  #grow(rows: number): void {
    const next = new Uint32Array(Math.max(rows, this.#rows.length * 2));
    next.set(this.#rows);
    this.#rows = next;
  }

  flush(out: Bytes, rows: number): void {
    if (rows > this.#rows.length) this.#grow(rows);
    const used = this.#rows.subarray(0, rows);
    this.#dictionary.flush(out, used);
    used.fill(0);
    this.#last = '';
    this.#lastIndex = 0;
    this.#other = '';
    this.#otherIndex = 0;
  }
}

type NumberArray = Uint8Array | Uint32Array | Float64Array | BigInt64Array;

class FixedColumn<A extends NumberArray> implements ValueColumn<A[number]> {
  readonly type: string;
  readonly #make: (size: number) => A;
  #array: A;

  constructor(type: string, make: (size: number) => A) {
    this.type = type;
    this.#make = make;
    this.#array = make(1024);
  }

  set(row: number, value: A[number]): void {
    if (row >= this.#array.length) this.#grow(row + 1);
    this.#array[row] = value;
  }

  #grow(rows: number): void {
    const next = this.#make(Math.max(rows, this.#array.length * 2));
    (next as Uint8Array).set(this.#array as Uint8Array);
    this.#array = next;
  }

  flush(out: Bytes, rows: number): void {
    if (rows > this.#array.length) this.#grow(rows);
    const used = this.#array.subarray(0, rows);
    pushBytes(out, new Uint8Array(used.buffer, used.byteOffset, used.byteLength));
    (used as Uint8Array).fill((used instanceof BigInt64Array ? 0n : 0) as number);
  }
}

/** UInt64 from safe integers, without a bigint for each. */
class Uint64Column implements ValueColumn<number> {
  readonly type: string;
  #words = new Uint32Array(2048);

  constructor(type: string) {
    this.type = type;
  }

  set(row: number, value: number): void {
    const at = row * 2;
    if (at >= this.#words.length) this.#grow(row + 1);
    this.#words[at] = value;
    this.#words[at + 1] = value / 4294967296;
  }

  #grow(rows: number): void {
    const next = new Uint32Array(Math.max(rows * 2, this.#words.length * 2));
    next.set(this.#words);
    this.#words = next;
  }

  flush(out: Bytes, rows: number): void {
    if (rows * 2 > this.#words.length) this.#grow(rows);
    pushBytes(out, new Uint8Array(this.#words.buffer, 0, rows * 8));
    this.#words.fill(0, 0, rows * 2);
  }
}

/** Decimal(38, 12), nullable: units of 10^-12. What is not set is NULL. */
class MoneyColumn implements ValueColumn<bigint | number | null> {
  readonly type = 'Nullable(Decimal(38, 12))';
  #nulls = new Uint8Array(512).fill(1);
  #words = new BigInt64Array(1024);
  /** The same memory: what is a safe integer is set without a bigint. */
  #halves = new Uint32Array(this.#words.buffer);

  set(row: number, value: bigint | number | null): void {
    if (value === null) return;
    if (row >= this.#nulls.length) this.#grow(row + 1);
    this.#nulls[row] = 0;
    if (typeof value === 'number' && value >= 0) {
      this.#halves[row * 4] = value;
      this.#halves[row * 4 + 1] = value / 4294967296;
      return;
    }
    const units = BigInt(value);
    this.#words[row * 2] = BigInt.asIntN(64, units);
    this.#words[row * 2 + 1] = units >> 64n;
  }

  #grow(rows: number): void {
    const size = Math.max(rows, this.#nulls.length * 2);
    const nulls = new Uint8Array(size).fill(1);
    nulls.set(this.#nulls);
    const words = new BigInt64Array(size * 2);
    words.set(this.#words);
    this.#nulls = nulls;
    this.#words = words;
    this.#halves = new Uint32Array(words.buffer);
  }

  flush(out: Bytes, rows: number): void {
    if (rows > this.#nulls.length) this.#grow(rows);
    pushBytes(out, this.#nulls.subarray(0, rows));
    pushBytes(out, new Uint8Array(this.#words.buffer, 0, rows * 16));
    this.#nulls.fill(1, 0, rows);
    this.#words.fill(0n, 0, rows * 2);
  }
}

class NullableColumn<T> implements ValueColumn<T | null> {
  readonly type: string;
  readonly #known = new FixedColumn('UInt8', (n) => new Uint8Array(n));
  readonly #inner: ValueColumn<T>;

  constructor(inner: ValueColumn<T>) {
    this.type = `Nullable(${inner.type})`;
    this.#inner = inner;
  }

  set(row: number, value: T | null): void {
    if (value === null) return;
    this.#known.set(row, 1);
    this.#inner.set(row, value);
  }

  flush(out: Bytes, rows: number): void {
    const start = out.pos;
    this.#known.flush(out, rows);
    for (let i = start; i < out.pos; i++) out.buf[i] = out.buf[i]! ^ 1;
    this.#inner.flush(out, rows);
  }
}

class ListColumn<T> implements ValueColumn<readonly T[]> {
  readonly type: string;
  readonly #sizes = new FixedColumn('UInt32', (n) => new Uint32Array(n));
  readonly #inner: ValueColumn<T>;
  #values = 0;

  constructor(inner: ValueColumn<T>) {
    this.type = `Array(${inner.type})`;
    this.#inner = inner;
  }

  set(row: number, values: readonly T[]): void {
    if (values.length === 0) return;
    for (const value of values) this.#inner.set(this.#values++, value);
    this.#sizes.set(row, values.length);
  }

  flush(out: Bytes, rows: number): void {
    if (this.#values === 0) {
      pushZeros(out, rows * 8);
      this.#inner.flush(out, 0);
      return;
    }
    const sizes = createBytes(rows * 4 + 4);
    this.#sizes.flush(sizes, rows);
    reserve(out, rows * 8);
    let end = 0;
    for (let row = 0; row < rows; row++) {
      end += sizes.buf.readUInt32LE(row * 4);
      pushUint64(out, end);
    }
    this.#inner.flush(out, this.#values);
    this.#values = 0;
  }
}

export const text = (): ValueColumn<string> => new TextColumn();
/** Text of few distinct values. */
export const label = (): ValueColumn<string> => new LabelColumn();
export const uint8 = (): ValueColumn<number> => new FixedColumn('UInt8', (n) => new Uint8Array(n));
export const uint32 = (): ValueColumn<number> => new FixedColumn('UInt32', (n) => new Uint32Array(n));
export const uint64 = (): ValueColumn<number> => new Uint64Column('UInt64');
export const float64 = (): ValueColumn<number> => new FixedColumn('Float64', (n) => new Float64Array(n));
/** Nanoseconds since the epoch. */
export const dateTime64 = (): ValueColumn<bigint> =>
  new FixedColumn("DateTime64(9, 'UTC')", (n) => new BigInt64Array(n));
/** Milliseconds since the epoch. */
export const dateTimeMs = (): ValueColumn<number> => new Uint64Column("DateTime64(3, 'UTC')");
export const money = (): ValueColumn<bigint | number | null> => new MoneyColumn();
export const list = <T>(inner: ValueColumn<T>): ValueColumn<readonly T[]> => new ListColumn(inner);
export const nullable = <T>(inner: ValueColumn<T>): ValueColumn<T | null> => new NullableColumn(inner);
