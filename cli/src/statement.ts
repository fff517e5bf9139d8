import { usageError } from './output/fail.ts';

/** A question for the store, and the format that it asks for itself (`… FORMAT CSV`), if any. */
export interface Question {
  readonly sql: string;
  readonly format: string | null;
}

const QUESTIONS = /^(SELECT|WITH|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS|\()/i;
const WRITES = /\b(INSERT\s+INTO|INTO\s+OUTFILE)\b/i;

/**
 * Strings and names as ClickHouse quotes them, heredocs too (a name may hold a `$`, so none begins within a word): what
 * stands in them is no statement and no comment.
 */
const QUOTED =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`|(?<![\w$])\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$/
    .source;
const COMMENT = /--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\//.source;
const QUOTED_OR_COMMENT = new RegExp(`(${QUOTED})|${COMMENT}`, 'g');

/**
 * Takes one statement that reads. The store's rows follow from telemetry alone, so the command line offers no way to
 * change them. Throws a usage error for anything else.
 */
export function parseQuestion(statement: string): Question {
  const bare = statement.replace(QUOTED_OR_COMMENT, (_, quoted) => quoted ?? ' ').trim();
  const words = bare.replace(new RegExp(QUOTED, 'g'), "''");
  if (!QUESTIONS.test(words) || WRITES.test(words)) {
    throw usageError('only questions are answered here: SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or EXISTS');
  }
  // The engine would run whatever comes after it as well.
  if (/;[\s;]*[^\s;]/.test(words))
    throw usageError('one statement at a time: there is something after the semicolon');
  const asked = /\s+FORMAT\s+([A-Za-z0-9]+)\s*;?\s*$/i.exec(bare);
  if (asked === null) return { sql: bare.replace(/[;\s]+$/, ''), format: null };
  return { sql: bare.slice(0, asked.index), format: asked[1]! };
}
