import { failure } from './failure.ts';

/** A token of ClickHouse SQL, comments and blanks left out. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'sign';
  /** As written; a quoted name without its quotes and escapes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many parentheses, brackets and braces stand open before it. */
  readonly depth: number;
}

const BLANK = /\s+|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\//y;
const WORD = /[A-Za-z0-9_$]+/y;
const HEREDOC = /\$(\w*)\$[\s\S]*?\$\1\$/y;
const STRING = /'(?:[^'\\]|\\[\s\S]|'')*'/y;
const NAME = /"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`/y;
const UNFINISHED = /['"`]|\/\*/y;

/**
 * Reads SQL as ClickHouse's lexer does, one token at a time, so that a reader may stop before data that follows. Throws
 * SYNTAX_ERROR for what does not end, and for signs outside ASCII that stand in no quotes: some of them are quotes, too.
 */
export function* tokens(sql: string): Generator<Token, void> {
  let at = 0;
  let depth = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0] ?? null;
  };
  while (at < sql.length) {
    const blank = take(BLANK);
    if (blank !== null) {
      at += blank.length;
      continue;
    }
    const start = at;
    const read = (kind: Token['kind'], raw: string, text = raw): Token => {
      at += raw.length;
      return { kind, text, start, end: at, depth };
    };
    const heredoc = take(HEREDOC);
    const word = heredoc === null ? take(WORD) : null;
    const string = heredoc ?? take(STRING);
    const name = take(NAME);
    if (word !== null) yield read('word', word);
    else if (string !== null) yield read('string', string);
    else if (name !== null) yield read('name', name, unquote(name));
    else if (take(UNFINISHED) !== null || sql.charCodeAt(at) > 0x7e || sql.charCodeAt(at) < 0x20) {
      const sign = `U+${sql.codePointAt(at)!.toString(16).toUpperCase().padStart(4, '0')}`;
      throw failure('SYNTAX_ERROR', `Syntax error: failed at position ${at + 1} (${sign})`);
    } else {
      const sign = sql[at]!;
      if (')]}'.includes(sign)) depth = Math.max(0, depth - 1);
      yield read('sign', sign);
      if ('([{'.includes(sign)) depth++;
    }
  }
}

/** The value of a quoted string or name. */
export function unquote(quoted: string): string {
  if (quoted.startsWith('$')) {
    const tag = quoted.slice(0, quoted.indexOf('$', 1) + 1);
    return quoted.slice(tag.length, -tag.length);
  }
  const quote = quoted[0]!;
  return quoted
    .slice(1, -1)
    .replace(/\\([\s\S])|(['"`])\2/g, (whole, escaped: string | undefined, doubled: string | undefined) => {
      if (escaped !== undefined) return ESCAPES[escaped] ?? escaped;
      return doubled === quote ? quote : whole;
    });
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

/** A string literal of this value. */
export function quote(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`;
}

/** A quoted name. */
export function quoteName(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&').replaceAll('\0', '\\0')}\``;
}
