import { pageToken } from './token.ts';

/** The header that shows the page's token, where it was opened with one. */
export function authorization(): { readonly authorization?: string } {
  const token = pageToken();
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** Reads JSON of the page's own server. Throws its words. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, { headers: authorization(), ...(signal && { signal }) });
  if (!answer.ok) throw new Error(`${path}: ${(await answer.text()).trim()}`);
  return (await answer.json()) as T;
}

/** What fires, as the server of the page tells it. Times are ISO 8601, UTC. */
export interface Alerts {
  readonly evaluators: number;
  readonly open: readonly OpenAlert[];
  readonly history: readonly PastAlert[];
  readonly rules: readonly Rule[];
  readonly departments: readonly { readonly id: string; readonly name: string }[];
}

export interface Alert {
  readonly id: string;
  readonly alert: string;
  readonly title: string;
  readonly of: string;
  /** Empty where the alert is not of one. */
  readonly agent: string;
  readonly severity: string;
  readonly domain: string;
  readonly owner: string;
  readonly operator: string;
  readonly summary: string;
  readonly notified_at: string | null;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string;
  /** Channels, in the order in which they were called. */
  readonly called: readonly string[];
}

export interface OpenAlert extends Alert {
  readonly dashboard: string;
  readonly value: number | null;
  readonly state: 'firing' | 'recovering' | 'pending';
  readonly since: string;
  readonly in_hand: 0 | 1;
}

export interface PastAlert extends Alert {
  readonly started_at: string;
  readonly resolved_at: string | null;
}

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly domain: string;
  readonly state: 'firing' | 'pending' | 'well';
  readonly firing: number;
  readonly fired: number;
  readonly acted: number;
}
