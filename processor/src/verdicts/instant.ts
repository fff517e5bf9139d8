const FORM = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})$/i;

/**
 * Nanoseconds since the epoch of an RFC 3339 time (seconds may be left out); null for anything else. Without a zone it
 * would be another instant on another machine, so it is none.
 */
export function instantNs(text: string): bigint | null {
  const match = FORM.exec(text.trim());
  if (match === null) return null;
  const [, day, clock, seconds = '00', fraction = '', zone] = match;
  const offset = zone!.toUpperCase() === 'Z' ? 'Z' : `${zone!.slice(0, 3)}:${zone!.slice(-2)}`;
  const ms = Date.parse(`${day}T${clock}:${seconds}${offset}`);
  // A day that is in no month would roll over into the next.
  if (Number.isNaN(ms) || Number.isNaN(Date.parse(`${day}T00:00:00Z`)) || !isDay(day!)) return null;
  return ms < 0 ? null : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
