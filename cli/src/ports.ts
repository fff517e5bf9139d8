import { createServer } from 'node:net';

/** Whether this process may listen there now. A port below 1024 without the right to it counts as taken. */
export function isFree(port: number, host: string): Promise<boolean> {
  if (port === 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** Throws what to do when a port that was asked for is taken: better before anything has been started. */
export async function requireFree(port: number, host: string, option: string): Promise<void> {
  if (!(await isFree(port, host)))
    throw new Error(`port ${port} of ${host} is taken: choose another with ${option}`);
}
