/** What went wrong in one line, and what to do; the stack only for those who ask. Exit code 1. */
export function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`agentops: ${message}\n`);
  if (process.env['AGENTOPS_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
