const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `3 h 20 min`: the two largest units; below an hour one is enough. */
export function span(ms: number): string {
  const first = UNITS.findIndex(([, size]) => ms >= size);
  if (first === -1) return '0 s';
  const [unit, size] = UNITS[first]!;
  const next = UNITS[first + 1];
  const rest = next === undefined || unit === 'min' ? 0 : Math.floor((ms % size) / next[1]);
  return `${Math.floor(ms / size)} ${unit}${rest === 0 ? '' : ` ${rest} ${next![0]}`}`;
}

/** In the reader's own time zone. */
export function clock(iso: string): string {
  return new Date(iso).toLocaleString(undefined, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
}

export const between = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));
