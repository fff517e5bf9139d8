import { readdirSync, readFileSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Who holds a directory. */
export interface Holder {
  readonly pid: number;
  /** When the process began, in the kernel's own ticks; tells a reused pid from the holder. '' where unknown. */
  readonly started: string;
  /** The kernel's id of this boot; '' where unknown. */
  readonly boot: string;
  /** What the holder wants others to know, e.g. the address at which it answers. */
  readonly note: string;
}

export interface DirectoryLock {
  /** The machine was restarted, or lost its power, while somebody held the directory. */
  readonly bootChanged: boolean;
  release(): Promise<void>;
}

export class DirectoryHeldError extends Error {
  readonly holder: Holder;
  constructor(dir: string, holder: Holder) {
    super(`${dir} is in use by process ${holder.pid}${holder.note === '' ? '' : ` (${holder.note})`}`);
    this.name = 'DirectoryHeldError';
    this.holder = holder;
  }
}

/**
 * Takes a directory for this process alone; throws {@link DirectoryHeldError} when a living one has it.
 *
 * Lock files are numbered and the highest number holds. The number only grows, a file appears complete (hard
 * link) or not at all, and a holder removes only lower ones: so of two processes that see the same dead holder
 * exactly one gets the next number, and a death at any step leaves nothing to repair. Processes that do not see
 * each other's pids (two containers on one volume) are beyond it.
 */
export async function lockDirectory(dir: string, note = ''): Promise<DirectoryLock> {
  await mkdir(dir, { recursive: true });
  const self: Holder = { pid: process.pid, started: startTime(process.pid), boot: bootId(), note };
  const draft = join(dir, `lock.draft.${process.pid}.${Math.random().toString(36).slice(2)}`);
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 });
  try {
    for (;;) {
      const last = (await lockNumbers(dir)).at(-1) ?? 0;
      const previous = last === 0 ? null : await readHolder(join(dir, `lock.${last}`));
      if (previous !== null && isAlive(previous)) throw new DirectoryHeldError(dir, previous);
      const mine = last + 1;
      const path = join(dir, `lock.${mine}`);
      try {
        await link(draft, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw error;
      }
      const numbers = await lockNumbers(dir);
      if (numbers.at(-1) !== mine) {
        await unlink(path);
        continue;
      }
      for (const number of numbers) if (number < mine) await unlinkIfThere(join(dir, `lock.${number}`));
      return {
        bootChanged: last > 0 && previous?.pid !== RELEASED && previous?.boot !== self.boot,
        async release() {
          // The number must not be used again, so the file stays, without a holder.
          const released = `${path}.released`;
          await writeFile(released, JSON.stringify({ ...self, pid: RELEASED }), { mode: 0o600 });
          await rename(released, path);
        },
      };
    }
  } finally {
    await unlinkIfThere(draft);
  }
}

/** The living process that holds a directory, or null. */
export async function directoryHolder(dir: string): Promise<Holder | null> {
  const last = (await lockNumbers(dir)).at(-1);
  if (last === undefined) return null;
  const holder = await readHolder(join(dir, `lock.${last}`));
  return holder !== null && isAlive(holder) ? holder : null;
}

/** The pid that stands in the file of a lock that was given back. */
const RELEASED = 0;

async function lockNumbers(dir: string): Promise<number[]> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => /^lock\.\d+$/.test(name))
    .map((name) => Number(name.slice(5)))
    .sort((a, b) => a - b);
}

/** null when the file is gone or, after a power cut, empty: nobody living wrote it. */
async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.pid === RELEASED || holder.boot !== bootId()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (isZombie(holder.pid)) return false;
  const started = startTime(holder.pid);
  return started === '' || holder.started === '' || started === holder.started;
}

/** Killed, but its parent does not ask for its end: nothing of it runs any more once its last thread is gone. */
function isZombie(pid: number): boolean {
  try {
    return processStat(pid)[0] === 'Z' && readdirSync(`/proc/${pid}/task`).length === 1;
  } catch {
    return false;
  }
}

function startTime(pid: number): string {
  try {
    return processStat(pid)[19] ?? '';
  } catch {
    return '';
  }
}

/** proc_pid_stat(5) from its third field on, the state; the second one, the name, may hold blanks and parentheses. */
function processStat(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
