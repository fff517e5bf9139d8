/** An error of the user's command line rather than of the work: exit code 2. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { exitCode: 2 });
}

/** What went wrong in one line, and what to do; the stack only with AGENTOPS_DEBUG. Ends the process with 1 or 2. */
export function fail(error: unknown): never {
  const { message, exitCode } = describeError(error);
  process.stderr.write(`agentops: ${message}\n`);
  if (process.env['AGENTOPS_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(exitCode);
}

/** What to do about errors of other packages, by their name. */
const ADVICE: Readonly<Record<string, string>> = {
  DirectoryHeldError: ': wait until it ends, stop it, or name another --data',
};

/** Errors of the operating system, in words. */
const SYSTEM: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'not permitted',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'part of its path is no folder',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than allowed',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
};

function inWords(error: Error): string {
  const { code, path } = error as NodeJS.ErrnoException;
  const words = code === undefined ? undefined : SYSTEM[code];
  if (words === undefined) return `${error.message}${ADVICE[error.name] ?? ''}`;
  return path === undefined ? words : `${path}: ${words}`;
}

/** The message without the blanks and dots that engines leave at its end. */
export function describeError(error: unknown): { message: string; exitCode: number } {
  const text = error instanceof Error ? inWords(error) : String(error);
  const given = (error as { exitCode?: unknown } | null)?.exitCode;
  return { message: text.trim().replace(/\s+\.?$/, ''), exitCode: typeof given === 'number' ? given : 1 };
}
