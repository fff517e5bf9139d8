const STEP_MS = 15 * 60_000;
const DAYS: ReadonlySet<string> = new Set(['Mon', 'Tue', 'Wed', 'Thu', 'Fri']);
const FROM_HOUR = 9;
const TO_HOUR = 18;

/**
 * How much of the time between two instants an agent is expected to be active, in ms, to the quarter of an hour:
 * `always` all of it; `working-hours` Monday to Friday, 9 to 18 o'clock in the organisation's time zone.
 */
export function activeMs(
  calendar: 'always' | 'working-hours',
  from: number,
  to: number,
  timeZone: string,
): number {
  if (calendar === 'always') return Math.max(0, to - from);
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  let active = 0;
  for (let at = from; at < to; at += STEP_MS) {
    const parts = clock.formatToParts(at);
    const hour = Number(parts.find((part) => part.type === 'hour')!.value);
    const weekday = parts.find((part) => part.type === 'weekday')!.value;
    if (DAYS.has(weekday) && hour >= FROM_HOUR && hour < TO_HOUR) active += Math.min(STEP_MS, to - at);
  }
  return active;
}
