import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Embedded } from '@agentops/processor';
import { removeControl, writeControl } from '../control.ts';
import { bold, cyan, dim } from '../output/style.ts';

export interface UpOptions {
  data: string;
  registry?: string;
  otlpPort: number;
  pagePort: number;
  host?: string;
  tokenFile?: string;
}

export interface Running {
  readonly embedded: Embedded;
  readonly otlpUrl: string;
  readonly pageUrl: string;
  stop(): Promise<void>;
}

/** Starts receiver, processor, store and page, and says how to reach them. */
export async function start(options: UpOptions): Promise<Running> {
  const { startEmbedded } = await import('@agentops/processor');
  const { startPage } = await import('../page/server.ts');
  const dataDir = resolve(options.data);
  const embedded = await startEmbedded({
    dataDir,
    registryDir: options.registry,
    host: options.host,
    otlpPort: options.otlpPort,
    token: options.tokenFile === undefined ? undefined : readFileSync(options.tokenFile, 'utf8').trim(),
    onLog: (message) => process.stderr.write(`${message}\n`),
  });
  const otlpUrl = `http://${options.host ?? '127.0.0.1'}:${embedded.otlpPort}`;
  const page = await startPage({
    embedded,
    port: options.pagePort,
    dataDir,
    registryDir: options.registry,
    otlpUrl,
  });
  writeControl(dataDir, { pid: process.pid, url: page.url, token: page.token });
  return {
    embedded,
    otlpUrl,
    pageUrl: page.url,
    async stop() {
      removeControl(dataDir);
      await page.close();
      await embedded.stop();
    },
  };
}

export async function up(options: UpOptions): Promise<void> {
  const running = await start(options);
  announce(running, options.data);
  await untilStopped(running);
}

export function announce({ otlpUrl, pageUrl }: Running, dataDir: string): void {
  process.stdout.write(
    [
      '',
      `  ${bold('OTLP/HTTP')}   ${cyan(otlpUrl)}   ${dim('send telemetry here: OTEL_EXPORTER_OTLP_ENDPOINT')}`,
      `  ${bold('start page')}  ${cyan(pageUrl)}`,
      `  ${bold('data')}        ${resolve(dataDir)}`,
      '',
      `  ${dim('ask it:   npx agentops report --data')} ${dim(dataDir)}`,
      `  ${dim('stop it:  Ctrl-C; what was accepted is stored first')}`,
      '',
      '',
    ].join('\n'),
  );
}

/** Waits for Ctrl-C or SIGTERM, then drains and closes; a second one ends at once. */
export async function untilStopped(running: Running): Promise<void> {
  await new Promise<void>((resolveStopped) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(130);
      stopping = true;
      process.stdout.write('stopping: storing what was accepted …\n');
      running.stop().then(resolveStopped, (error: Error) => {
        process.stderr.write(`${error.message}\n`);
        process.exit(1);
      });
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
  process.exit(0);
}
