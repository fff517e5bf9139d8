import type { Found, FoundDashboard, GrafanaRequest } from './requests.ts';

/** Grafana's HTTP API of one organisation, with a service account's token. */
export interface Grafana {
  read(): Promise<Found>;
  /** Throws with Grafana's own words when it refuses. */
  send(request: GrafanaRequest): Promise<void>;
}

const TIMEOUT_MS = 30_000;
/** The most that Grafana's search returns at a time. */
const PAGE = 1000;

export function openGrafana(url: string, token: string): Grafana {
  const base = url.endsWith('/') ? url : `${url}/`;

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(new URL(path.slice(1), base), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // A token is for one host only.
      redirect: 'error',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${wordsOf(text)}`);
    return text === '' ? null : JSON.parse(text);
  }

  /** Page after page of a list. */
  async function list<Row>(path: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (let page = 1; ; page++) {
      const some = (await call('GET', `${path}limit=${PAGE}&page=${page}`)) as Row[];
      rows.push(...some);
      if (some.length < PAGE) return rows;
    }
  }

  return {
    async read() {
      const [dashboards, folders] = await Promise.all([
        list<FoundDashboard>('/api/search?type=dash-db&tag=agentops&'),
        list<{ uid: string }>('/api/folders?'),
      ]);
      return { dashboards, folders: folders.map(({ uid }) => uid) };
    },
    async send({ method, path, body }) {
      await call(method, path, body);
    },
  };
}

function wordsOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? text);
  } catch {
    return text.slice(0, 200);
  }
}
