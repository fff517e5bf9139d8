import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts a script beside this file in a process of its own, so that no figure pays for another's memory and code. */
export function startScript(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  return fork(fileURLToPath(new URL(script, import.meta.url)), args, { env: { ...process.env, ...env } });
}

/** The first message of a process; rejects when it ends without one. */
export function messageOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${child.spawnargs.at(1)} ended with ${code}`)));
  });
}

/** What a script has to say, once it has ended. */
export async function measure<T>(script: string, args: readonly string[] = []): Promise<T> {
  const child = startScript(script, args);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const result = await messageOf<T>(child);
  await ended;
  return result;
}
