import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { stringify } from 'yaml';
import { YAML } from '../grafana/file.ts';
import { labelMapping } from '../routing/labels.ts';
import { type NamedIntervals, timeIntervals } from '../routing/maintenance.ts';
import {
  channelsOf,
  GROUP_INTERVAL,
  GROUP_WAIT,
  type Matcher,
  OURS,
  type RouteNode,
  routingTree,
} from '../routing/tree.ts';
import { type Receiver, receiverName, receiverOf, SECRETS, withHistory } from './receiver.ts';

export interface Route {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly mute_time_intervals?: readonly string[];
  readonly routes?: readonly Route[];
}

export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

/** What agentops adds to an Alertmanager: one child route, receivers, inhibitions and maintenance windows. */
export interface AlertmanagerParts {
  readonly route: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibit_rules: readonly InhibitRule[];
  readonly time_intervals: readonly NamedIntervals[];
  /** What each mail says of its server, where the configuration that they are added to names none. */
  readonly mail: Readonly<Record<string, unknown>>;
}

/** In Alertmanager's own language: a list of values is a pattern of them. */
export function matcherText({ label, op, values }: Matcher): string {
  const text = op === '=~' ? values.map(escapePattern).join('|') : values[0]!;
  return `${label}${op}"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** Text that a pattern takes for itself (RE2). */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function routeOf({ matchers, channel, repeat, mute, routes }: RouteNode): Route {
  return {
    ...(channel !== undefined && { receiver: receiverName(channel) }),
    matchers: matchers.map(matcherText),
    ...(repeat !== undefined && { repeat_interval: repeat }),
    ...(mute !== undefined && { mute_time_intervals: mute }),
    ...(routes !== undefined && { routes: routes.map(routeOf) }),
  };
}

/** The child route, the receivers, the inhibitions and the windows of a registry; null where it names no channel. Pure. */
export function alertmanagerParts(registry: RegistryDocument): AlertmanagerParts | null {
  const tree = routingTree(registry);
  if (tree === null) return null;
  const labels = labelMapping(registry);
  const webhook = registry.organisation.alerting?.webhook_url;
  const { receiver, matchers, repeat_interval, routes } = routeOf(tree);
  return {
    route: {
      receiver: receiver!,
      matchers: matchers!,
      group_by: tree.groupBy,
      group_wait: GROUP_WAIT,
      group_interval: GROUP_INTERVAL,
      repeat_interval: repeat_interval!,
      routes: routes!,
    },
    receivers: channelsOf(registry)
      .map((channel) => receiverOf(channel, labels))
      .map((receiver) => (webhook === undefined ? receiver : withHistory(receiver, webhook))),
    inhibit_rules: inhibitions(registry),
    time_intervals: timeIntervals(registry),
    mail: mailServer(registry),
  };
}

function inhibitions(registry: RegistryDocument): InhibitRule[] {
  const { name, value } = labelMapping(registry);
  const matcher = (label: string, op: Matcher['op'], ...values: readonly string[]): string =>
    matcherText({ label: name(label), op, values: values.map((text) => value(label, text)) });
  const rule = (
    source: readonly string[],
    target: readonly string[],
    equal?: readonly string[],
  ): InhibitRule => ({
    source_matchers: [matcherText(OURS), ...source],
    target_matchers: [matcherText(OURS), ...target],
    ...(equal !== undefined && { equal: equal.map(name) }),
  });
  return [
    // A broken pipeline makes everything else unreliable, silence above all.
    rule(
      [matcher('alert', '=~', 'telemetry-stale', 'conservation-broken', 'answers-stale')],
      [matcher('domain', '!=', 'pipeline'), matcher('alert', '!=', 'watchdog')],
    ),
    rule(
      [matcher('alert', '=', 'slo-burn-page')],
      [matcher('alert', '=', 'slo-burn-ticket')],
      ['agent', 'slo', 'environment'],
    ),
    rule(
      [matcher('alert', '=', 'budget-hard')],
      [matcher('alert', '=~', 'budget-soft', 'budget-forecast')],
      ['kind', 'subject'],
    ),
  ];
}

/** By which mail is sent, in the words of a receiver: those of the whole have `smtp_` before them. */
export function mailServer({ organisation }: RegistryDocument): Readonly<Record<string, unknown>> {
  const mail = organisation.alerting?.mail;
  if (mail === undefined)
    return { smarthost: 'localhost:25', from: 'agentops@localhost', require_tls: false };
  const { server, from, user } = mail;
  return {
    smarthost: server,
    from,
    require_tls: true,
    ...(user !== undefined && { auth_username: user, auth_password_file: `${SECRETS}/mail` }),
  };
}

/** A whole configuration for whoever has none, and the parts for whoever has one. */
export function alertmanagerFiles(registry: RegistryDocument): GeneratedFile[] {
  const parts = alertmanagerParts(registry);
  if (parts === null) return [];
  const { route, receivers, inhibit_rules, time_intervals } = parts;
  const mails = receivers.some((receiver) => receiver['email_configs'] !== undefined);
  const windows = time_intervals.length > 0 && { time_intervals };
  const whole = {
    ...(mails && {
      global: Object.fromEntries(
        Object.entries(mailServer(registry)).map(([key, value]) => [`smtp_${key}`, value]),
      ),
    }),
    route: { receiver: route.receiver, routes: [route] },
    receivers,
    inhibit_rules,
    ...windows,
  };
  return [
    { path: 'alerts/generated/alertmanager/alertmanager.yml', text: yaml(whole) },
    {
      path: 'alerts/generated/alertmanager/parts.yml',
      text: yaml({ route, receivers, inhibit_rules, ...windows }),
    },
  ];
}

function yaml(value: object): string {
  return stringify(value, YAML);
}
