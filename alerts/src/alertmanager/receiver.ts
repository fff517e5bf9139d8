import type { Channel } from '../routing/channels.ts';
import type { LabelMapping } from '../routing/labels.ts';
import { TEXT, TITLE } from '../routing/texts.ts';

export interface Receiver {
  readonly name: string;
  readonly [config: string]: unknown;
}

/** Secrets are files that are mounted, named after the channel. */
export const SECRETS = '/etc/alertmanager/secrets';

export function receiverName(channel: Pick<Channel, 'id'>): string {
  return `agentops-${channel.id}`;
}

/** How a template asks whether a group is one of pages. */
export function isPage({ name, value }: LabelMapping): string {
  return `eq .CommonLabels.${name('severity')} ${JSON.stringify(value('severity', 'page'))}`;
}

/** The same, and our own history is told, too; a proof of who tells is a secret like others. */
export function withHistory(receiver: Receiver, webhook: string): Receiver {
  const { webhook_configs: own = [], ...rest } = receiver;
  const history = {
    url: `${webhook.replace(/\/+$/, '')}/v1/alerts/alertmanager`,
    send_resolved: true,
    http_config: { authorization: { credentials_file: `${SECRETS}/agentops-webhook` } },
  };
  return { ...rest, name: receiver.name, webhook_configs: [...(own as readonly object[]), history] };
}

/** Alertmanager's receiver of a channel. */
export function receiverOf(channel: Channel, labels: LabelMapping): Receiver {
  const { id, type, target, url, user } = channel;
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
            severity: `{{ if ${isPage(labels)} }}critical{{ else }}warning{{ end }}`,
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
            priority: `{{ if ${isPage(labels)} }}P1{{ else }}P3{{ end }}`,
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
      // Without its address: whatever takes webhooks and writes issues.
      if (url === undefined) return { name, webhook_configs: [{ url_file: secret, send_resolved }] };
      return {
        name,
        jira_configs: [
          {
            api_url: jiraApi(url),
            send_resolved,
            project: target,
            issue_type: 'Task',
            summary: TITLE,
            description: TEXT,
            labels: ['agentops'],
            http_config:
              user === undefined
                ? { authorization: { credentials_file: secret } }
                : { basic_auth: { username: user, password_file: secret } },
          },
        ],
      };
    case 'webhook':
    case 'alertmanager':
      return { name, webhook_configs: [{ url_file: secret, send_resolved }] };
  }
}

/** Where the API of a Jira is: its cloud has version 3, a server of one's own has 2. */
export function jiraApi(url: string): string {
  const site = url.replace(/\/+$/, '');
  if (/\/rest\/api\/\d$/.test(site)) return site;
  return `${site}/rest/api/${new URL(site).hostname.endsWith('.atlassian.net') ? 3 : 2}`;
}
