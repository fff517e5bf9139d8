import { BURN_LEVELS, type BurnLevel, Z } from '../slo/thresholds.ts';

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Windows, shortest first. Counters never fall (first decisions, kept in the store), so that what came in a window is the
 * counter less its least value in it: exact, where `increase` extrapolates to the edges, which makes parts of events. Of long
 * windows so many values are looked at that a step is a small part of them.
 */
const WINDOWS: readonly { readonly name: string; readonly s: number; readonly step?: string }[] = [
  { name: '5m', s: 300 },
  { name: '30m', s: 1_800 },
  { name: '1h', s: 3_600 },
  { name: '2h', s: 7_200 },
  { name: '6h', s: 21_600 },
  { name: '1d', s: 86_400, step: '15m' },
  { name: '3d', s: 259_200, step: '1h' },
  { name: '7d', s: 604_800, step: '2h' },
  { name: '28d', s: 2_419_200, step: '6h' },
];

/** What a counter has counted within a window: `window` of `WINDOWS`, or any range of PromQL. */
export function countedIn(counter: string, window: string): string {
  return `(${counter} - min_over_time(${counter}[${window}]))`;
}

/** One series for each of these labels, however many processes serve the same. */
export function each(labels: string, expr: string): string {
  return `max by (${labels}) (${expr})`;
}

const rangeOf = ({ name, step }: (typeof WINDOWS)[number]): string =>
  step === undefined ? name : `${name}:${step}`;

const EVENTS = 'agentops_slo_events_total';
const GOOD = 'agentops_slo_good_events_total';

/** Events and bad events of every objective in every window. */
export function windowRules(): RecordingRule[] {
  return WINDOWS.flatMap((window) => [
    {
      record: `agentops:slo_events:${window.name}`,
      expr: each('agent, slo, environment', countedIn(EVENTS, rangeOf(window))),
    },
    {
      record: `agentops:slo_bad_events:${window.name}`,
      expr: each(
        'agent, slo, environment',
        `${countedIn(EVENTS, rangeOf(window))} - ${countedIn(GOOD, rangeOf(window))}`,
      ),
    },
  ]);
}

/**
 * How far each objective stands above the threshold of each level, as `burnOf` has it: the long window by the lower end of its
 * interval, the short one as it is. A window is the shortest of at least its duration that holds its least number of events;
 * one with too few says nothing.
 */
export function burnRules(): RecordingRule[] {
  return BURN_LEVELS.flatMap((level) => {
    const labels = { level: level.id };
    const long = 'agentops:slo_long';
    const of = `{level="${level.id}"}`;
    const [bad, events, short] = [
      `${long}_bad_events${of}`,
      `${long}_events${of}`,
      `agentops:slo_short:ratio${of}`,
    ];
    return [
      { record: `${long}_events`, expr: shortest('events', level.longS, level.longEvents), labels },
      { record: `${long}_bad_events`, expr: shortest('bad_events', level.longS, level.longEvents), labels },
      {
        record: 'agentops:slo_short:ratio',
        expr: `(${shortest('bad_events', level.shortS, level.shortEvents)}) / (${shortest('events', level.shortS, level.shortEvents)})`,
        labels,
      },
      { record: 'agentops:slo_long:low_ratio', expr: wilsonLow(bad, events), labels },
      { record: 'agentops:slo_burn', expr: burn(level, bad, short), labels },
    ];
  });
}

function shortest(what: 'events' | 'bad_events', leastS: number, leastEvents: number): string {
  return WINDOWS.filter(({ s }) => s >= leastS)
    .map(({ name }) =>
      what === 'events'
        ? `(agentops:slo_events:${name} >= ${leastEvents})`
        : `(agentops:slo_bad_events:${name} and agentops:slo_events:${name} >= ${leastEvents})`,
    )
    .join(' or ');
}

/** Lower end of Wilson's interval (1927), as `wilsonLow` in thresholds.ts. */
function wilsonLow(bad: string, events: string): string {
  const [z, zz] = [Z.toFixed(12), (Z * Z).toFixed(12)];
  const share = `(${bad} / ${events})`;
  const middle = `${share} + ${zz} / (2 * ${events})`;
  const half = `${z} * sqrt(${share} * (1 - ${share}) / ${events} + ${zz} / (4 * ${events} * ${events}))`;
  return `clamp_min((${middle} - ${half}) / (1 + ${zz} / ${events}), 0)`;
}

/** The lesser of both windows over the threshold; 0 where fewer have failed than call anybody. */
function burn({ id, leastBad }: BurnLevel, bad: string, short: string): string {
  const low = `agentops:slo_long:low_ratio{level="${id}"}`;
  const least = `((${low} <= ${short}) or (${short} < ${low}))`;
  const threshold = `on (agent, slo, level) group_left (objective) ${each('agent, slo, level, objective', `agentops_slo_threshold_ratio{level="${id}"}`)}`;
  return `(${least} and ${bad} >= ${leastBad}) / ${threshold}`;
}
