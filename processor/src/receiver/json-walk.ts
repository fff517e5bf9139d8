/**
 * What a walk over JSON tells. `depth` is the number of containers open around the token; a string's range leaves
 * out its quotes. A non-empty answer ends the walk with that fault.
 */
export interface JsonVisitor {
  key(start: number, end: number, depth: number): void;
  open(kind: 'object' | 'list', depth: number): string;
  /** `depth` as it was given to the matching `open`. */
  close(depth: number): void;
  scalar(type: 'string' | 'number' | 'literal', start: number, end: number, depth: number): string;
}

/** Deeper than this a body is not taken at all: nothing honest is, and a parser pays for every level. */
export const MAX_JSON_NESTING = 4096;

const OBJECT = 1;
const LIST = 2;

/** What may stand next. */
const VALUE = 0;
const FIRST_VALUE = 1;
const KEY = 2;
const FIRST_KEY = 3;
const COLON = 4;
const SEPARATOR = 5;
const NOTHING = 6;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Walks one JSON document (RFC 8259) and checks all of its grammar, without building values and in constant
 * memory. Returns '' or what is wrong and where.
 */
export function walkJson(buf: Buffer, visitor: JsonVisitor): string {
  const kinds = new Uint8Array(MAX_JSON_NESTING + 1);
  let depth = 0;
  let next = VALUE;
  // A byte order mark is no JSON, and common in files all the same.
  let pos = buf[0] === 0xef && buf[1] === 0xbb && buf[2] === 0xbf ? 3 : 0;

  for (; pos < buf.length; pos++) {
    const byte = buf[pos]!;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue;
    if (byte === 0x22) {
      const start = pos + 1;
      const end = endOfString(buf, start);
      if (end < 0) return `bad string at byte ${-end - 1}`;
      pos = end;
      if (next === KEY || next === FIRST_KEY) {
        visitor.key(start, end, depth);
        next = COLON;
      } else if (next === VALUE || next === FIRST_VALUE) {
        const wrong = visitor.scalar('string', start, end, depth);
        if (wrong !== '') return `${wrong} at byte ${start}`;
        next = depth === 0 ? NOTHING : SEPARATOR;
      } else return `unexpected string at byte ${start - 1}`;
    } else if (byte === 0x3a) {
      if (next !== COLON) return `unexpected colon at byte ${pos}`;
      next = VALUE;
    } else if (byte === 0x2c) {
      if (next !== SEPARATOR) return `unexpected comma at byte ${pos}`;
      next = kinds[depth] === OBJECT ? KEY : VALUE;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (next !== VALUE && next !== FIRST_VALUE) return `unexpected bracket at byte ${pos}`;
      if (depth === MAX_JSON_NESTING) return `nested deeper than ${MAX_JSON_NESTING} at byte ${pos}`;
      const isObject = byte === 0x7b;
      const wrong = visitor.open(isObject ? 'object' : 'list', depth);
      if (wrong !== '') return `${wrong} at byte ${pos}`;
      kinds[++depth] = isObject ? OBJECT : LIST;
      next = isObject ? FIRST_KEY : FIRST_VALUE;
    } else if (byte === 0x7d || byte === 0x5d) {
      const isObject = byte === 0x7d;
      const fits = next === SEPARATOR || next === (isObject ? FIRST_KEY : FIRST_VALUE);
      if (!fits || depth === 0 || kinds[depth] !== (isObject ? OBJECT : LIST)) {
        return `unexpected bracket at byte ${pos}`;
      }
      visitor.close(--depth);
      next = depth === 0 ? NOTHING : SEPARATOR;
    } else {
      const start = pos;
      while (pos + 1 < buf.length && isPlain(buf[pos + 1]!)) pos++;
      const end = pos + 1;
      const type = plainType(buf, start, end);
      if (type === null || (next !== VALUE && next !== FIRST_VALUE))
        return `unexpected text at byte ${start}`;
      const wrong = visitor.scalar(type, start, end, depth);
      if (wrong !== '') return `${wrong} at byte ${start}`;
      next = depth === 0 ? NOTHING : SEPARATOR;
    }
  }
  return next === NOTHING ? '' : `ends too early, at byte ${pos}`;
}

/** Bytes of a string that are not just text: its end, escapes, and control characters, which must be escaped. */
const SPECIAL = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === 0x22 || byte === 0x5c ? 1 : 0,
);
const ESCAPABLE = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** Position of the closing quote; −1 − position of what must not stand in a string. */
function endOfString(buf: Buffer, start: number): number {
  const { length } = buf;
  let pos = start;
  for (;;) {
    while (pos < length && SPECIAL[buf[pos]!] === 0) pos++;
    if (pos >= length) return -1 - length;
    const byte = buf[pos]!;
    if (byte === 0x22) return pos;
    if (byte !== 0x5c) return -1 - pos;
    const escaped = buf[pos + 1] ?? 0;
    pos += 2;
    if (ESCAPABLE[escaped] === 1) continue;
    if (escaped !== 0x75) return -1 - pos;
    for (const end = pos + 4; pos < end; pos++) if (!isHexDigit(buf[pos] ?? 0)) return -1 - pos;
  }
}

/** Letters, digits, point and signs: what numbers and literals are made of. */
function isPlain(byte: number): boolean {
  const lower = byte | 0x20;
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (lower >= 0x61 && lower <= 0x7a) ||
    byte === 0x2e ||
    byte === 0x2b ||
    byte === 0x2d
  );
}

function plainType(buf: Buffer, start: number, end: number): 'number' | 'literal' | null {
  const first = buf[start]!;
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) {
    return NUMBER.test(buf.latin1Slice(start, end)) ? 'number' : null;
  }
  if (end - start > 5) return null;
  const text = buf.latin1Slice(start, end);
  return text === 'null' || text === 'true' || text === 'false' ? 'literal' : null;
}

export function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}
