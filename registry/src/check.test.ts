import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkRegistry } from './check.ts';
import { DIAGNOSTIC_CODES, formatDiagnostics } from './diagnostic.ts';
import { globsOverlap } from './glob.ts';
import { loadRegistry, readRegistryFiles } from './load.ts';
import { hashRegistry, versionAt } from './version.ts';

const NOW = Date.parse('2026-11-23T00:00:00Z');
const CASES = fileURLToPath(new URL('check.cases', import.meta.url));
const COMPANY = fileURLToPath(new URL('../company', import.meta.url));

/** The terminal output of each broken registry, as a user sees it. `UPDATE_CASES=1` writes it anew, for reading. */
describe.each(readdirSync(CASES))('registry check: %s', (name) => {
  test('says everything at once, where it stands and what to do', () => {
    const printed = `${formatDiagnostics(checkRegistry(readRegistryFiles(`${CASES}/${name}`), NOW))}\n`;
    const file = `${CASES}/${name}/expected.txt`;
    if (process.env['UPDATE_CASES']) writeFileSync(file, printed);
    expect(printed).toBe(readFileSync(file, 'utf8'));
  });
});

test('every rule is seen in a case', () => {
  const printed = readdirSync(CASES).map((name) => readFileSync(`${CASES}/${name}/expected.txt`, 'utf8'));
  const unseen = DIAGNOSTIC_CODES.filter((code) => !printed.some((text) => text.includes(`[${code}]`)));
  expect(unseen).toEqual([]);
});

test('the sample company has no errors, and warns of what nothing enforces', () => {
  const diagnostics = checkRegistry(readRegistryFiles(COMPANY), NOW);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  expect(new Set(diagnostics.map((d) => d.code))).toEqual(new Set(['not-enforced']));
});

test('the sample expense agent has the rules of the guide', () => {
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  const agent = document!.agents.find(({ id }) => id === 'expense-reimbursement')!;
  expect(agent.approvals).toMatchObject([
    { rule: 'threshold', over: '100000 JPY' },
    { rule: 'sample', over: '10000 JPY', under: '100000 JPY', percent: 5 },
  ]);
});

test('a version is its content: order of keys does not matter, any value does', () => {
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  const copy = JSON.parse(JSON.stringify({ agents: document!.agents, organisation: document!.organisation }));
  expect(hashRegistry(copy)).toBe(hashRegistry(document!));
  copy.agents[0].purpose += '.';
  expect(hashRegistry(copy)).not.toBe(hashRegistry(document!));
});

test('a time uses the version valid then; before the first, the first, and says so', () => {
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  const versions = [10n, 20n].map((validFrom) => ({
    hash: String(validFrom),
    validFrom,
    document: document!,
  }));
  expect(
    [5n, 10n, 19n, 20n, 99n].map((at) => versionAt(versions, at)!).map((v) => [v.version.hash, v.backfilled]),
  ).toEqual([
    ['10', true],
    ['10', false],
    ['10', false],
    ['20', false],
    ['20', false],
  ]);
  expect(versionAt([], 1n)).toBeNull();
});

test.each([
  ['a', 'a', true],
  ['a', 'b', false],
  ['*', 'anything', true],
  ['sha*', '*red', true],
  ['sha*', 'red*', false],
  ['a*c', 'ab*', true],
  ['a*c', 'b*c', false],
  ['', '*', true],
  ['', 'a', false],
])('patterns %s and %s overlap: %s', (a, b, expected) => {
  expect(globsOverlap(a, b)).toBe(expected);
  expect(globsOverlap(b, a)).toBe(expected);
});
