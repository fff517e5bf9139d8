import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { buildAlertmanager, startAlertmanager } from '../servers/alertmanager.ts';
import { type MailServer, startMailServer } from '../servers/smtp.ts';

export type Labels = Readonly<Record<string, string>>;

/** What a webhook of an Alertmanager was told. */
export interface Told {
  readonly receiver: string;
  readonly status: string;
  readonly alerts: readonly { readonly labels: Labels; readonly annotations: Labels }[];
}

/** A real Alertmanager with a configuration, and real receivers of what it tells. */
export interface Site {
  /** Receivers of an alert, by the id that `post` gave it. */
  receivers(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Alerts that are silenced by others. */
  inhibited(): Promise<string[]>;
  /** Alerts that nobody is told of now, by the names of the windows. */
  muted(): Promise<ReadonlyMap<string, readonly string[]>>;
  post(alerts: readonly { readonly labels: Labels; readonly annotations?: Labels }[]): Promise<void>;
  readonly told: readonly Told[];
  readonly mail: MailServer;
  stop(): Promise<void>;
}

/** A configuration as YAML says it; tests change it. */
export interface Config {
  global?: Record<string, unknown>;
  route: Route;
  receivers: Record<string, unknown>[];
  [key: string]: unknown;
}
interface Route {
  group_wait?: string;
  routes?: Route[];
  [key: string]: unknown;
}

/** Label by which an answer is found again. */
const ID = 'asked';

/**
 * Starts an Alertmanager on a configuration. Its routes, inhibitions and windows are left as they are; of its receivers those
 * that send mail send it to a mail server of the test, all others post to a web server of the test.
 */
export async function startSite(config: Config): Promise<Site> {
  const bin = await buildAlertmanager();
  const dir = mkdtempSync(join(tmpdir(), 'agentops-routing-'));
  const told: Told[] = [];
  const web = await listen((body) => told.push(JSON.parse(body) as Told));
  const mail = await startMailServer();
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  const mailServer = { smarthost: `127.0.0.1:${mail.port}`, from: 'alerts@test', require_tls: false };
  const local: Config = {
    ...config,
    global: {
      ...config.global,
      smtp_smarthost: mailServer.smarthost,
      smtp_from: mailServer.from,
      smtp_require_tls: false,
    },
    receivers: config.receivers.map(({ name, email_configs: mails }) => ({
      name,
      ...(Array.isArray(mails)
        ? { email_configs: mails.map((one: object) => ({ ...one, ...mailServer })) }
        : { webhook_configs: [{ url: `${url}/${String(name)}` }] }),
    })),
    route: atOnce(config.route),
  };
  const file = join(dir, 'alertmanager.yml');
  writeFileSync(file, stringify(local, { version: '1.1' }));
  const state = join(dir, 'state');
  mkdirSync(state);
  const alertmanager = await startAlertmanager(bin, file, state);

  async function ask<Answer>(path: string): Promise<Answer> {
    const answer = await fetch(`${alertmanager.url}/api/v2/${path}`);
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }
  const idOf = ({ labels }: { labels: Labels }): string => labels[ID] ?? labels['alert'] ?? '';

  return {
    told,
    mail,
    async receivers() {
      const alerts = await ask<{ labels: Labels; receivers: { name: string }[] }[]>('alerts');
      return new Map(alerts.map((alert) => [idOf(alert), alert.receivers.map(({ name }) => name)]));
    },
    async inhibited() {
      const alerts =
        await ask<{ labels: Labels; status: { inhibitedBy: string[] } }[]>('alerts?inhibited=true');
      return alerts
        .filter(({ status }) => status.inhibitedBy.length > 0)
        .map(idOf)
        .sort();
    },
    async muted() {
      const groups =
        await ask<{ alerts: { labels: Labels; status: { mutedBy: string[] } }[] }[]>(
          'alerts/groups?muted=true',
        );
      return new Map(
        groups.flatMap(({ alerts }) => alerts.map((alert) => [idOf(alert), alert.status.mutedBy] as const)),
      );
    },
    async post(alerts) {
      const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async stop() {
      await alertmanager.stop();
      await mail.close();
      web.closeAllConnections();
      await new Promise((resolve) => web.close(resolve));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Alerts that are asked about, each with a label by which its answer is found. */
export function asked(questions: ReadonlyMap<string, Labels>): { labels: Labels; annotations: Labels }[] {
  return [...questions].map(([id, labels]) => ({
    labels: { ...labels, [ID]: id },
    annotations: { title: id, summary: id, runbook_url: 'runbooks/x.md' },
  }));
}

/** Nobody waits for more of a group, or for its end. */
function atOnce(route: Route): Route {
  return {
    ...route,
    group_wait: '10ms',
    group_interval: '200ms',
    ...(route.routes && { routes: route.routes.map(atOnce) }),
  };
}

function listen(take: (body: string) => void): Promise<Server> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      take(Buffer.concat(parts).toString('utf8'));
      response.end();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
