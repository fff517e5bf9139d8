import { createMac, type Mac } from './chaskey.ts';
import { ALGORITHM, type DigestPlace, deriveKey, writeCompact, writeShape } from './digest-bytes.ts';

/**
 * Keyed digest of a value, taken before anything is masked: `helper:chaskey-12:<32 hex>`. Equal values have equal
 * digests whatever the order of their keys; a string that holds JSON counts as what it holds.
 */
export function digest(value: unknown, key: string | Uint8Array, place: DigestPlace): string {
  const mac = macOf(key);
  return prefix(place) + mac.finish(writeText(mac, canonicalJson(value)));
}

/** The same with numbers, ids, dates and addresses normalized away, so that near-identical values agree. */
export function shapeDigest(value: unknown, key: string | Uint8Array, place: DigestPlace): string {
  return shapeOf(macOf(key), canonicalJson(value), place);
}

/** Both at once, for less than the two apart. */
export function digests(
  value: unknown,
  key: string | Uint8Array,
  place: DigestPlace,
): { readonly digest: string; readonly shapeDigest: string } {
  const mac = macOf(key);
  const text = canonicalJson(value);
  return { digest: prefix(place) + mac.finish(writeText(mac, text)), shapeDigest: shapeOf(mac, text, place) };
}

function shapeOf(mac: Mac, text: string, place: DigestPlace): string {
  const bytes = Buffer.from(text);
  return prefix(place) + mac.finish(writeShape(mac, bytes, 0, bytes.length));
}

const prefix = (place: DigestPlace): string => `${place}:${ALGORITHM}:`;

const encoder = new TextEncoder();

/** Canonical text has no white space to leave out: it goes into the buffer as it is. */
function writeText(mac: Mac, text: string): number {
  if (text.length * 3 < mac.buffer.length) return encoder.encodeInto(text, mac.buffer).written;
  const bytes = Buffer.from(text);
  return writeCompact(mac, bytes, 0, bytes.length);
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
  const names = Object.keys(value);
  for (let i = 1; i < names.length; i++) {
    if (names[i - 1]! > names[i]!) {
      names.sort();
      break;
    }
  }
  let text = '';
  for (const name of names) {
    const item = (value as Record<string, unknown>)[name];
    if (item === undefined || typeof item === 'function') continue;
    text += `${(text === '' ? '' : ',') + quoted(name)}:${write(item, depth, above)}`;
  }
  return `{${text}}`;
}

/** JSON.stringify costs more than looking whether there is anything to escape. */
function quoted(text: string): string {
  return /["\\\u0000-\u001f\ud800-\udfff]/.test(text) ? JSON.stringify(text) : `"${text}"`;
}
