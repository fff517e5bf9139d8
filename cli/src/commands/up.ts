import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Embedded } from '@agentops/processor';
import { type ReceiverOptions, receiverOf } from '../alerts/receiver.ts';
import { createWebhooks } from '../alerts/webhooks/embedded.ts';
import { readSecrets } from '../alerts/webhooks/secrets.ts';
import { findControl, removeControl, writeControl } from '../control.ts';
import { requireDataFolder } from '../data-folder.ts';
import { startMetrics } from '../metrics/embedded.ts';
import { fail, usageError } from '../output/fail.ts';
import { count } from '../output/numbers.ts';
import { bold, cyan, dim } from '../output/style.ts';
import { requireFree } from '../ports.ts';
import { requireRegistry } from '../registry-folder.ts';
import { readToken } from '../token.ts';
import { readUsers } from '../users.ts';

export interface UpOptions extends ReceiverOptions {
  readonly data: string;
  readonly registry?: string;
  readonly otlpPort: number;
  readonly pagePort: number;
  readonly host?: string;
  readonly tokenFile?: string;
  readonly clickhousePort: number;
  readonly clickhouseHost?: string;
  readonly clickhouseUsers?: string;
}

export interface Running {
  readonly embedded: Embedded;
  readonly otlpUrl: string;
  readonly pageUrl: string;
  /** The same page for those who may see what was said. */
  readonly contentUrl: string;
  readonly clickhouseUrl: string;
  stop(): Promise<void>;
}

export async function up(options: UpOptions): Promise<void> {
  const running = await start(options);
  announce(running, options.data);
  await untilStopped(running);
}

const LOOPBACK = /^(127\.|localhost$|::1$)/;

/** Starts receiver, processor, store and page; throws, with nothing left running, when one of them cannot. */
export async function start(options: UpOptions): Promise<Running> {
  const host = options.host ?? '127.0.0.1';
  requireRegistry(options.registry);
  const token = readToken(options.tokenFile);
  if (token === undefined && !LOOPBACK.test(host)) {
    throw usageError(`on ${host} other machines could write: name a file with a secret by --token-file`);
  }
  const clickhouseHost = options.clickhouseHost ?? '127.0.0.1';
  // The page asks as `grafana` for those who hold its token.
  const tokens = { grafana: randomBytes(24).toString('hex'), ...readUsers(options.clickhouseUsers) };
  if (!LOOPBACK.test(clickhouseHost) && tokens.analyst === undefined) {
    throw usageError(
      `on ${clickhouseHost} other machines could read: give every user a token in a file named by --clickhouse-users`,
    );
  }
  const receiver = receiverOf(options);
  const onLog = (message: string): void => void process.stderr.write(`${message}\n`);
  const webhooks = createWebhooks({ secrets: readSecrets(process.env), now: Date.now, onLog });
  const dataDir = requireDataFolder(options.data, true);
  const other = await findControl(dataDir);
  if (other !== null) {
    throw new Error(
      `${options.data} is in use by process ${other.pid} (agentops up): its start page is http://127.0.0.1:${other.pagePort}`,
    );
  }
  await requireFree(options.otlpPort, host, '--otlp-port');
  await requireFree(options.pagePort, '127.0.0.1', '--page-port');
  await requireFree(options.clickhousePort, clickhouseHost, '--clickhouse-port');
  const { startEmbedded } = await import('@agentops/processor');
  const { startPage } = await import('../page/server.ts');
  const embedded = await startEmbedded({
    dataDir,
    registryDir: options.registry,
    host,
    otlpPort: options.otlpPort,
    token,
    door: webhooks.door,
    clickhouse: { host: clickhouseHost, port: options.clickhousePort, tokens },
    onLog,
  });
  const metrics = startMetrics(dataDir, onLog);
  try {
    await webhooks.open(dataDir);
    const otlpUrl = urlOf(host, embedded.otlpPort);
    const clickhouseUrl = urlOf(clickhouseHost, embedded.clickhouse?.port ?? options.clickhousePort);
    const page = await startPage({
      embedded,
      port: options.pagePort,
      dataDir,
      registryDir: options.registry === undefined ? null : resolve(options.registry),
      otlpUrl,
      clickhouseUrl,
      needsToken: token !== undefined,
      clickhouseTokens: tokens,
      actOnAlert: webhooks.act,
      metrics: metrics.answer,
    });
    const alerting =
      receiver === null
        ? null
        : (await import('../alerts/embedded.ts')).startAlerting({
            dataDir,
            receiver,
            onLog,
            pageUrl: `http://127.0.0.1:${page.port}`,
            ...(options.grafanaUrl !== undefined && { grafanaUrl: options.grafanaUrl }),
          });
    writeControl(dataDir, { pid: process.pid, pagePort: page.port, token: page.token });
    const pageUrl = `http://127.0.0.1:${page.port}`;
    return {
      embedded,
      otlpUrl,
      clickhouseUrl,
      pageUrl,
      contentUrl: `${pageUrl}/d/agentops-run#token=${page.contentToken}`,
      async stop() {
        removeControl(dataDir);
        await page.close();
        await metrics.stop();
        await alerting?.stop();
        await webhooks.close();
        await embedded.stop();
      },
    };
  } catch (error) {
    await metrics.stop();
    await webhooks.close();
    await embedded.stop();
    throw error;
  }
}

const urlOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

export function announce({ otlpUrl, clickhouseUrl, pageUrl, contentUrl }: Running, data: string): void {
  const line = (name: string, value: string, note = ''): string =>
    `  ${bold(name.padEnd(11))} ${value}  ${dim(note)}`.trimEnd();
  process.stdout.write(
    `${[
      '',
      line('OTLP/HTTP', cyan(otlpUrl), 'protobuf or JSON, gzip or not'),
      line('ClickHouse', cyan(clickhouseUrl), 'SQL for curl, Grafana, notebooks: read-only'),
      line('start page', cyan(pageUrl)),
      line('dashboards', cyan(`${pageUrl}/d/agentops-fleet`), 'as Grafana draws them'),
      line('content', cyan(contentUrl), 'what was said, where the registry keeps it, masked'),
      line('alerts', cyan(`${pageUrl}/alerts`), 'what fires, who has it, runbooks'),
      line('data', resolve(data)),
      '',
      line('send', `export OTEL_EXPORTER_OTLP_ENDPOINT=${otlpUrl}`),
      line('ask', `npx agentops report --data ${data}`),
      line('stop', 'Ctrl-C', 'what was accepted is stored first'),
    ].join('\n')}\n\n`,
  );
}

/**
 * Waits for Ctrl-C or SIGTERM, then stores what was accepted and ends the process with 0; a second one ends it at once.
 * Ends it with 1 when the pipeline fails, or when something accepted could not be stored.
 */
export async function untilStopped(running: Running): Promise<never> {
  const signalled = new Promise<null>((resolve) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(130);
      stopping = true;
      process.stderr.write('stopping: storing what was accepted …\n');
      resolve(null);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
  const failure = await Promise.race([signalled, running.embedded.failed]);
  if (failure !== null) {
    const { lagRecords } = running.embedded.stats();
    // That something is left is part of the failure, and said below.
    await running.stop().catch(() => {});
    const left =
      lagRecords > 0 ? `${count(lagRecords)} accepted requests wait in its log` : 'nothing is left over';
    fail(
      new Error(`${failure.message}; ${left}: start agentops up on this folder again`, { cause: failure }),
    );
  }
  try {
    await running.stop();
  } catch (error) {
    fail(error);
  }
  process.exit(0);
}
