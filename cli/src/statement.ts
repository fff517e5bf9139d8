import { usageError } from './output/fail.ts';

/** A question for the store, and the format that it asks for itself (`… FORMAT CSV`), if any. */
export interface Question {
  readonly sql: string;
  readonly format: string | null;
}

const QUESTIONS = /^(SELECT|WITH|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS|\()/i;
const WRITES = /\b(INSERT\s+INTO|INTO\s+OUTFILE)\b/i;

/**
 * Takes a statement that reads. The store's rows follow from telemetry alone, so the command line offers no way to
 * change them. Throws a usage error for anything else.
 */
export function parseQuestion(statement: string): Question {
  const bare = withoutComments(statement);
  if (!QUESTIONS.test(bare) || WRITES.test(withoutStrings(bare))) {
    throw usageError('only questions are answered here: SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or EXISTS');
  }
  const asked = /\s+FORMAT\s+([A-Za-z0-9]+)\s*;?\s*$/i.exec(bare);
  if (asked === null) return { sql: bare.replace(/[;\s]+$/, ''), format: null };
  return { sql: bare.slice(0, asked.index), format: asked[1]! };
}

/** Comments may hide the first word, or a FORMAT behind them; those within strings stay. */
function withoutComments(sql: string): string {
  return sql
    .replace(
      /('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)|--[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, text) => text ?? ' ',
    )
    .trim();
}

function withoutStrings(sql: string): string {
  return sql.replace(/'(?:[^'\\]|\\.|'')*'/g, "''");
}
