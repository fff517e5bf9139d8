import { DAY, HOUR, MINUTE } from '../incidents/world.ts';
import type { Harmed } from './harm.ts';
import { ATTRIBUTION, type Outcome, outcomes, quantile, severityOf, type Told } from './judge.ts';
import { WEEK_BEGINS, type Week } from './week.ts';

export interface JudgedWeek {
  readonly seed: number;
  /** As it was made up, and as it is judged: by the harm that came of it. */
  readonly made: Week;
  readonly harms: readonly Harmed[];
  readonly week: Week;
  readonly told: readonly Told[];
}

/** Everything that `npm run paging` prints. */
export function printWeeks(weeks: readonly JudgedWeek[]): void {
  for (const line of ATTRIBUTION) console.log(line);
  for (const { seed, made, harms, week, told } of weeks) {
    console.log(`\nseed ${seed}`);
    for (const left of made.left) console.log(`  no room for: ${left}`);
    printHarms(made, harms, week);
    for (const { fired, at, channel, incident, disturbance, isRight } of told) {
      const { labels, annotations } = fired.notification;
      const why =
        incident !== null
          ? `${incident.kind}${isRight ? '' : ' (another channel was meant)'}`
          : `FALSE${disturbance === null ? '' : ` (${disturbance.kind})`}`;
      console.log(
        `  ${clock(at)} ${severityOf(fired).padEnd(6)} ${channel.padEnd(16)} ${fired.alert.padEnd(18)} ${(labels['agent'] ?? labels['subject'] ?? '').padEnd(22)} ${duration((fired.resolvedAt ?? Number.NaN) - fired.startedAt).padStart(7)}  ${why}`,
      );
      if (incident === null) console.log(`${' '.repeat(20)}${annotations['summary']}`);
    }
  }
  const all = weeks.flatMap(({ week, told }) => outcomes(week.incidents, told));
  console.log('\nincidents by kind');
  row(['', 'incidents', 'wanted', 'told', 'median', '90 %', 'most', 'over after', 'alerts']);
  for (const kind of new Set(all.map(({ incident }) => incident.kind))) {
    const own = all.filter(({ incident }) => incident.kind === kind);
    const times = own.flatMap(({ after }) => after ?? []);
    const over = own.flatMap(({ overAfter }) => overAfter ?? []);
    row([
      kind,
      own.length,
      own[0]!.incident.calls,
      own.filter(({ after }) => after !== null).length,
      duration(quantile(times, 0.5)),
      duration(quantile(times, 0.9)),
      duration(quantile(times, 1)),
      duration(quantile(over, 0.5)),
      rulesOf(own),
    ]);
  }
  const told = weeks.flatMap((one) => one.told);
  console.log('');
  row(['', 'told', 'true', 'false', 'precision', 'incidents', 'found', 'recall', '']);
  for (const severity of ['page', 'ticket'] as const) {
    const own = told.filter(({ fired }) => severityOf(fired) === severity);
    const right = own.filter(({ incident }) => incident !== null);
    const wanted = all.filter(({ incident }) => incident.calls === severity);
    const found = wanted.filter(({ after }) => after !== null);
    row([
      `${severity}s`,
      own.length,
      right.length,
      own.length - right.length,
      (right.length / own.length).toFixed(3),
      wanted.length,
      found.length,
      (found.length / wanted.length).toFixed(3),
      '',
    ]);
  }
  const days = weeks.length * 7;
  console.log('\npages a day, by whom they reach');
  for (const channel of new Set(told.map((one) => one.channel))) {
    const pages = told.filter((one) => one.channel === channel && severityOf(one.fired) === 'page');
    if (pages.length === 0) continue;
    const wrong = pages.filter(({ incident }) => incident === null).length;
    console.log(
      `  ${channel.padEnd(20)} ${(pages.length / days).toFixed(2)}, of which false ${(wrong / days).toFixed(2)}`,
    );
  }
}

/** Of what breaks an objective: why it is an incident, or is none. */
function printHarms({ incidents, disturbances }: Week, harms: readonly Harmed[], week: Week): void {
  for (const [i, one] of [...incidents, ...disturbances].entries()) {
    const harm = harms[i] ?? null;
    if (harm === null) continue;
    const { bad, total, budget } = harm;
    const owed = week.incidents.find(({ kind }) => kind === one.kind)?.calls;
    console.log(
      `  ${one.kind}, ${one.about}: ${bad} of ${total} bad, ${((100 * bad) / budget).toFixed(0)} % of the error budget of 28 days: ${owed === undefined ? 'no incident' : `a ${owed} is due`}`,
    );
  }
}

function rulesOf(all: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { told } of all) {
    for (const alert of new Set(told.map(({ fired }) => fired.alert)))
      counts.set(alert, (counts.get(alert) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([alert, n]) => `${alert} ${n}`)
    .join(', ');
}

const WIDTHS = [42, 10, 8, 6, 10, 10, 10, 11, 0];
function row(cells: readonly (string | number)[]): void {
  console.log(
    cells
      .map((cell, i) =>
        i === 0
          ? String(cell).padEnd(WIDTHS[0]!)
          : i === cells.length - 1
            ? `  ${cell}`
            : String(cell).padStart(WIDTHS[i]!),
      )
      .join(''),
  );
}

function clock(at: number): string {
  const since = at - WEEK_BEGINS;
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][Math.floor(since / DAY)] ?? '';
  return `${day} ${new Date(at + 9 * HOUR).toISOString().slice(11, 16)}`;
}

function duration(ms: number | null): string {
  if (ms === null || Number.isNaN(ms)) return '–';
  if (ms < 2 * HOUR) return `${Math.round(ms / MINUTE)} min`;
  return ms < 3 * DAY ? `${(ms / HOUR).toFixed(1)} h` : `${(ms / DAY).toFixed(1)} d`;
}
