import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { stringify } from 'yaml';
import { type Channel, destinations, REPEAT } from '../routing/channels.ts';
import { acknowledgeWithinMs, ESCALATED_LABEL, escalationChain } from '../routing/escalation.ts';

export interface Route {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly continue?: boolean;
  readonly routes?: readonly Route[];
}

export interface Receiver {
  readonly name: string;
  readonly [config: string]: unknown;
}

export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

/** What agentops adds to an Alertmanager: one child route, receivers and inhibitions. */
export interface AlertmanagerParts {
  readonly route: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibit_rules: readonly InhibitRule[];
}

const OURS = 'product="agentops"';
const SECRETS = '/etc/alertmanager/secrets';

/** One line of text for every alert of a group. */
const TITLE =
  '[{{ .Status | toUpper }}{{ if eq .Status "firing" }} {{ .Alerts.Firing | len }}{{ end }}] {{ .CommonAnnotations.title }}';
const TEXT =
  '{{ range .Alerts }}{{ .Annotations.summary }}\n{{ if .Annotations.dashboard_url }}{{ .Annotations.dashboard_url }}\n{{ end }}Runbook: {{ .Annotations.runbook_url }}\n{{ end }}';

export function receiverName(channel: Channel): string {
  return `agentops-${channel.id}`;
}

/** Alertmanager's receiver of a channel. Secrets are files that are mounted, named after the channel. */
function receiverOf(channel: Channel): Receiver {
  const { id, type, target } = channel;
  const name = receiverName(channel);
  const secret = `${SECRETS}/${id}`;
  const send_resolved = true;
  switch (type) {
    case 'pagerduty':
      return {
        name,
        pagerduty_configs: [
          {
            routing_key_file: secret,
            send_resolved,
            severity: '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}',
            description: TITLE,
            details: { summary: TEXT, team: target },
          },
        ],
      };
    case 'opsgenie':
      return {
        name,
        opsgenie_configs: [
          {
            api_key_file: secret,
            send_resolved,
            message: TITLE,
            description: TEXT,
            responders: [{ name: target, type: 'team' }],
          },
        ],
      };
    case 'slack':
      return {
        name,
        slack_configs: [{ api_url_file: secret, send_resolved, channel: target, title: TITLE, text: TEXT }],
      };
    case 'teams':
      return {
        name,
        msteamsv2_configs: [{ webhook_url_file: secret, send_resolved, title: TITLE, text: TEXT }],
      };
    case 'email':
      return {
        name,
        email_configs: [{ to: target, send_resolved, headers: { subject: TITLE }, text: TEXT, html: '' }],
      };
    case 'jira':
    case 'webhook':
    case 'alertmanager':
      return { name, webhook_configs: [{ url_file: secret, send_resolved }] };
  }
}

/** The child route, the receivers and the inhibitions of a registry. Pure. */
export function alertmanagerParts(registry: RegistryDocument): AlertmanagerParts {
  const all = destinations(registry);
  const routes: Route[] = [];
  for (const { domain, agent, department, channel } of all) {
    const rest = all.find((one) => one.domain === domain && one.agent === '' && one.department === '');
    // What goes the way of the rest needs no route of its own, unless a department's stands between.
    if ((agent !== '' || department !== '') && domain !== 'business' && rest?.channel === channel) continue;
    routes.push({
      receiver: receiverName(channel),
      matchers: [
        `domain="${domain}"`,
        ...(agent === '' ? [] : [`agent="${agent}"`]),
        ...(agent === '' && department !== '' ? [`subject="${department}"`] : []),
      ],
    });
  }
  const fallback = all.at(-1)!;
  const within = acknowledgeWithinMs(registry);
  const pages = all.map(({ agent, domain, department }) => ({ agent, domain, subject: department }));
  const later = within === null ? [] : pages.flatMap((page) => escalationChain(registry, page).slice(1));
  const escalated = [...new Map(later.map((channel) => [channel.id, channel])).values()];
  const channels = new Map(all.map(({ channel }) => [channel.id, channel]));
  return {
    route: {
      receiver: receiverName(fallback.channel),
      matchers: [OURS],
      group_by: ['alert', 'agent', 'subject'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: REPEAT.page,
      routes: [
        {
          receiver: receiverName(fallback.channel),
          matchers: ['alert="watchdog"'],
          repeat_interval: REPEAT.info,
        },
        ...escalated.map((channel) => ({
          receiver: receiverName(channel),
          matchers: [`${ESCALATED_LABEL}="${channel.id}"`],
        })),
        ...routes.flatMap((route) => [
          { ...route, matchers: [...(route.matchers ?? []), 'severity="page"'] },
          {
            ...route,
            matchers: [...(route.matchers ?? []), 'severity="ticket"'],
            repeat_interval: REPEAT.ticket,
          },
        ]),
      ],
    },
    receivers: [...channels.values()].map(receiverOf),
    inhibit_rules: [
      {
        // A broken pipeline makes everything else unreliable, silence above all.
        source_matchers: [OURS, 'alert=~"telemetry-stale|conservation-broken"'],
        target_matchers: [OURS, 'domain!="pipeline"', 'alert!="watchdog"'],
      },
      {
        source_matchers: [OURS, 'alert="slo-burn-page"'],
        target_matchers: [OURS, 'alert="slo-burn-ticket"'],
        equal: ['agent', 'slo', 'environment'],
      },
      {
        source_matchers: [OURS, 'alert="budget-hard"'],
        target_matchers: [OURS, 'alert=~"budget-soft|budget-forecast"'],
        equal: ['kind', 'subject'],
      },
    ],
  };
}

/** A whole configuration for whoever has none, and the parts for whoever has one. */
export function alertmanagerFiles(registry: RegistryDocument): GeneratedFile[] {
  if (registry.organisation.channels.length === 0) return [];
  const { route, receivers, inhibit_rules } = alertmanagerParts(registry);
  const email = registry.organisation.channels.some(({ type }) => type === 'email');
  const whole = {
    ...(email && {
      global: { smtp_smarthost: 'localhost:25', smtp_from: 'agentops@localhost', smtp_require_tls: false },
    }),
    route: { receiver: route.receiver, routes: [route] },
    receivers,
    inhibit_rules,
  };
  return [
    { path: 'alerts/generated/alertmanager/alertmanager.yml', text: yaml(whole) },
    { path: 'alerts/generated/alertmanager/parts.yml', text: yaml({ route, receivers, inhibit_rules }) },
  ];
}

function yaml(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
