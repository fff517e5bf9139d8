import { error, type Finding, warning } from '../diagnostic.ts';
import type { Agent } from '../schema/agent.ts';

/** A `stop` that was not tried within this time does not count. */
const STOP_TRIED_WITHIN_DAYS = 90;
const DAY_MS = 86_400_000;
/** The first time zone to begin a day is 14 hours ahead of UTC. */
const EARLIEST_ZONE_MS = 14 * 3_600_000;

/** A production agent can be held, and somebody has tried it lately. `now`: ms since the epoch. */
export function* checkStop(agent: Agent, now: number): Generator<Finding> {
  const tried = agent.stop?.last_tried;
  if (tried !== undefined && hasNotBegun(tried, now)) {
    yield error(
      'future-date',
      ['stop', 'last_tried'],
      `${tried} is still to come`,
      'give the day of the last try',
    );
    return;
  }
  if (agent.stage !== 'production') return;
  if (agent.stop === undefined) {
    yield error(
      'stop-missing',
      ['stage'],
      'a production agent has no stop',
      'add stop: {how: command, flag or link, who: [team], last_tried: day}',
    );
  } else if (tried === undefined) {
    yield error('stop-untried', ['stop'], 'nobody has tried the stop yet', 'try it, then set last_tried');
  } else {
    const days = Math.floor((now - Date.parse(tried)) / DAY_MS);
    if (days <= STOP_TRIED_WITHIN_DAYS) return;
    yield error(
      'stop-untried',
      ['stop', 'last_tried'],
      `the stop was last tried ${days} days ago`,
      `try it again: at least every ${STOP_TRIED_WITHIN_DAYS} days`,
    );
  }
}

export function* checkUpdated({ updated }: Agent, now: number): Generator<Finding> {
  if (updated === undefined || !hasNotBegun(updated, now)) return;
  yield warning('future-date', ['updated'], `${updated} is still to come`, 'give the day of the last change');
}

/** Is the day still to come, wherever on earth? */
function hasNotBegun(day: string, now: number): boolean {
  return Date.parse(day) - EARLIEST_ZONE_MS > now;
}
