import { InvalidArgumentError } from 'commander';

/** How far back: seconds, or null for everything. Accepts `30m`, `24h`, `7d` and `all`. */
export function parsePeriod(text: string): number | null {
  if (text === 'all') return null;
  const match = /^(\d+)([mhd])$/.exec(text);
  if (match === null) throw new InvalidArgumentError('use a period such as 30m, 24h or 7d, or all');
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS];
}

const SECONDS = { m: 60, h: 3600, d: 86_400 } as const;

/** A TCP port; 0 is any free one. */
export function parsePort(text: string): number {
  const port = parseWhole(text);
  if (port > 65_535) throw new InvalidArgumentError('a port is at most 65535');
  return port;
}

export function parseWhole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}

/** Days, as `30` or `30d`; at least one. */
export function parseDays(text: string): number {
  const days = parseWhole(text.replace(/d$/, ''));
  if (days === 0) throw new InvalidArgumentError('must be at least one day');
  return days;
}

export function parseFactor(text: string): number {
  const factor = Number(text);
  if (!Number.isFinite(factor) || factor <= 0) throw new InvalidArgumentError('must be a number above 0');
  return factor;
}

/** A day or instant, as `2026-11-01` or in full ISO 8601. */
export function parseInstant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('use a day such as 2026-11-01, or ISO 8601');
  return at;
}

/** `field=name`, collected over repetitions. */
export function parseAssignment(text: string, before: Record<string, string>): Record<string, string> {
  const [, field, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (field === undefined || value === undefined) throw new InvalidArgumentError('use field=name');
  return { ...before, [field.trim()]: value.trim() };
}
