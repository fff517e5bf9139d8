import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DirectoryHeldError, directoryHolder, lockDirectory } from './lock.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Leaves the lock of a process that is no more. */
async function leaveLock(number: number, fields: object): Promise<void> {
  await writeFile(
    join(dir, `lock.${number}`),
    JSON.stringify({ pid: 2 ** 22 + 1, started: '', note: '', ...fields }),
  );
}

test('of many that want a directory one gets it, and the others are told who has it', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => lockDirectory(dir, `note ${i}`)),
  );
  const won = results.filter((result) => result.status === 'fulfilled');
  const lost = results.filter((result) => result.status === 'rejected');
  expect([won.length, lost.length]).toEqual([1, 19]);
  for (const { reason } of lost) {
    expect(reason).toBeInstanceOf(DirectoryHeldError);
    expect(reason.message).toMatch(`in use by process ${process.pid} (note `);
  }
  expect((await directoryHolder(dir))?.pid).toBe(process.pid);
});

test.each([
  ['a pid that no longer exists', {}],
  ['a pid that has been given to another process', { pid: process.pid, started: '1' }],
  ['an earlier boot', { pid: process.pid, boot: 'earlier' }],
])('one of many takes over from %s', async (_, holder) => {
  await leaveLock(41, holder);
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(dir)));
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  expect((await readdir(dir)).sort()).toEqual(['lock.42']);
});

test.runIf(process.platform === 'linux')(
  'one that was killed, and that nobody has buried, holds nothing',
  async () => {
    // The shell starts a child and becomes a program that never asks for its end.
    const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000']);
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(line);
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
      await leaveLock(1, { pid, boot });
      await expect(lockDirectory(dir)).rejects.toThrow(`in use by process ${pid}`);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z ');
      await (await lockDirectory(dir)).release();
    } finally {
      parent.kill('SIGKILL');
    }
  },
);

test('a lock cut short by a power cut holds nobody up', async () => {
  await writeFile(join(dir, 'lock.7'), '');
  expect((await lockDirectory(dir)).bootChanged).toBe(true);
  expect(await readdir(dir)).toEqual(['lock.8']);
});

test('what was given back can be taken again', async () => {
  for (let i = 0; i < 3; i++) {
    const lock = await lockDirectory(dir);
    expect(lock.bootChanged).toBe(false);
    await lock.release();
    expect(await directoryHolder(dir)).toBeNull();
  }
});

test('a restart of the machine is told only to who comes after a holder', async () => {
  await leaveLock(1, { boot: 'earlier' });
  expect((await lockDirectory(dir)).bootChanged).toBe(true);
  await rm(join(dir, 'lock.2'));
  await leaveLock(3, { boot: 'earlier', pid: 0 });
  expect((await lockDirectory(dir)).bootChanged).toBe(false);
});
