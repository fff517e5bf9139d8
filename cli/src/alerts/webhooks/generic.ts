import { type AlertEvent, type EventKind, event, sha256 } from './event.ts';
import { fields, list, requiredText, text, time } from './json.ts';

const KINDS: readonly EventKind[] = ['acknowledged', 'unacknowledged', 'closed', 'reassigned'];
const MOST_EVENTS = 1_000;

/**
 * For every other tool: `{"id"?, "event", "alert", "by", "at"?, "note"?}`, or a list of them. `alert` is the id of the firing
 * (it stands in the notification and in `alert_history`), `event` one of acknowledged, unacknowledged, closed, reassigned,
 * `by` the person. Without an `id` of the sender's own, two that say the same are one. `now`: when it came, ms since the
 * epoch. Throws what is wrong with it.
 */
export function readGeneric(posted: unknown, now: number): AlertEvent[] {
  const all = Array.isArray(posted) ? list(posted, 'the body', MOST_EVENTS) : [posted];
  return all.map((one, i) => {
    const name = Array.isArray(posted) ? `[${i}]` : 'the body';
    const said = fields(one, name);
    const kind = requiredText(said['event'], `${name}.event`) as EventKind;
    if (!KINDS.includes(kind)) throw new Error(`${name}.event: one of ${KINDS.join(', ')}`);
    const episode = requiredText(said['alert'], `${name}.alert`);
    const person = requiredText(said['by'], `${name}.by`);
    const at = said['at'] === undefined ? now : time(said['at'], `${name}.at`);
    const own = text(said['id'], `${name}.id`);
    return event({
      source: 'generic',
      eventId: own || sha256([kind, episode, person, said['at'] === undefined ? '' : at].join('\n')),
      kind,
      at,
      person,
      episode,
      note: text(said['note'], `${name}.note`),
    });
  });
}
