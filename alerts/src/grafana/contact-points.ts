import { createHash } from 'node:crypto';
import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { isPage, jiraApi, receiverName } from '../alertmanager/receiver.ts';
import type { Channel } from '../routing/channels.ts';
import { type LabelMapping, labelMapping } from '../routing/labels.ts';
import { TEXT, TITLE } from '../routing/texts.ts';
import { channelsOf } from '../routing/tree.ts';
import { literalText, provisioningFile } from './file.ts';

/** One way of a contact point to tell somebody, as Grafana’s provisioning file has it. */
interface GrafanaReceiver {
  readonly uid: string;
  readonly type: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly disableResolveMessage: boolean;
}

/**
 * Grafana’s contact points: one for each channel that is told of anything. Settings are interpolated from the environment when
 * the file is read: secrets come so, and nothing else has a `$`. A variable that is not set leaves its setting empty, and
 * Grafana does not start then.
 */
export function contactPoints(registry: RegistryDocument): GeneratedFile[] {
  const channels = channelsOf(registry);
  if (channels.length === 0) return [];
  const labels = labelMapping(registry);
  const webhook = registry.organisation.alerting?.webhook_url;
  return [
    provisioningFile('contact-points', {
      contactPoints: channels.map((channel) => ({
        orgId: 1,
        name: receiverName(channel),
        receivers: [
          receiver(receiverName(channel), integrationOf(channel, labels)),
          ...(webhook === undefined ? [] : [receiver(`${receiverName(channel)}-told`, historyOf(webhook))]),
        ],
      })),
    }),
  ];
}

/** Environment variables that the contact points of a registry take their secrets from. */
export function contactPointVariables(registry: RegistryDocument): string[] {
  const text = contactPoints(registry)
    .map((file) => file.text)
    .join('');
  return [...new Set([...text.matchAll(/\$(AGENTOPS_\w+)/g)].map(([, name]) => name!))];
}

/** The variable of a channel: `AGENTOPS_CHANNEL_SRE_PAGER`. */
function variable({ id }: Channel, part = ''): string {
  return `$AGENTOPS_CHANNEL_${id.toUpperCase().replaceAll('-', '_')}${part}`;
}

/** Grafana takes no uid of more than 40 characters. */
const LONGEST_UID = 40;

function receiver(uid: string, { type, settings }: Integration): GrafanaReceiver {
  const short = `${uid.slice(0, LONGEST_UID - 9)}-${createHash('sha256').update(uid).digest('hex').slice(0, 8)}`;
  return {
    uid: uid.length > LONGEST_UID ? short : uid,
    type,
    settings,
    disableResolveMessage: false,
  };
}

type Integration = Pick<GrafanaReceiver, 'type' | 'settings'>;

function integrationOf(channel: Channel, labels: LabelMapping): Integration {
  const secret = variable(channel);
  const target = literalText(channel.target);
  const url = channel.url === undefined ? variable(channel, '_URL') : literalText(channel.url);
  switch (channel.type) {
    case 'pagerduty':
      return {
        type: 'pagerduty',
        settings: {
          integrationKey: secret,
          severity: literalText(`{{ if ${isPage(labels)} }}critical{{ else }}warning{{ end }}`),
          summary: TITLE,
          details: { summary: TEXT, team: target },
          client: 'agentops',
        },
      };
    case 'opsgenie':
      return {
        type: 'opsgenie',
        settings: {
          apiKey: secret,
          message: TITLE,
          description: TEXT,
          responders: [{ name: target, type: 'team' }],
        },
      };
    case 'jira':
      return {
        type: 'jira',
        settings: {
          api_url: channel.url === undefined ? url : literalText(jiraApi(channel.url)),
          project: target,
          issue_type: 'Task',
          summary: TITLE,
          description: TEXT,
          labels: ['agentops'],
          ...(channel.user === undefined
            ? { api_token: secret }
            : { user: literalText(channel.user), password: secret }),
        },
      };
    case 'slack':
      return { type: 'slack', settings: { url: secret, recipient: target, title: TITLE, text: TEXT } };
    case 'teams':
      return { type: 'teams', settings: { url: secret, title: TITLE, message: TEXT } };
    case 'email':
      return {
        type: 'email',
        settings: { addresses: target, singleEmail: true, subject: TITLE, message: TEXT },
      };
    case 'webhook':
      return {
        type: 'webhook',
        settings: { url: secret, httpMethod: 'POST', title: TITLE, message: TEXT },
      };
    case 'alertmanager':
      return {
        type: 'prometheus-alertmanager',
        settings: {
          url,
          ...(channel.user !== undefined && {
            basicAuthUser: literalText(channel.user),
            basicAuthPassword: secret,
          }),
        },
      };
  }
}

/** What tells our own history that somebody was told, signed as it asks for. */
function historyOf(webhook: string): Integration {
  return {
    type: 'webhook',
    settings: {
      url: literalText(`${webhook.replace(/\/+$/, '')}/v1/alerts/grafana`),
      httpMethod: 'POST',
      hmacConfig: {
        secret: '$AGENTOPS_GRAFANA_WEBHOOK_SECRET',
        header: 'X-Grafana-Alerting-Signature',
        timestampHeader: 'X-Grafana-Alerting-Timestamp',
      },
    },
  };
}
