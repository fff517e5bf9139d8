import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts, startServer, untilReady } from './process.ts';
import { folderOf, have } from './tools.ts';

const run = promisify(execFile);
/** Prometheus 3.16; Debian 12 has 2.42. */
const VERSION = 'v0.316.0';

/** A Prometheus is installed, or Go can build one. Loud where neither is; an error where CI is set. */
export function havePrometheus(): boolean {
  const isInstalled = folderOf('prometheus') !== null && folderOf('promtool') !== null;
  return isInstalled || have('Prometheus', 'go');
}

/**
 * The folder of prometheus and promtool: the installed ones (Debian's package of that name), else built once from their Go
 * module, without what discovers targets in clouds, which takes longest.
 */
export async function findPrometheus(): Promise<string> {
  const installed = folderOf('prometheus');
  if (installed !== null && folderOf('promtool') === installed) return installed;
  const dir = join(homedir(), '.cache', 'agentops-tests', `prometheus-${VERSION}`);
  if (existsSync(join(dir, 'complete'))) return dir;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const module = 'github.com/prometheus/prometheus/cmd';
  await run('go', ['install', `${module}/promtool@${VERSION}`, `${module}/prometheus@${VERSION}`], {
    env: { ...process.env, GOBIN: dir, GOFLAGS: '-buildvcs=false -tags=remove_all_sd' },
    maxBuffer: 1 << 26,
  });
  writeFileSync(join(dir, 'complete'), '');
  return dir;
}

/** What promtool says; throws with all of it where it is not content. */
export function promtool(bin: string, args: readonly string[], input = ''): string {
  try {
    return execFileSync(join(bin, 'promtool'), args, { input, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`, { cause: error });
  }
}

/** Of the promtool in a folder. One that Go has built from its module knows no version: it is the one named above. */
export function majorVersion(bin: string): number {
  const said = execFileSync(join(bin, 'promtool'), ['--version'], { encoding: 'utf8' });
  return Number(/version (\d+)\./.exec(said)?.[1] ?? 3);
}

export interface PrometheusServer {
  /** The data of an answer of its API v1. */
  ask<Data>(path: string, parameters?: Readonly<Record<string, string>>): Promise<Data>;
  stop(): Promise<void>;
}

/** Starts a real Prometheus on a configuration file; it keeps its data in `dir`. */
export async function startPrometheus(bin: string, config: string, dir: string): Promise<PrometheusServer> {
  const [port] = (await freePorts(1)) as [number];
  const url = `http://127.0.0.1:${port}`;
  const server = startServer(
    join(bin, 'prometheus'),
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // What is told before its receivers are known is told again.
      '--rules.alert.resend-delay=1s',
    ],
    { cwd: dir },
  );
  await untilReady(
    async () => {
      const answer = await fetch(`${url}/-/ready`);
      if (!answer.ok) throw new Error(String(answer.status));
    },
    30_000,
    server.said,
  );
  return {
    async ask<Data>(path: string, parameters: Readonly<Record<string, string>> = {}) {
      const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
      const { data, error } = (await answer.json()) as { data: Data; error?: string };
      if (!answer.ok) throw new Error(error ?? String(answer.status));
      return data;
    },
    stop: () => server.kill(),
  };
}
