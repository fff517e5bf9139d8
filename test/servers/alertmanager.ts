import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts, startServer, untilReady } from './process.ts';
import { have } from './tools.ts';

const run = promisify(execFile);
/** Later ones do not build from their module alone: their pages are not in it. */
const VERSION = 'v0.31.1';

/** Go is there. Loud where it is not; an error where CI is set. */
export function haveAlertmanager(): boolean {
  return have('Alertmanager', 'go');
}

/** alertmanager and amtool, built once from their Go module. */
export async function buildAlertmanager(): Promise<string> {
  const dir = join(homedir(), '.cache', 'agentops-tests', `alertmanager-${VERSION}`);
  if (existsSync(join(dir, 'complete'))) return dir;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const module = 'github.com/prometheus/alertmanager/cmd';
  await run('go', ['install', `${module}/alertmanager@${VERSION}`, `${module}/amtool@${VERSION}`], {
    env: { ...process.env, GOBIN: dir, GOFLAGS: '-buildvcs=false' },
    maxBuffer: 1 << 26,
  });
  writeFileSync(join(dir, 'complete'), '');
  return dir;
}

export interface AlertmanagerServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a real Alertmanager on a configuration file; it keeps its state in `dir`. */
export async function startAlertmanager(
  bin: string,
  config: string,
  dir: string,
): Promise<AlertmanagerServer> {
  const [port] = (await freePorts(1)) as [number];
  const url = `http://127.0.0.1:${port}`;
  const server = startServer(
    join(bin, 'alertmanager'),
    [
      `--config.file=${config}`,
      `--storage.path=${dir}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { cwd: dir },
  );
  await untilReady(
    async () => {
      const answer = await fetch(`${url}/-/ready`);
      if (!answer.ok) throw new Error(String(answer.status));
    },
    20_000,
    server.said,
  );
  return { url, stop: () => server.kill() };
}
