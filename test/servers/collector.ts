import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts, startServer, untilReady } from './process.ts';
import { have, testFile } from './tools.ts';

const run = promisify(execFile);
/** Made by the Collector Builder of deploy/generated/collector/builder.yaml, and committed: no builder is needed. */
const SOURCES = testFile('servers/collector');
const START_MS = 30_000;

/** A real Collector. */
export interface CollectorServer {
  /** Where its OTLP/HTTP receiver listens. */
  readonly url: string;
  /** What its own Prometheus endpoint says now. */
  metrics(): Promise<string>;
  readonly metricsUrl: string;
  readonly healthUrl: string;
  /** What it printed last. */
  said(): string;
  /** By SIGKILL. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface CollectorOptions {
  /** Files, merged in this order. */
  readonly configs: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly gates?: string;
  /** Holds its queue; made and removed when left out. */
  readonly dir?: string;
}

/** Go is there. Loud where it is not; an error where CI is set. */
export function haveCollector(): boolean {
  return have('the OpenTelemetry Collector', 'go');
}

/**
 * Starts a Collector on free ports of loopback: `AGENTOPS_HTTP_PORT`, `AGENTOPS_GRPC_PORT`, `AGENTOPS_METRICS_PORT` and
 * `AGENTOPS_HEALTH` tell its configuration which.
 */
export async function startCollector(options: CollectorOptions): Promise<CollectorServer> {
  const binary = await buildCollector();
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'agentops-collector-'));
  const [http, grpc, metrics, health, branch] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const server = startServer(binary, argumentsOf(options), {
    cwd: dir,
    env: {
      AGENTOPS_HTTP_PORT: `${http}`,
      AGENTOPS_GRPC_PORT: `${grpc}`,
      AGENTOPS_METRICS_PORT: `${metrics}`,
      AGENTOPS_BRANCH_PORT: `${branch}`,
      AGENTOPS_HEALTH: `127.0.0.1:${health}`,
      AGENTOPS_QUEUE_DIR: join(dir, 'queue'),
      AGENTOPS_DIGEST_KEY: '00112233445566778899aabbccddeeff',
      ...options.env,
    },
  });
  const url = `http://127.0.0.1:${http}`;
  const metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
  try {
    await untilReady(
      async () => {
        // An empty request is answered once every pipeline runs.
        const answer = await fetch(`${url}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        });
        // With a token to be shown, 401 is an answer as well.
        if (answer.status !== 200 && answer.status !== 401) throw new Error(`it answers ${answer.status}`);
      },
      START_MS,
      () => server.said(),
    );
  } catch (error) {
    await server.kill();
    throw error;
  }
  return {
    url,
    metricsUrl,
    healthUrl: `http://127.0.0.1:${health}/`,
    metrics: async () => await (await fetch(metricsUrl)).text(),
    said: () => server.said(),
    kill: () => server.kill(),
    async stop() {
      await server.kill();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What the Collector has against a configuration; '' when it takes it. */
export async function validateConfig(options: CollectorOptions): Promise<string> {
  const binary = await buildCollector();
  try {
    await run(binary, ['validate', ...argumentsOf(options)], { env: { ...process.env, ...options.env } });
    return '';
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

function argumentsOf({ configs, gates }: CollectorOptions): string[] {
  return [
    ...(gates === undefined ? [] : [`--feature-gates=${gates}`]),
    ...configs.flatMap((config) => ['--config', config]),
  ];
}

/** The sum of a counter over all series whose labels contain every one of `labels`. */
export function counter(metrics: string, name: string, ...labels: readonly string[]): number {
  let sum = 0;
  for (const line of metrics.split('\n')) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
    if (labels.every((label) => line.includes(label))) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}

/** The program, built once for each content of its sources: two minutes at first, nothing later. */
export async function buildCollector(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of readdirSync(SOURCES).sort()) hash.update(readFileSync(join(SOURCES, file)));
  const binary = join(
    homedir(),
    '.cache/agentops-tests',
    `collector-${hash.digest('hex').slice(0, 12)}`,
    'otelcol',
  );
  if (existsSync(binary)) return binary;
  const made = mkdtempSync(join(tmpdir(), 'agentops-collector-build-'));
  try {
    await run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', join(made, 'otelcol'), '.'], {
      cwd: SOURCES,
      env: { ...process.env, GOFLAGS: '-buildvcs=false -mod=readonly', CGO_ENABLED: '0' },
    });
    mkdirSync(dirname(binary), { recursive: true });
    // Whole or not at all, also when two test files build at once.
    renameSync(join(made, 'otelcol'), binary);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return binary;
}
