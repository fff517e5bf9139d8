import { type Domain, type RegistryDocument, WEEKDAYS } from '@agentops/registry';

/** A part of a day, as Alertmanager's and Grafana's time intervals write it. */
export interface TimeInterval {
  readonly times: readonly { readonly start_time: string; readonly end_time: string }[];
  readonly weekdays?: readonly string[];
  readonly years?: readonly string[];
  readonly months?: readonly string[];
  readonly days_of_month?: readonly string[];
  readonly location: string;
}

export interface NamedIntervals {
  readonly name: string;
  readonly time_intervals: readonly TimeInterval[];
}

type Window = NonNullable<NonNullable<RegistryDocument['organisation']['alerting']>['maintenance']>[number];

const windowsOf = ({ organisation }: RegistryDocument): readonly Window[] =>
  organisation.alerting?.maintenance ?? [];

const nameOf = ({ id }: Window): string => `agentops-${id}`;

/** Days by the names that time intervals take, in the order of `WEEKDAYS`. */
const DAY_NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const DAY_MS = 86_400_000;

/** The watchdog, where nobody has named who is to hear it. */
export const ALWAYS = 'agentops-always';

/** The windows of a registry. One that ends on the next day is two parts: an interval knows one day. */
export function timeIntervals(registry: RegistryDocument): NamedIntervals[] {
  const location = registry.organisation.time_zone;
  const always: NamedIntervals = {
    name: ALWAYS,
    time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }], location }],
  };
  const windows = windowsOf(registry).map((window) => ({
    name: nameOf(window),
    time_intervals: partsOf(window).map(({ from, to, dayLater }) => ({
      times: [{ start_time: from, end_time: to }],
      ...daysOf(window, dayLater),
      location,
    })),
  }));
  return registry.organisation.alerting?.watchdog === undefined ? [always, ...windows] : windows;
}

function partsOf({ from, to }: Window): { from: string; to: string; dayLater: 0 | 1 }[] {
  if (from < to) return [{ from, to, dayLater: 0 }];
  const evening = { from, to: '24:00', dayLater: 0 } as const;
  return to === '00:00' ? [evening] : [evening, { from: '00:00', to, dayLater: 1 }];
}

function daysOf({ days, date }: Window, later: 0 | 1): Omit<TimeInterval, 'times' | 'location'> {
  if (date === undefined) {
    return { weekdays: (days ?? []).map((day) => DAY_NAMES[(WEEKDAYS.indexOf(day) + later) % 7]!) };
  }
  const [year, month, day] = new Date(Date.parse(date) + later * DAY_MS)
    .toISOString()
    .slice(0, 10)
    .split('-')
    .map((part) => String(Number(part))) as [string, string, string];
  return { years: [year], months: [month], days_of_month: [day] };
}

/** Domains that a window silences: what concerns security is told at any time, and of the pipeline only a window of all silences. */
function silences({ agents }: Window, domain: Domain | string): boolean {
  return domain !== 'security' && (domain !== 'pipeline' || agents === undefined);
}

/** Names of the windows in which nobody is told of this; `agent` '' for what is of none. */
export function windowNames(registry: RegistryDocument, domain: Domain, agent: string): string[] {
  return windowsOf(registry)
    .filter((window) => silences(window, domain) && (window.agents?.includes(agent) ?? true))
    .map(nameOf);
}

/**
 * Is nobody to be told of an alert now, ms since the epoch? What Alertmanager and Grafana make of the intervals, for whoever is
 * told by neither. Never of the watchdog.
 */
export function isMuted(
  registry: RegistryDocument,
  { alert, domain, agent }: { readonly alert: string; readonly domain: string; readonly agent: string },
  now: number,
): boolean {
  if (alert === 'watchdog') return false;
  const windows = windowsOf(registry).filter(
    (window) => silences(window, domain) && (window.agents?.includes(agent) ?? true),
  );
  if (windows.length === 0) return false;
  const { date, weekday, time } = localTime(now, registry.organisation.time_zone);
  const holds = (window: Window): boolean =>
    partsOf(window).some(({ from, to, dayLater }) => {
      const begun = dayLater === 0 ? { date, weekday } : dayBefore(date, weekday);
      const isDay = window.days?.includes(WEEKDAYS[begun.weekday]!) ?? window.date === begun.date;
      return isDay && time >= from && time < to;
    });
  return windows.some(holds);
}

function dayBefore(date: string, weekday: number): { date: string; weekday: number } {
  return {
    date: new Date(Date.parse(date) - DAY_MS).toISOString().slice(0, 10),
    weekday: (weekday + 6) % 7,
  };
}

/** Date, day of the week (0 is Monday) and time of day, HH:MM, in a time zone. */
function localTime(now: number, timeZone: string): { date: string; weekday: number; time: string } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return {
    date,
    weekday: (new Date(date).getUTCDay() + 6) % 7,
    time: `${part('hour')}:${part('minute')}`,
  };
}
