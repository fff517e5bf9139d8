import { attributes, type Chance } from '../tools/otlp.ts';
import { CALLS } from './cases/calls.ts';
import { JUDGES } from './cases/judges.ts';
import { PEOPLE } from './cases/people.ts';
import { HOUR } from './cases/said.ts';
import { WORK } from './cases/work.ts';
import { createStory, type Told } from './story.ts';

const DAY = 24 * HOUR;
const CASES = { ...WORK, ...CALLS, ...PEOPLE, ...JUDGES };

/** Those of which something ends days later. */
const LASTING: ReadonlySet<string> = new Set([
  'waits over nights, weekends and the turn of clocks',
  'payments of which a share is looked at',
  'verdicts of a person, a system and an evaluator, days later',
]);

/** When a month of the business turns, with its day: near the end of summer time in New York. */
export const TURN: Readonly<Record<string, number>> = {
  'Asia/Tokyo': Date.UTC(2026, 9, 31, 15),
  'America/New_York': Date.UTC(2026, 10, 1, 4),
};
/** Clocks go back in New York. */
const CLOCKS = Date.UTC(2026, 10, 1, 6);

/** Everything that is easily counted wrong, at moments at which something turns, and before and after `now`. */
export function tell(random: Chance, zone: string, now: number): Told[] {
  const story = createStory(random);
  const turn = TURN[zone]!;
  const moments = [turn - 3000, turn - 500, CLOCKS - 1200, now - 12 * DAY, now - 6 * HOUR, now + 2 * HOUR];
  for (const [i, at] of moments.entries()) {
    for (const [j, [title, play]] of Object.entries(CASES).entries()) {
      const isRecent = at > now - DAY;
      if (!(isRecent && LASTING.has(title))) play(story, at, `n${j}-${i}`);
      // What lasts for days also begins before the turn.
      if (i === 0 && LASTING.has(title)) play(story, at - 40 * HOUR, `n${j}-before`);
    }
  }
  return story.told;
}

/** OTLP/JSON requests of at most a dozen items each. */
export function requestsOf(told: readonly Told[], random: Chance): object[] {
  const out: object[] = [];
  for (let at = 0; at < told.length; ) {
    const part = told.slice(at, at + 1 + random.int(12));
    at += part.length;
    const scope = { name: 'test' };
    const of = (one: Told): object => ({ attributes: attributes(one.resource) });
    const spans = part.filter(({ span }) => span !== undefined);
    const logs = part.filter(({ log }) => log !== undefined);
    if (spans.length > 0) {
      const one = (item: Told) => ({ resource: of(item), scopeSpans: [{ scope, spans: [item.span] }] });
      out.push({ resourceSpans: spans.map(one) });
    }
    if (logs.length > 0) {
      const one = (item: Told) => ({ resource: of(item), scopeLogs: [{ scope, logRecords: [item.log] }] });
      out.push({ resourceLogs: logs.map(one) });
    }
  }
  return out;
}
