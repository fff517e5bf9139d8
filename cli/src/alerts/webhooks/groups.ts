import { instanceKey, type LabelMapping, type Labels } from '@agentops/alerts';
import { type AlertEvent, type EventSource, event, sha256 } from './event.ts';
import { fields, list, text, texts, time } from './json.ts';

/** Labels that rules, Grafana and routing add to those of an instance. */
const ADDED = new Set([
  'alertname',
  'alert',
  'severity',
  'domain',
  'product',
  'escalated_to',
  'grafana_folder',
  'datasource_uid',
  'ref_id',
  'rulename',
]);
const MOST_ALERTS = 1_000;

/**
 * What Alertmanager's webhook receiver posts (version 4) and, in the same shape, Grafana's: a group of alerts, each firing or
 * ended. Neither says who took an alert; they tell that somebody was told, and in which group. `now`: when it came, ms since
 * the epoch; `mapping`: by which labels alerts are told. Throws what is wrong with it.
 */
export function readGroup(
  source: Extract<EventSource, 'grafana' | 'alertmanager'>,
  posted: unknown,
  now: number,
  mapping: LabelMapping,
): AlertEvent[] {
  const group = fields(posted, 'the body');
  const receiver = text(group['receiver'], 'receiver');
  const groupKey = text(group['groupKey'], 'groupKey');
  const groupHash = groupKey === '' ? '' : sha256(groupKey);
  return list(group['alerts'], 'alerts', MOST_ALERTS).map((one, i) => {
    const name = `alerts[${i}]`;
    const told = fields(one, name);
    const labels = mapping.toOurs(texts(told['labels'], `${name}.labels`));
    const annotations = texts(told['annotations'], `${name}.annotations`);
    const status = text(told['status'], `${name}.status`);
    if (status !== 'firing' && status !== 'resolved') throw new Error(`${name}.status: firing or resolved`);
    const startedAt = time(told['startsAt'], `${name}.startsAt`);
    const kind = status === 'firing' ? 'notified' : 'resolved';
    const alert = labels['alert'] ?? '';
    const instance = instanceKey(ownLabels(labels));
    return event({
      source,
      eventId: sha256([kind, alert, instance, startedAt, groupHash, receiver].join('\n')),
      kind,
      at: status === 'firing' ? now : Math.max(startedAt, time(told['endsAt'], `${name}.endsAt`)),
      groupHash,
      alert,
      instance,
      startedAt,
      receiver,
      notification: JSON.stringify({ labels, annotations }),
    });
  });
}

/** The labels of the instance alone: by these, and by when it began, a firing is the same whoever tells of it. */
function ownLabels(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => !ADDED.has(key) && !key.startsWith('__')),
  );
}
