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

/** The message without the blanks and dots that engines leave at its end. */
export function describeError(error: unknown): { message: string; exitCode: number } {
  const text = error instanceof Error ? `${error.message}${ADVICE[error.name] ?? ''}` : String(error);
  const given = (error as { exitCode?: unknown } | null)?.exitCode;
  return { message: text.trim().replace(/\s+\.?$/, ''), exitCode: typeof given === 'number' ? given : 1 };
}
