import { z } from 'zod';
import { clock, date, id } from './common.ts';

/** page: somebody gets up. ticket: somebody looks at it in working hours. info: nobody is called. */
export const SEVERITIES = ['page', 'ticket', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Whose business it is: the team on call, the owner, the reviewers, security, or whoever operates this pipeline. */
export const DOMAINS = ['operations', 'business', 'reviewers', 'security', 'pipeline'] as const;
export type Domain = (typeof DOMAINS)[number];

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const weekday = z.enum(WEEKDAYS);

/** A label of ours, and what a company's routes call it. */
const theirs = z.strictObject({
  name: z
    .string()
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be the name of a label, e.g. team')
    .optional()
    .describe('name of the label; ours when left out'),
  values: z
    .record(z.string(), z.string().min(1))
    .optional()
    .describe('our values and theirs: {page: P1, ticket: P3}; what is not named stays'),
});

const labels = z.strictObject({
  severity: theirs.optional().describe('page, ticket or info'),
  domain: theirs.optional().describe('operations, business, reviewers, security or pipeline'),
  alert: theirs.optional().describe('id of the alert, as in its runbook'),
  agent: theirs.optional().describe('id of the agent'),
  department: theirs.optional().describe('id of the department'),
  owner: theirs.optional().describe('team that answers for it'),
  operator: theirs.optional().describe('team on call for it'),
  environment: theirs.optional().describe('deployment environment'),
});

export type MappedLabel = keyof typeof labels.shape;

/** Labels of alerts that a company may call by names and values of its own. */
export const MAPPED_LABELS = Object.keys(labels.shape) as readonly MappedLabel[];

/** Labels that keep their names: no other may take one of them. */
export const OWN_LABELS = [
  'alertname',
  'product',
  'escalated_to',
  'evaluation_error',
  'slo',
  'objective',
  'kind',
  'subject',
  'per',
  'on_breach',
  'channel',
  'calendar',
  'source',
  'scope',
  'pipeline',
] as const;

const maintenance = z.strictObject({
  id,
  days: z.array(weekday).min(1).optional().describe('every week on these days …'),
  date: date.optional().describe('… or once, on this day'),
  from: clock,
  to: clock.describe('end, in quotes: "04:00"; on the next day when it is before from'),
  agents: z.array(id).min(1).optional().describe('of these agents; of all and of the pipeline when left out'),
});

/** How alerts find people beyond what channels and entries say. */
export const alerting = z.strictObject({
  grafana: z
    .enum(['contact-points', 'labels', 'policies'])
    .optional()
    .describe(
      'in Grafana each rule names its contact point, and no tree is touched (when left out); labels only, for a tree that is there; or the whole tree of notification policies is ours, and replaces what is there',
    ),
  labels: labels.optional().describe('labels by the names and values of the company’s own routes'),
  watchdog: id
    .optional()
    .describe(
      'channel of a service that complains when the watchdog stops coming; nobody hears it when left out',
    ),
  mail: z
    .strictObject({
      server: z
        .string()
        .regex(/^[^\s:]+:\d+$/, 'must be a host and its port, e.g. smtp.example.com:587')
        .describe('host and port'),
      from: z.string().min(1).describe('who it is from'),
      user: z.string().min(1).optional().describe('who logs in; the password is a secret'),
    })
    .optional()
    .describe('by which Alertmanager sends mail; this machine’s own server when left out'),
  maintenance: z
    .array(maintenance)
    .optional()
    .describe('when nobody is told, in the time zone of the organisation; of security always'),
  webhook_url: z
    .url()
    .optional()
    .describe(
      'where agentops takes webhooks about alerts (alerts listen, up): every channel tells it, too, so that the history knows who was told',
    ),
  grafana_url: z.url().optional().describe('where links to dashboards lead'),
  runbooks_url: z.url().optional().describe('where the folder runbooks/ of the generated alerts can be read'),
});
