import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { setKeys } from './set-keys.ts';

const FILE = `# A comment on top
id: x   # what it is called
stage:  'pilot'  # until spring
match:
  # by service
  - { service:   x }

version: 1.2.0 # from CI
# a last word
`;
const ORDER = ['id', 'name', 'stage', 'owner', 'match', 'models', 'version', 'updated'];

describe('keys of a file', () => {
  test('the value changes and nothing else', () => {
    expect(setKeys(FILE, { version: '1.3.0', stage: 'production' })).toBe(
      FILE.replace('1.2.0', '1.3.0').replace("'pilot'", "'production'"),
    );
  });

  test('a text that YAML would read as something else is quoted', () => {
    for (const version of ['1.10', 'true', 'null', '# no', '- x', '']) {
      const text = setKeys(FILE, { version });
      expect(parse(text).version).toBe(version);
      expect(text).toContain(' # from CI\n# a last word\n');
    }
  });

  test.each([
    ['updated', 'version: 1.2.0 # from CI\nupdated: 2026-11-01\n# a last word\n'],
    ['owner', "stage:  'pilot'  # until spring\nowner: 2026-11-01\nmatch:\n"],
    ['name', 'called\nname: 2026-11-01\nstage:'],
    ['unheard-of', 'version: 1.2.0 # from CI\nunheard-of: 2026-11-01\n# a last'],
  ])('%s, which was not there, stands where it belongs', (key, excerpt) => {
    const text = setKeys(FILE, { [key]: '2026-11-01' }, ORDER);
    expect(text).toContain(excerpt);
    expect(text.replace(/^.*2026-11-01.*\n/m, '')).toBe(FILE);
  });

  test('behind a list, also one that ends the file without a line break', () => {
    expect(setKeys('id: x\nmodels:\n  - a\n  - b', { version: 'v2' }, ORDER)).toBe(
      'id: x\nmodels:\n  - a\n  - b\nversion: v2\n',
    );
    expect(setKeys('id: x\nmodels:\n  - a # first\n\nupdated: x\n', { version: 'v2' }, ORDER)).toBe(
      'id: x\nmodels:\n  - a # first\nversion: v2\n\nupdated: x\n',
    );
  });

  test.each([
    ['owner:\n', 'owner: team-a\n'],
    ['owner:    # fill in\nid: x\n', 'owner: team-a    # fill in\nid: x\n'],
    ['"owner": ~\n', '"owner": team-a\n'],
    ['owner: >\n  folded\nid: x\n', null],
    ['{ owner: x, id: y }\n', '{ owner: team-a, id: y }\n'],
    ['{ id: y }\n', '{ id: y, owner: team-a }\n'],
    ['id: y\r\nowner: x\r\n', 'id: y\r\nowner: team-a\r\n'],
    ['id: y\r\n', 'id: y\r\nowner: team-a\r\n'],
  ])('%j', (before, after) => {
    const text = setKeys(before, { owner: 'team-a' });
    if (after !== null) expect(text).toBe(after);
    expect(parse(text)).toEqual({ ...parse(before), owner: 'team-a' });
  });

  test('what holds more than a value, or is no mapping, is refused', () => {
    expect(() => setKeys('owner: [a]\n', { owner: 'b' })).toThrow('owner holds more than a single value');
    expect(() => setKeys('- a\n', { owner: 'b' })).toThrow('the file holds no keys');
    expect(() => setKeys('a: [\n', { owner: 'b' })).toThrow();
  });
});

test('every entry of the sample company keeps every other line', () => {
  const folder = new URL('../../company/agents/', import.meta.url);
  for (const name of readdirSync(folder)) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const edited = setKeys(text, { version: '9.9.9', updated: '2030-01-02' }, ORDER);
    const lines = (file: string): string[] =>
      file.split('\n').filter((line) => !/^(version|updated):/.test(line));
    expect(lines(edited)).toEqual(lines(text));
    expect(parse(edited)).toMatchObject({ version: '9.9.9', updated: '2030-01-02' });
  }
});
