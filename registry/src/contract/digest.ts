import { createMac, type Mac } from './chaskey.ts';
import { ALGORITHM, type DigestPlace, deriveKey, writeShape } from './digest-bytes.ts';

/**
 * Keyed digest of a value, taken before anything is masked: `helper:chaskey-12:<32 hex>`. Equal values have equal
 * digests whatever the order of their keys; a string that holds JSON counts as what it holds.
 */
export function digest(value: unknown, key: string | Uint8Array, place: DigestPlace): string {
  return digestOf(macOf(key), encode(canonicalJson(value)), place);
}

/** The same with numbers, ids, dates and addresses normalized away, so that near-identical values agree. */
export function shapeDigest(value: unknown, key: string | Uint8Array, place: DigestPlace): string {
  return shapeOf(macOf(key), encode(canonicalJson(value)), place);
}

/** Both at once, for less than the two apart. */
export function digests(
  value: unknown,
  key: string | Uint8Array,
  place: DigestPlace,
): { readonly digest: string; readonly shapeDigest: string } {
  const mac = macOf(key);
  const bytes = encode(canonicalJson(value));
  return { digest: digestOf(mac, bytes, place), shapeDigest: shapeOf(mac, bytes, place) };
}

/** Canonical text has no white space to leave out: it is taken in as it stands. */
function digestOf(mac: Mac, { view, end }: Encoded, place: DigestPlace): string {
  return prefix(place) + mac.finish(mac.begin(view, 0, end));
}

function shapeOf(mac: Mac, { bytes, end }: Encoded, place: DigestPlace): string {
  return prefix(place) + mac.finish(writeShape(mac, bytes, 0, end));
}

const prefix = (place: DigestPlace): string => `${place}:${ALGORITHM}:`;

/** A text's UTF-8 in `bytes[0, end)`. */
interface Encoded {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  end: number;
}

const encoder = new TextEncoder();
/** Most arguments fit in here: their bytes need no memory of their own. */
const scratch = new Uint8Array(16_384);
const inScratch: Encoded = { bytes: scratch, view: new DataView(scratch.buffer), end: 0 };

/** The next text may overwrite it. */
function encode(text: string): Encoded {
  if (text.length * 3 <= scratch.length) {
    inScratch.end = encoder.encodeInto(text, scratch).written;
    return inScratch;
  }
  const bytes = encoder.encode(text);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), end: bytes.length };
}

/** A process has one key: the last one is kept ready. */
let lastKey: string | Uint8Array | null = null;
let lastMac: Mac | null = null;

function macOf(key: string | Uint8Array): Mac {
  if (lastMac === null || key !== lastKey) {
    lastMac = createMac(deriveKey(key));
    lastKey = key;
  }
  return lastMac;
}

/** JSON with sorted keys; values that JSON cannot say are `null`; cycles and depths beyond 100 are cut. */
export function canonicalJson(value: unknown): string {
  return write(typeof value === 'string' ? parsedOr(value) : value, 0, []);
}

function parsedOr(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const MAX_DEPTH = 100;

function write(value: unknown, depth: number, above: unknown[]): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return Number.isFinite(value) ? `${value}` : 'null';
    case 'boolean':
    case 'bigint':
      return `${value}`;
    case 'object':
      break;
    default:
      return 'null';
  }
  if (value === null || depth > MAX_DEPTH || above.includes(value)) return 'null';
  if (value instanceof Date) return JSON.stringify(value);
  above.push(value);
  const text = Array.isArray(value)
    ? writeArray(value, depth + 1, above)
    : writeObject(value, depth + 1, above);
  above.pop();
  return text;
}

function writeArray(items: readonly unknown[], depth: number, above: unknown[]): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) text += (i === 0 ? '' : ',') + write(items[i], depth, above);
  return `${text}]`;
}

function writeObject(value: object, depth: number, above: unknown[]): string {
  const names = sorted(Object.keys(value));
  let text = '';
  for (const name of names) {
    const item = (value as Record<string, unknown>)[name];
    if (item === undefined || typeof item === 'function') continue;
    text += `${(text === '' ? '' : ',') + quoted(name)}:${write(item, depth, above)}`;
  }
  return `{${text}}`;
}

/** By UTF-16 code units. Few names are put in order one by one, for a fraction of what a native sort begins with. */
function sorted(names: string[]): string[] {
  if (names.length > FEW) return names.sort();
  for (let i = 1; i < names.length; i++) {
    const name = names[i]!;
    let at = i;
    for (; at > 0 && names[at - 1]! > name; at--) names[at] = names[at - 1]!;
    names[at] = name;
  }
  return names;
}

const FEW = 12;

/** JSON.stringify costs more than looking whether there is anything to escape. */
function quoted(text: string): string {
  const escapes = text.length < LONG ? ESCAPED.test(text) : hasEscapes(text);
  return escapes ? JSON.stringify(text) : `"${text}"`;
}

const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;
const LONG = 128;

/** The same for long texts, by native searches and four bytes at a time: a third of the regular expression's time. */
function hasEscapes(text: string): boolean {
  if (text.length * 3 > scratch.length || text.includes('"') || text.includes('\\'))
    return ESCAPED.test(text);
  const { written } = encoder.encodeInto(text, scratch);
  // Beyond ASCII there may be halves of surrogate pairs.
  if (written !== text.length) return ESCAPED.test(text);
  scratch.fill(SPACE, written, written + 3);
  for (let i = 0; i < written; i += 4) {
    const word = scratchWords[i >> 2]!;
    // Bit 7 of every byte below 0x20: Warren, "Hacker's Delight", 6-1.
    if (((word - 0x20202020) & ~word & 0x80808080) !== 0) return true;
  }
  return false;
}

const SPACE = 0x20;
const scratchWords = new Int32Array(scratch.buffer);
