import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { changesOf, writeGenerated } from './write.ts';

test('the generated folders hold exactly what was generated', () => {
  const out = mkdtempSync(join(tmpdir(), 'agentops-generate-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const one = { path: 'dashboards/generated/fleet.json', text: '{}\n' };
  const two = { path: 'alerts/generated/runbooks/loop.md', text: '# Loop\n' };
  expect(writeGenerated([one, two], out)).toEqual([
    { path: two.path, what: 'added' },
    { path: one.path, what: 'added' },
  ]);
  expect(changesOf([one, two], out)).toEqual([]);
  const changed = { ...one, text: '{"a":1}\n' };
  expect(writeGenerated([changed], out)).toEqual([
    { path: two.path, what: 'removed' },
    { path: one.path, what: 'changed' },
  ]);
  expect(readFileSync(join(out, one.path), 'utf8')).toBe(changed.text);
  expect(changesOf([changed], out)).toEqual([]);
});
