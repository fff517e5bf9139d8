import { failure } from './failure.ts';
import { type Token, tokens, unquote } from './lex.ts';

export type Assignment = readonly [name: string, value: string];

/** What a request asks for. */
export type Statement =
  | {
      readonly kind: 'question';
      readonly sql: string;
      readonly format: string | null;
      readonly settings: readonly Assignment[];
    }
  | {
      readonly kind: 'insert';
      readonly head: string;
      readonly format: string;
      readonly dataAt: number;
      readonly settings: readonly Assignment[];
    }
  | { readonly kind: 'insert-select'; readonly sql: string }
  | { readonly kind: 'set'; readonly settings: readonly Assignment[] }
  | { readonly kind: 'use'; readonly database: string }
  | { readonly kind: 'change'; readonly sql: string };

const CHANGES = new Set(['CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'RENAME', 'EXCHANGE', 'OPTIMIZE', 'DELETE']);
/** Statements that nobody may send; any other word at the beginning is none. */
const REFUSED = new Set(
  `SET SYSTEM KILL GRANT REVOKE ATTACH DETACH BACKUP RESTORE CHECK WATCH MOVE UNDROP BEGIN COMMIT ROLLBACK START EXECUTE
  COPY UPDATE REPLACE`.split(/\s+/),
);
const QUESTIONS = new Set([
  'SELECT',
  'WITH',
  'SHOW',
  'DESC',
  'DESCRIBE',
  'EXPLAIN',
  'EXISTS',
  'FROM',
  'VALUES',
]);

/**
 * What the engine leaves open to everyone who may SELECT: functions that read files of this machine, tables that show
 * the questions of others, a function that reads tables by pattern. Grants do not reach them in the embedded engine.
 */
const CLOSED = new Set([
  'file',
  'filecontent',
  'catboostevaluate',
  'merge',
  'processes',
  'processlist',
  'user_processes',
  'stack_trace',
  'query_log',
  'query_thread_log',
  'query_views_log',
  'text_log',
  'trace_log',
]);

/** Tables of the database `system` that tell of the store and not of who asks it. */
const SYSTEM = new Set(
  `one numbers numbers_mt zeros zeros_mt tables columns databases functions settings formats data_type_families
  aggregate_function_combinators collations contributors build_options licenses time_zones keywords table_engines
  table_functions merge_tree_settings data_skipping_indices projections parts parts_columns dictionaries
  enabled_roles current_roles roles users macros clusters documentation completions`.split(/\s+/),
);

const NOT_A_FORMAT = /^(ASC|ASCENDING|DESC|DESCENDING|NULLS|FROM|LIMIT|COLLATE|WITH|SETTINGS)$/i;

const upper = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '');
const isName = (token: Token | undefined): token is Token => token?.kind === 'word' || token?.kind === 'name';

/**
 * Reads one statement. A trailing FORMAT and SETTINGS are taken off a question, for the endpoint applies them itself.
 * Throws SYNTAX_ERROR for a second statement, ACCESS_DENIED for what no user of the endpoint may do, NOT_IMPLEMENTED for
 * what is told to clients but done elsewhere.
 */
export function parseStatement(sql: string, params: ReadonlyMap<string, string> = new Map()): Statement {
  const read = tokens(sql);
  const first = read.next().value;
  if (first === undefined) throw failure('SYNTAX_ERROR', 'Syntax error: Empty query');
  const verb = upper(first);
  if (verb === 'INSERT') return parseInsert(sql, first, read, params);
  const all = [first, ...read];
  while (all.at(-1)?.text === ';' && all.at(-1)?.kind === 'sign') all.pop();
  requireSingle(all);
  if (verb === 'SET' && upper(all[1]) !== 'ROLE' && upper(all[1]) !== 'DEFAULT') {
    return { kind: 'set', settings: assignments(all.slice(1), sql) };
  }
  if (verb === 'USE') {
    const name = all[upper(all[1]) === 'DATABASE' ? 2 : 1];
    if (!isName(name)) throw failure('SYNTAX_ERROR', 'Syntax error: USE needs the name of a database');
    return { kind: 'use', database: name.text };
  }
  if (CHANGES.has(verb)) {
    requireOpen(all, params);
    return { kind: 'change', sql: sql.slice(0, all.at(-1)!.end) };
  }
  if (!QUESTIONS.has(verb) && first.text !== '(') {
    if (!REFUSED.has(verb)) {
      throw failure('SYNTAX_ERROR', `Syntax error: failed at position ${first.start + 1} (${first.text})`);
    }
    throw failure(
      'ACCESS_DENIED',
      `Not enough privileges. ${verb} is not answered here: ask by SELECT, SHOW, DESCRIBE, EXPLAIN or EXISTS`,
    );
  }
  requireOpen(all, params);
  return parseQuestion(sql, all);
}

function requireSingle(all: readonly Token[]): void {
  const second = all.find(({ kind, text }) => kind === 'sign' && text === ';');
  if (second !== undefined) {
    throw failure(
      'SYNTAX_ERROR',
      `Syntax error (Multi-statements are not allowed): failed at position ${second.start + 1} (;)`,
    );
  }
}

/**
 * Names are compared wherever they stand: `APPLY(file)` calls the function as well, and a parameter of type Identifier is
 * the name that it is bound to.
 */
function requireOpen(all: readonly Token[], params: ReadonlyMap<string, string>): void {
  all.forEach((token, i) => {
    if (isName(token)) requireOpenName(token.text, namesAfter(all, i, params));
    const bound = identifierAt(all, i, params);
    if (bound !== null) {
      const names = bound.split('.');
      names.forEach((name, at) => {
        requireOpenName(name, at + 1 < names.length ? names[at + 1] : namesAfter(all, i + 4, params));
      });
    }
    if (upper(token) === 'OUTFILE' && upper(all[i - 1]) === 'INTO') {
      throw failure('ACCESS_DENIED', 'Not enough privileges. INTO OUTFILE is not allowed');
    }
  });
}

function requireOpenName(name: string, next: string | undefined): void {
  const closed = CLOSED.has(name.toLowerCase())
    ? name
    : name === 'system' && next !== undefined && !SYSTEM.has(next)
      ? `system.${next}`
      : null;
  if (closed === null) return;
  throw failure(
    'ACCESS_DENIED',
    `Not enough privileges. ${closed} is closed here; a column or alias of that name needs another one`,
  );
}

/** The name that follows the one at `i` after a dot; undefined when none does. */
function namesAfter(
  all: readonly Token[],
  i: number,
  params: ReadonlyMap<string, string>,
): string | undefined {
  if (all[i + 1]?.text !== '.' || all[i + 1]?.kind !== 'sign') return undefined;
  const next = all[i + 2];
  if (isName(next)) return next.text;
  return identifierAt(all, i + 2, params)?.split('.')[0];
}

/** What `{name:Identifier}` at `i` stands for; null when there is no such thing. */
function identifierAt(all: readonly Token[], i: number, params: ReadonlyMap<string, string>): string | null {
  const [open, name, colon, type] = all.slice(i, i + 4);
  if (open?.text !== '{' || open.kind !== 'sign' || !isName(name) || colon?.text !== ':') return null;
  return upper(type) === 'IDENTIFIER' ? (params.get(name.text) ?? '') : null;
}

function parseQuestion(sql: string, all: readonly Token[]): Statement {
  const rest = [...all];
  let format: string | null = null;
  let settings: readonly Assignment[] = [];
  const clause = (word: string, last: number): number =>
    rest.findLastIndex((token, i) => i <= last && i > 0 && token.depth === 0 && upper(token) === word);
  for (let turn = 0; turn < 2; turn++) {
    const name = rest.at(-1);
    if (
      format === null &&
      upper(rest.at(-2)) === 'FORMAT' &&
      isName(name) &&
      rest.length > 2 &&
      !NOT_A_FORMAT.test(name.text)
    ) {
      format = name.text;
      rest.length -= 2;
    }
    const at = clause('SETTINGS', rest.length - 2);
    if (at > 0 && isAssignments(rest.slice(at + 1))) {
      settings = [...assignments(rest.slice(at + 1), sql), ...settings];
      rest.length = at;
    }
  }
  return { kind: 'question', sql: sql.slice(0, rest.at(-1)!.end), format, settings };
}

function isAssignments(list: readonly Token[]): boolean {
  return (
    isName(list[0]) &&
    list[1]?.text === '=' &&
    !list.some((token) => token.depth === 0 && token.kind === 'word' && QUESTIONS.has(upper(token)))
  );
}

/** `a = 1, b = 'x'`: values as text, as they stand in a URL. */
function assignments(list: readonly Token[], sql: string): Assignment[] {
  const found: Assignment[] = [];
  let i = 0;
  while (i < list.length) {
    const [name, equals] = [list[i], list[i + 1]];
    if (!isName(name)) throw failure('SYNTAX_ERROR', 'Syntax error: a setting is written name = value');
    if (equals === undefined || (equals.text === ',' && equals.depth === name.depth)) {
      found.push([name.text, '1']);
      i += 2;
      continue;
    }
    let end = i + 2;
    while (end < list.length && !(list[end]!.text === ',' && list[end]!.depth === name.depth)) end++;
    const value = list.slice(i + 2, end);
    if (equals.text !== '=' || value.length === 0)
      throw failure('SYNTAX_ERROR', 'Syntax error: a setting is written name = value');
    const [only] = value;
    found.push([
      name.text,
      value.length === 1 && only!.kind === 'string'
        ? unquote(only!.text)
        : sql.slice(only!.start, value.at(-1)!.end),
    ]);
    i = end + 1;
  }
  return found;
}

/** An INSERT up to its data, which are not SQL. */
function parseInsert(
  sql: string,
  insert: Token,
  read: Generator<Token, void>,
  params: ReadonlyMap<string, string>,
): Statement {
  const head: Token[] = [insert];
  for (const token of read) {
    const word = token.depth === 0 ? upper(token) : '';
    if (word === 'VALUES')
      return { kind: 'insert', dataAt: token.end, ...insertHead(sql, head, params), format: 'Values' };
    if (word === 'FORMAT') {
      const name = read.next().value;
      if (!isName(name ?? undefined))
        throw failure('SYNTAX_ERROR', 'Syntax error: FORMAT needs the name of a format');
      return { kind: 'insert', dataAt: name!.end, ...insertHead(sql, head, params), format: name!.text };
    }
    if (word === 'SELECT' || word === 'WITH' || (word === 'FROM' && head.length > 2)) {
      const all = [...head, token, ...read];
      requireOpen(all, params);
      requireNoInfile(all);
      while (all.at(-1)?.text === ';') all.pop();
      requireSingle(all);
      return { kind: 'insert-select', sql: sql.slice(0, all.at(-1)!.end) };
    }
    head.push(token);
  }
  requireSingle(head);
  return { kind: 'insert', dataAt: sql.length, ...insertHead(sql, head, params), format: 'Values' };
}

function requireNoInfile(all: readonly Token[]): void {
  if (all.some((token) => upper(token) === 'INFILE'))
    throw failure('ACCESS_DENIED', 'Not enough privileges. FROM INFILE is not allowed');
}

function insertHead(
  sql: string,
  head: readonly Token[],
  params: ReadonlyMap<string, string>,
): { head: string; settings: readonly Assignment[] } {
  requireSingle(head);
  requireOpen(head, params);
  requireNoInfile(head);
  if (head.some((token) => upper(token) === 'FUNCTION'))
    throw failure('ACCESS_DENIED', 'Not enough privileges. INSERT INTO FUNCTION is not allowed');
  const at = head.findIndex((token) => token.depth === 0 && upper(token) === 'SETTINGS');
  const settings = at > 0 ? assignments(head.slice(at + 1), sql) : [];
  const kept = at > 0 ? head.slice(0, at) : head;
  return { head: sql.slice(0, kept.at(-1)!.end), settings };
}
