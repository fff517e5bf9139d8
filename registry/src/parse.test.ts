import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRegistry } from './check.ts';
import { loadRegistry, readRegistryFiles } from './load.ts';

const NOW = Date.parse('2026-11-23T00:00:00Z');
const FILES = readRegistryFiles(fileURLToPath(new URL('../company', import.meta.url)));

/** `FUZZ_RUNS=5000` searches longer. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40);

const edit = fc.record({
  file: fc.constantFrom(...FILES.keys()),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(40),
  put: fc.oneof(
    fc.constantFrom('*', '&a ', '<<: ', '---\n', '[', '}', '\t', '\0', '!!', '|', '- '),
    fc.string(),
  ),
});

test('whatever happens to a file, the check says where in it, and never throws', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const files = new Map(FILES);
      for (const { file, at, cut, put } of edits) {
        const text = files.get(file)!;
        const from = Math.floor(at * text.length);
        files.set(file, text.slice(0, from) + put + text.slice(from + cut));
      }
      const diagnostics = checkRegistry(files, NOW);
      for (const { file, line, column } of diagnostics) {
        const lines = files.get(file)!.split('\n');
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
      }
      const loaded = loadRegistry(files);
      expect(loaded.document === null).toBe(loaded.diagnostics.some(({ severity }) => severity === 'error'));
    }),
    { numRuns: RUNS },
  );
});

test('windows line ends and a byte order mark move no position', () => {
  const text = 'name: X\ncurency: EUR\n';
  for (const variant of [text, text.replaceAll('\n', '\r\n'), `\ufeff${text}`]) {
    const [diagnostic] = checkRegistry(new Map([['organisation.yaml', variant]]), NOW);
    expect(diagnostic).toMatchObject({ code: 'unknown-key', line: 2, column: 1, path: 'curency' });
  }
});

test('a registry may begin with the name of the company alone', () => {
  expect(checkRegistry(new Map([['organisation.yaml', 'name: X\n']]), NOW)).toEqual([]);
});
