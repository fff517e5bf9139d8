import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drain } from '../contract.case.ts';
import { openWal } from './wal.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wal-kill-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Runs the writer until it has said `lines` lines, kills it there, and returns all that it said. */
async function runAndKill(fsync: string, lines: number): Promise<string[]> {
  const script = fileURLToPath(new URL('./kill.case.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, dir, fsync], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  child.stderr.on('data', (data) => {
    complaint += data;
  });
  child.stdout.on('data', (data) => {
    said += data;
    if (said.split('\n').length > lines) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('close', (_, killedBy) => resolve(killedBy)));
  expect([signal, complaint]).toEqual(['SIGKILL', '']);
  return said.split('\n').slice(0, -1);
}

test.each(['never', 'interval', 'always'])(
  'what was acknowledged under fsync %s survives kill −9',
  async (fsync) => {
    const promised = new Map<number, string>();
    let committed = 0;
    for (const lines of [1, 40, 90, 23]) {
      for (const line of await runAndKill(fsync, lines)) {
        const [what, offset, digest] = line.split(' ');
        if (what === 'a') {
          expect(promised.has(Number(offset))).toBe(false);
          promised.set(Number(offset), digest!);
        } else committed = Math.max(committed, Number(offset));
      }
      const wal = await openWal(dir);
      expect(wal.stats().committed).toBeGreaterThanOrEqual(committed);
      expect(wal.stats().nextOffset).toBeGreaterThan(Math.max(...promised.keys()));
      await wal.close();
    }

    // Without the commit file everything that is kept is delivered from the start.
    await rm(join(dir, 'committed'), { force: true });
    const wal = await openWal(dir);
    const records = (await drain(wal.source())).flatMap((chunk) => chunk.records);
    await wal.close();
    const found = new Map(
      records.map((record) => [
        record.offset,
        createHash('sha256').update(record.body).digest('hex').slice(0, 16),
      ]),
    );
    expect(records.filter((record) => record.fault !== undefined)).toEqual([]);
    expect(found.size).toBe(records.length);
    const missing = [...promised].filter(([offset, digest]) => found.get(offset) !== digest);
    expect(missing).toEqual([]);
  },
);
