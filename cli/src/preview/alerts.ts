import {
  type AlertDefinition,
  alertsOf,
  escalationChain,
  generateAlerts,
  renderSummary,
} from '@agentops/alerts';
import type { Store } from '@agentops/processor';
import type { RegistryDocument } from '@agentops/registry';

/** What the page about alerts shows. Times are ISO 8601, UTC. */
export interface AlertsPage {
  /** How many evaluate the rules now. */
  readonly evaluators: number;
  readonly open: readonly OpenAlert[];
  readonly history: readonly PastAlert[];
  readonly rules: readonly RuleState[];
  /** Departments that have a page on who answers for what. */
  readonly departments: readonly { readonly id: string; readonly name: string }[];
}

export interface OpenAlert extends Row {
  readonly title: string;
  /** uid */
  readonly dashboard: string;
  readonly value: number | null;
  readonly state: 'firing' | 'recovering' | 'pending';
  readonly since: string;
  readonly in_hand: 0 | 1;
}

export interface PastAlert extends Row {
  readonly title: string;
  readonly started_at: string;
  readonly resolved_at: string | null;
}

interface Row {
  readonly id: string;
  readonly alert: string;
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

/** A rule of the registry, and how it stands. */
export interface RuleState {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly domain: string;
  readonly state: 'firing' | 'pending' | 'well';
  readonly firing: number;
  /** How often it fired in 30 days, and how often somebody acted then. */
  readonly fired: number;
  readonly acted: number;
}

type Stored<T> = Omit<T, 'title' | 'dashboard' | 'called' | 'since' | 'started_at' | 'resolved_at'> & {
  readonly department: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly escalated_to: readonly string[];
};

const iso = (column: string): string =>
  `formatDateTime(toTimeZone(${column}, 'UTC'), '%Y-%m-%dT%H:%i:%SZ') AS ${column}`;
const ROW = `id, h.alert AS alert, if(agent = '', subject, agent) AS of, agent, department, severity, domain, owner, operator, summary,
  labels, acknowledged_by, escalated_to`;
const TIMES = ['notified_at', 'acknowledged_at'].map((column) => `h.${column} AS ${column}`).join(', ');

const OPEN = `SELECT * REPLACE (${['since', 'notified_at', 'acknowledged_at'].map(iso).join(', ')})
  FROM (SELECT ${ROW}, ${TIMES}, since, value, state, in_hand FROM agentops.open_alerts AS h)
  ORDER BY state = 'pending', severity != 'page', in_hand, since DESC LIMIT 500`;
const PAST = `SELECT * REPLACE (${['started_at', 'resolved_at', 'notified_at', 'acknowledged_at'].map(iso).join(', ')})
  FROM (SELECT ${ROW}, ${TIMES}, started_at, resolved_at FROM agentops.alert_history AS h WHERE severity != 'info'
        ORDER BY h.started_at DESC, h.alert LIMIT 100)`;
const FIRED = `SELECT alert, toInt32(count()) AS fired, toInt32(countIf(acted = 1)) AS acted FROM agentops.alert_history
  WHERE started_at > now() - INTERVAL 30 DAY GROUP BY alert`;
const EVALUATORS = 'SELECT toInt32(countIf(valid_until > now64(3))) AS live FROM agentops.alert_claims FINAL';

export async function readAlertsPage(
  { query }: Pick<Store, 'query'>,
  registry: RegistryDocument,
): Promise<AlertsPage> {
  const open = await query<Stored<OpenAlert> & { since: string }>(OPEN);
  const past = await query<Stored<PastAlert> & { started_at: string; resolved_at: string | null }>(PAST);
  const fired = await query<{ alert: string; fired: number; acted: number }>(FIRED);
  const [claims] = await query<{ live: number }>(EVALUATORS);
  const rules = new Map(alertsOf(registry).map((rule) => [rule.id, rule]));
  const history = new Map(fired.map((row) => [row.alert, row]));
  const called = (row: Stored<Row>, rule: AlertDefinition | undefined): string[] => {
    if (row.notified_at === null) return [];
    const page = { agent: row.agent, department: row.department, domain: row.domain || (rule?.domain ?? '') };
    return [
      ...escalationChain(registry, page)
        .slice(0, 1)
        .map(({ id }) => id),
      ...row.escalated_to,
    ];
  };
  return {
    evaluators: claims?.live ?? 0,
    open: open.map((row) => {
      const rule = rules.get(row.alert);
      const said = rule === undefined ? '' : renderSummary(rule.summary, row.labels, row.value);
      return {
        ...row,
        severity: row.severity || (rule?.severity ?? ''),
        domain: row.domain || (rule?.domain ?? ''),
        summary: row.summary || said,
        title: rule?.title ?? row.alert,
        dashboard: rule?.dashboard ?? 'agentops-fleet',
        called: called(row, rule),
      };
    }),
    history: past.map((row) => {
      const rule = rules.get(row.alert);
      return { ...row, title: rule?.title ?? row.alert, called: called(row, rule) };
    }),
    rules: [...rules.values()].map(({ id, title, severity, domain }) => {
      const states = open.filter(({ alert }) => alert === id).map(({ state }) => state);
      const firing = states.filter((state) => state !== 'pending').length;
      const state = firing > 0 ? 'firing' : states.length > 0 ? 'pending' : 'well';
      const { fired = 0, acted = 0 } = history.get(id) ?? {};
      return { id, title, severity, domain, state, firing, fired, acted };
    }),
    departments: registry.organisation.departments
      .filter(({ id }) => registry.agents.some(({ department }) => department === id))
      .map(({ id, name }) => ({ id, name })),
  };
}

/** A page that is generated for people to read. */
export interface Reading {
  readonly markdown: string;
  /** uid of the dashboard that shows what it is about; '' where there is none. */
  readonly dashboard: string;
}

/** Runbooks as `runbooks/<alert>`, pages on who answers for what as `matrix/<department>`. */
export function readings(registry: RegistryDocument): ReadonlyMap<string, Reading> {
  const dashboards = new Map(alertsOf(registry).map(({ id, dashboard }) => [id, dashboard]));
  const found = new Map<string, Reading>();
  for (const { path, text } of generateAlerts(registry)) {
    const [, kind, id] = /^alerts\/generated\/(runbooks|matrix)\/([\w-]+)\.md$/.exec(path) ?? [];
    if (kind === undefined || id === undefined) continue;
    const dashboard = kind === 'runbooks' ? (dashboards.get(id) ?? '') : '';
    found.set(`${kind}/${id}`, { markdown: text, dashboard });
  }
  return found;
}
