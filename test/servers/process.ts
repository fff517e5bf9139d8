import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * Runs a command under a shell that ends it when this process is gone, however it went: the shell waits for the end of its
 * input, which the operating system closes.
 */
export function startServer(command: string, args: readonly string[], options: ServerOptions): RunningServer {
  const script = '"$@" </dev/null & child=$!; cat >/dev/null; kill -9 $child 2>/dev/null';
  const shell = spawn('sh', ['-c', script, 'sh', command, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  const hear = (part: Buffer): void => {
    said = (said + part).slice(-20_000);
  };
  shell.stdout.on('data', hear);
  shell.stderr.on('data', hear);
  shell.stdin.on('error', () => {});
  return {
    shell,
    said: () => said,
    async kill() {
      if (shell.exitCode !== null || shell.signalCode !== null) return;
      const gone = once(shell, 'exit');
      shell.stdin.end();
      await gone;
    },
    async signal(signal) {
      if (shell.exitCode === null) process.kill(-shell.pid!, signal);
    },
  };
}

export interface ServerOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningServer {
  readonly shell: ChildProcess;
  /** The end of what it printed. */
  said(): string;
  /** By SIGKILL. */
  kill(): Promise<void>;
  /** To the server, e.g. SIGSTOP and SIGCONT. */
  signal(signal: NodeJS.Signals): Promise<void>;
}

/** Ports that are free now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Tries until `check` does not throw. Throws its last error, with what `about` tells, when time is over. */
export async function untilReady(
  check: () => Promise<unknown>,
  ms: number,
  about: () => string,
): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end)
        throw new Error(`not ready after ${ms} ms: ${(error as Error).message}\n${about()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
