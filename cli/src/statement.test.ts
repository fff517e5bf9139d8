import { describe, expect, it } from 'vitest';
import { parseQuestion } from './statement.ts';

describe('statements of agentops sql', () => {
  it.each([
    'SELECT 1',
    'with x as (select 1) select * from x',
    '(SELECT 1) UNION ALL (SELECT 2)',
    'SHOW TABLES FROM agentops',
    'describe agentops.runs',
    '-- a remark\nSELECT 1',
    '/* DROP TABLE x */ SELECT 1',
    "SELECT 'INSERT INTO x'",
    'SELECT \';\', `a;b`, "c;d", $x$;DROP TABLE y$x$;',
    'SELECT 1 -- ; DROP TABLE x',
  ])('answers %j', (sql) => {
    expect(() => parseQuestion(sql)).not.toThrow();
  });

  it.each([
    'DROP TABLE agentops.steps',
    'INSERT INTO agentops.steps SELECT 1',
    'WITH x AS (SELECT 1) INSERT INTO agentops.steps SELECT * FROM x',
    'ALTER TABLE agentops.steps DELETE WHERE 1',
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    '/* SELECT */ TRUNCATE TABLE agentops.steps',
    '--\nOPTIMIZE TABLE agentops.steps',
    '',
    'SELECT 1; DROP TABLE agentops.steps',
    'SELECT 1;;\n;SELECT 2',
    "SELECT $$'$$; DROP TABLE agentops.steps; SELECT $$'$$",
    "SELECT '\\'; DROP TABLE x; --'; DROP TABLE agentops.steps",
    'SELECT `--`; DROP TABLE agentops.steps',
    'SELECT a$$; DROP TABLE agentops.steps; SELECT a$$',
    "SELECT '\\\n\\'; DROP TABLE x; --' ; DROP TABLE agentops.steps",
  ])('refuses %j, as wrong usage', (sql) => {
    expect(() => parseQuestion(sql)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('takes the format that a statement asks for, so that none is appended to it', () => {
    expect(parseQuestion('SELECT 1 FORMAT CSV;')).toEqual({ sql: 'SELECT 1', format: 'CSV' });
    expect(parseQuestion('SELECT 1 format JSON -- please')).toEqual({ sql: 'SELECT 1', format: 'JSON' });
    expect(parseQuestion("SELECT 'x FORMAT CSV'")).toEqual({ sql: "SELECT 'x FORMAT CSV'", format: null });
  });

  it('leaves comment signs within strings alone', () => {
    expect(parseQuestion('SELECT $a$ -- $a$, $$ -- $$').sql).toBe('SELECT $a$ -- $a$, $$ -- $$');
    expect(parseQuestion("SELECT '-- /* kept */', `--`;").sql).toBe("SELECT '-- /* kept */', `--`");
  });
});
