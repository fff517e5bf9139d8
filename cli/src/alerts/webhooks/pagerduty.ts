import { type AlertEvent, type EventKind, event } from './event.ts';
import { fields, requiredText, text, time } from './json.ts';

const KINDS: Readonly<Record<string, EventKind>> = {
  'incident.acknowledged': 'acknowledged',
  'incident.unacknowledged': 'unacknowledged',
  'incident.resolved': 'closed',
  'incident.reassigned': 'reassigned',
  'incident.delegated': 'reassigned',
  'incident.escalated': 'reassigned',
};

/**
 * What a webhook subscription of PagerDuty posts (v3): one event. An incident that Alertmanager or Grafana opened has the
 * hash of its group as `incident_key`. None for kinds of events that say nothing of who has an alert: also an incident that
 * was resolved by whoever opened it, and not by a person. Throws what is wrong with it.
 */
export function readPagerDuty(posted: unknown): AlertEvent[] {
  const said = fields(fields(posted, 'the body')['event'], 'event');
  const kind = KINDS[requiredText(said['event_type'], 'event.event_type')];
  if (kind === undefined) return [];
  const agent = said['agent'] == null ? {} : fields(said['agent'], 'event.agent');
  const isPerson = text(agent['type'], 'event.agent.type').startsWith('user');
  if (kind === 'closed' && !isPerson) return [];
  const incident = fields(said['data'], 'event.data');
  return [
    event({
      source: 'pagerduty',
      eventId: requiredText(said['id'], 'event.id'),
      kind,
      at: time(said['occurred_at'], 'event.occurred_at'),
      person: isPerson ? text(agent['summary'], 'event.agent.summary') : '',
      groupHash: text(incident['incident_key'], 'event.data.incident_key'),
      receiver: incident['service'] == null ? '' : serviceOf(incident['service']),
      note: [text(incident['title'], 'event.data.title'), text(incident['html_url'], 'event.data.html_url')]
        .filter((part) => part !== '')
        .join(' '),
    }),
  ];
}

function serviceOf(service: unknown): string {
  return text(fields(service, 'event.data.service')['summary'], 'event.data.service.summary');
}
