/** The day of an instant (ms since the epoch) in an IANA time zone, e.g. 2026-04-01; an unknown zone is UTC. */
export function dayIn(timeZone: string, at: number): string {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    }).formatToParts(at);
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((p) => p.type === type)!.value;
    return `${part('year')}-${part('month')}-${part('day')}`;
  } catch {
    return new Date(at).toISOString().slice(0, 10);
  }
}
