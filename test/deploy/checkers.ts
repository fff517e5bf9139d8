import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { have, testFile } from '../servers/tools.ts';

/** Python is there. Loud where it is not; an error where CI is set. */
export function haveCheckers(): boolean {
  return have('the checkers of deploy/', 'python3');
}

/** The tools' own checkers in an environment of their own, kept between runs. */
export function installCheckers(): string {
  const files = ['requirements.txt', 'compose-requirements.txt'].map((name) => testFile(`deploy/${name}`));
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  const venv = join(homedir(), '.cache/agentops-tests', `deploy-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(join(venv, 'complete'))) return join(venv, 'bin');
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(join(venv, '..'), { recursive: true });
  execFileSync('python3', ['-m', 'venv', venv], { stdio: 'pipe' });
  const pip = (...args: string[]): void => {
    execFileSync(join(venv, 'bin/pip'), ['--quiet', 'install', ...args], { stdio: 'pipe' });
  };
  pip('-r', files[0]!);
  // For its schema alone: what it needs does not build any more.
  pip('--no-deps', '-r', files[1]!);
  writeFileSync(join(venv, 'complete'), '');
  return join(venv, 'bin');
}

/** What a checker says; throws with all of it when it is not content. */
export function check(command: string, ...args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`, { cause: error });
  }
}
