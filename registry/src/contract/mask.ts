import { MASK_RULES, type MaskRule, type Trigger } from './mask-rules.ts';

/** Replaces secrets and personal data in text and in structured values. */
export interface Masker {
  /** The text with what was found replaced by `[EMAIL]`, `[SECRET]` …; the same string when nothing was. Never throws. */
  maskText(text: string): string;
  /** A copy with every text masked and values under secret keys replaced whole. Cycles and depths beyond 64 are cut. */
  maskValue(value: unknown): unknown;
}

/** Stands for text that could not be masked: nothing is kept then. */
export const UNMASKABLE = '[UNMASKABLE]';

/** Longer texts are masked in pieces. */
const PIECE = 262_144;
const MAX_DEPTH = 64;

export function createMasker(rules: readonly MaskRule[] = MASK_RULES): Masker {
  const byTrigger = (trigger: Trigger): readonly MaskRule[] =>
    rules.filter((rule) => rule.trigger === trigger);
  const groups = {
    at: byTrigger('at'),
    digits: byTrigger('digits'),
    token: byTrigger('token'),
    assignment: byTrigger('assignment'),
    always: byTrigger('always'),
  };

  function apply(text: string): string {
    const signs = scan(text);
    if (signs === 0 && groups.always.length === 0) return text;
    let out = text;
    for (const rule of rules) {
      if (rule.trigger !== 'always' && (signs & SIGN[rule.trigger]) === 0) continue;
      rule.pattern.lastIndex = 0;
      out = out.replace(rule.pattern, rule.replace as string);
    }
    return out;
  }

  /** Text written in ways that hide it: full-width characters, zero-width ones between, `\u0040` for `@`. */
  function applyFolded(text: string): string {
    const masked = apply(text);
    const folded = fold(masked);
    if (folded === masked) return masked;
    const again = apply(folded);
    return again === folded ? masked : again;
  }

  function maskText(text: string): string {
    try {
      if (text.length <= PIECE) return applyFolded(text);
      let out = '';
      for (let at = 0; at < text.length; ) {
        const end = cut(text, at + PIECE);
        out += applyFolded(text.slice(at, end));
        at = end;
      }
      return out;
    } catch {
      return UNMASKABLE;
    }
  }

  function maskValue(value: unknown, depth = 0, above: Set<unknown> = new Set()): unknown {
    if (typeof value === 'string') return maskText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_DEPTH || above.has(value)) return UNMASKABLE;
    above.add(value);
    const masked = Array.isArray(value)
      ? value.map((item) => maskValue(item, depth + 1, above))
      : Object.fromEntries(
          Object.entries(value).map(([name, item]) => [
            maskText(name),
            isSecretKey(name) && item !== null && item !== ''
              ? '[SECRET]'
              : maskValue(item, depth + 1, above),
          ]),
        );
    above.delete(value);
    return masked;
  }

  return { maskText, maskValue: (value) => maskValue(value) };
}

const SECRET_KEY =
  /(?:^|[._-])(?:password|passwd|pwd|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret|auth[_-]?token|access[_-]?token|refresh[_-]?token|authorization|cookie|set-cookie|credentials?|ssn)(?:$|[._-])/i;

/** Keys whose values are masked whole. Counts of tokens are not secrets. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) && !/usage|count|tokens$/i.test(key);
}

const SIGN = { at: 1, digits: 2, token: 4, assignment: 8 } as const;

/**
 * One pass that tells which rules could match at all: for names, ids and short labels, none. It may say yes wrongly,
 * never no: whatever a rule of {@link MASK_RULES} matches has the signs of its trigger.
 */
function scan(text: string): number {
  const { length } = text;
  if (length < 6) return 0;
  let signs = 0;
  /** Length of the current run of token characters, and of the longest digits-and-separators sequence. */
  let run = 0;
  let numeric = 0;
  let blocked = false;
  let opening = false;
  let long = false;
  let previous = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const kind = code < 128 ? KIND[code]! : code === 0xff1a ? ASSIGNS : 0;
    if (kind & WORD) {
      if (run === 0 || !(previous & WORD) || code === 45) {
        const next = i + 1 < length ? text.charCodeAt(i + 1) : 0;
        if (code < 128 && next < 128 && OPENINGS[code * 128 + next] === 1) opening = true;
        if (
          kind & UPPER &&
          next < 128 &&
          KIND[next]! & UPPER &&
          i + 3 < length &&
          isDigit(text.charCodeAt(i + 2))
        ) {
          signs |= SIGN.digits;
        }
      }
      if (++run >= TOKEN_LENGTH) long = true;
      if (kind & DIGIT) {
        if (!blocked && ++numeric >= NUMERIC_LENGTH) signs |= SIGN.digits;
      } else if (!(kind & SEPARATES)) {
        // Digits behind a letter are part of an id, but for the few capitals that open a document's number.
        numeric = 0;
        if (!(kind & UPPER) || run > 3) blocked = true;
      }
    } else {
      blocked = false;
      if (!(kind & SEPARATES)) numeric = 0;
      if (kind & AT) signs |= SIGN.at;
      if (kind & ASSIGNS) signs |= SIGN.assignment;
      if (!(kind & JOINS)) run = 0;
    }
    previous = kind;
  }
  if (opening && long) signs |= SIGN.token;
  return signs;
}

/** The shortest secret that is told by its own form, and the fewest digits that may be personal. */
const TOKEN_LENGTH = 12;
const NUMERIC_LENGTH = 5;

const WORD = 1;
const DIGIT = 2;
const UPPER = 4;
const SEPARATES = 8;
const AT = 16;
const ASSIGNS = 32;
const JOINS = 64;

const KIND = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return (
    (/[\w-]/.test(character) ? WORD : 0) |
    (/\d/.test(character) ? DIGIT : 0) |
    (/[A-Z]/.test(character) ? UPPER : 0) |
    (/[ .()+/-]/.test(character) ? SEPARATES : 0) |
    (/[@%\\]/.test(character) ? AT : 0) |
    (/[:=\\%]/.test(character) ? ASSIGNS : 0) |
    (/[.+/~=]/.test(character) ? JOINS : 0)
  );
});

/** The first two characters of every secret that is told by its form, and of the words that announce one. */
const OPENINGS = new Uint8Array(128 * 128);
for (const two of (
  'ey sk AK AS AR AI gh gi gl xo xa rk pk wh AI ya np py hf SG SK AC do sh sq ke gs r8 pp li nt se dd gl AG ho 0x bc ' +
  'Be be BE Ba ba BA To to TO Ap ap AP --'
).split(' ')) {
  OPENINGS[two.charCodeAt(0) * 128 + two.charCodeAt(1)] = 1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const HIDDEN = /[\u200b-\u200f\u2060\ufeff\u00ad]/g;

/** The text as a person reads it, when that differs: NFKC, nothing invisible, escapes resolved. */
function fold(text: string): string {
  let out = text;
  if (out.includes('\\u00')) {
    out = out.replace(/\\{1,4}u00([2-7][0-9a-f])/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
  }
  if (!isAscii(out)) out = out.replace(HIDDEN, '').normalize('NFKC');
  return out;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** A cut inside a secret would show half of it: pieces end at white space if there is any near. */
function cut(text: string, end: number): number {
  if (end >= text.length) return text.length;
  for (let i = end; i > end - 4096; i--) if (/\s/.test(text[i]!)) return i;
  return end;
}
