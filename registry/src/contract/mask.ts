import { find } from './mask-find.ts';
import { type Meaning, meaningOf } from './mask-keys.ts';
import { isCardNumber } from './mask-numbers.ts';
import { originalAt, viewOf } from './mask-view.ts';

/** Replaces secrets and personal data in text and in structured values. */
export interface Masker {
  /**
   * The text with what was found replaced by `[EMAIL]`, `[SECRET]` …; the same string when nothing was. What it cannot
   * mask reads `[UNMASKABLE]`, and a text beyond 1 MiB ends in `[TRUNCATED]`. Never throws.
   */
  maskText(text: string): string;
  /**
   * A copy with every text masked, in keys too, and values under keys that announce a secret replaced. Cycles, depths
   * beyond 64 and what comes after 100,000 values read `[UNMASKABLE]`. Never throws.
   */
  maskValue(value: unknown): unknown;
}

/** Stands for what could not be masked: nothing of it is kept then. */
export const UNMASKABLE = '[UNMASKABLE]';
export const TRUNCATED = '[TRUNCATED]';

export function createMasker(): Masker {
  return {
    maskText,
    maskValue(value) {
      try {
        return createWalker()(value, null, 0);
      } catch {
        return UNMASKABLE;
      }
    },
  };
}

const MAX_TEXT = 1 << 20;
/** Read beyond the end of a text that is cut, so that what begins before the cut is recognised. */
const MARGIN = 4096;

/** Nothing is found in a short text that has none of these. */
const SIGNS = /[\d@:=\\%&\u0080-\uffff]/;
const SHORT = 20;

function maskText(text: string): string {
  if (text.length < SHORT && !SIGNS.test(text)) return text;
  try {
    return text.length <= MAX_TEXT
      ? replaceIn(text, text.length)
      : replaceIn(text.slice(0, MAX_TEXT + MARGIN), MAX_TEXT);
  } catch {
    return UNMASKABLE;
  }
}

/** `until`: where the text is cut. */
function replaceIn(text: string, until: number): string {
  const view = viewOf(text);
  const found = find(view);
  if (found.length === 0 && until === text.length) return text;
  let out = '';
  let kept = 0;
  for (const { start, end, label } of found) {
    const from = originalAt(view, start);
    if (from >= until) break;
    out += text.slice(kept, from) + label;
    kept = originalAt(view, end);
  }
  if (until === text.length) return out + text.slice(kept);
  return `${out}${text.slice(kept, Math.max(kept, until))}…${TRUNCATED}`;
}

const MAX_DEPTH = 64;
const MAX_VALUES = 100_000;

type Walk = (value: unknown, meaning: Meaning | null, depth: number) => unknown;

/** `meaning`: what the nearest key above says about the value. */
function createWalker(): Walk {
  const above = new Set<object>();
  let values = 0;

  function walk(value: unknown, meaning: Meaning | null, depth: number): unknown {
    if (++values > MAX_VALUES) return UNMASKABLE;
    switch (typeof value) {
      case 'string':
        return meaning?.accepts(value) ? meaning.label : maskText(value);
      case 'number':
      case 'bigint':
        return maskNumber(value, meaning);
      case 'object':
        return value === null ? null : walkObject(value, meaning, depth);
      case 'function':
      case 'symbol':
        return undefined;
      default:
        return value;
    }
  }

  function walkObject(value: object, meaning: Meaning | null, depth: number): unknown {
    if (depth > MAX_DEPTH || above.has(value)) return UNMASKABLE;
    if (value instanceof Uint8Array) return maskBytes(value);
    above.add(value);
    const masked = walkInside(plainOf(value), meaning, depth + 1);
    above.delete(value);
    return masked;
  }

  function walkInside(value: unknown, meaning: Meaning | null, depth: number): unknown {
    if (Array.isArray(value)) return value.map((item) => walk(item, meaning, depth));
    if (typeof value !== 'object' || value === null) return walk(value, meaning, depth);
    const inherited = describesType(value) ? null : meaning;
    const entries = Object.entries(value);
    if (inherited?.whole && entries.length > 0) return inherited.label;
    const ofPair = pairMeaning(value);
    return Object.fromEntries(
      entries.map(([name, item]) => {
        const own = ofPair !== null && name.toLowerCase() === 'value' ? ofPair : believed(meaningOf(name));
        return [maskText(name), walk(item, own ?? inherited, depth)];
      }),
    );
  }

  return walk;
}

function believed(meaning: Meaning | null): Meaning | null {
  return meaning === null || meaning.equalsOnly ? null : meaning;
}

/** `{key: 'password', value: …}`, as OTLP writes attributes: every leaf of the value, its wrapper stays. */
function pairMeaning(value: object): Meaning | null {
  const { key, name } = value as Record<string, unknown>;
  const of = typeof key === 'string' ? key : name;
  const meaning = typeof of === 'string' && 'value' in value ? believed(meaningOf(of)) : null;
  return meaning === null ? null : { ...meaning, whole: false };
}

/** A JSON schema says what a password looks like; it is none. */
function describesType(value: object): boolean {
  return 'type' in value || '$ref' in value || 'anyOf' in value;
}

function maskNumber(value: number | bigint, meaning: Meaning | null): unknown {
  const text = String(value);
  if (meaning?.accepts(text)) return meaning.label;
  return isCardNumber(text) ? '[CARD]' : value;
}

function maskBytes(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const masked = maskText(text);
  return masked === text ? bytes : masked;
}

/** Objects that are not plain, as what they hold. */
function plainOf(value: object): unknown {
  if (value instanceof Error)
    return { ...value, name: value.name, message: value.message, stack: value.stack, cause: value.cause };
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? toJSON.call(value) : value;
}
