import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of the torture run; it ends with its parent, however that one ends. */
export interface Child {
  readonly process: ChildProcess;
  said(): string;
  /** The next message of this kind. */
  told<T>(kind: string): Promise<T>;
  /** Stands still for so long, ms, heartbeats and all; then goes on as if nothing had been. */
  freeze(ms: number): void;
  /** For so long, ms, it stands still most of the time. */
  slow(ms: number): void;
  kill(): Promise<void>;
  /** SIGTERM, and its exit code. */
  end(): Promise<number | null>;
}

/** Starts one of the scripts beside this file, compiled, with options as its one argument. */
export function startChild(script: string, options: object): Child {
  const folder = import.meta.url.endsWith('.ts') ? '../dist/torture/' : './';
  const path = fileURLToPath(new URL(`${folder}${script}.js`, import.meta.url));
  const child = fork(path, [JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (part) => {
      said = (said + part).slice(-10_000);
    });
  }
  const ended = once(child, 'exit');
  return {
    process: child,
    said: () => said,
    told: (kind) =>
      new Promise((resolve, reject) => {
        child.on('message', (message: { kind: string; value: never }) => {
          if (message.kind === kind) resolve(message.value);
        });
        ended.then(([code]) => reject(new Error(`${script} ended with ${code}:\n${said}`)));
      }),
    freeze: (ms) => void child.send({ freeze: ms }),
    slow: (ms) => void child.send({ slow: ms }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async end() {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code as number | null;
    },
  };
}

/** In a child: its options. It ends when the parent does, and stands still when it is told to. */
export function childOptions<T>(): T {
  // At once: the engine, asked to end in the middle of a merge or a query, may wait for itself.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('message', ({ freeze, slow }: { freeze?: number; slow?: number }) => {
    if (freeze !== undefined) standStill(freeze);
    if (slow !== undefined) {
      const timer = setInterval(() => standStill(STILL_MS), MOVES_EVERY_MS);
      setTimeout(() => clearInterval(timer), slow);
    }
  });
  return JSON.parse(process.argv[2]!) as T;
}

const STILL_MS = 350;
const MOVES_EVERY_MS = 400;

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

export function tell(kind: string, value: unknown): void {
  process.send?.({ kind, value });
}
