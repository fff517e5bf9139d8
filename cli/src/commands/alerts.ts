import { hostname } from 'node:os';
import { type Access, openAccess } from '../access.ts';
import { keepAlerts } from '../alerts/keep.ts';
import { type ReceiverOptions, receiverOf } from '../alerts/receiver.ts';
import { type ClickHouseOptions, openClickHouse } from '../clickhouse.ts';
import { usageError } from '../output/fail.ts';
import { dim, green, red, yellow } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { printable } from '../output/text.ts';

/** Evaluates the rules over a ClickHouse server until SIGTERM or Ctrl-C. Several may run: one of them tells. */
export async function runAlerts(options: ReceiverOptions & { readonly clickhouse: string }): Promise<void> {
  const receiver = receiverOf(options);
  if (receiver === null) throw usageError('name who is told: --alertmanager URL or --webhook URL');
  const store = await openClickHouse({ clickhouse: options.clickhouse, database: 'agentops' });
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ending.abort());
  try {
    await keepAlerts({
      store,
      receiver,
      holder: `${hostname()}/${process.pid}`,
      signal: ending.signal,
      onLog: (message) => process.stderr.write(`${new Date().toISOString()} ${message}\n`),
      ...(options.grafanaUrl !== undefined && { grafanaUrl: options.grafanaUrl }),
    });
  } finally {
    await store.close();
  }
}

export interface AlertStatusOptions extends Partial<Pick<ClickHouseOptions, 'clickhouse'>> {
  readonly data: string;
  readonly json?: boolean;
}

interface State {
  readonly alert: string;
  readonly of: string;
  readonly state: string;
  readonly since: string;
  readonly value: number | null;
  readonly operator: string;
}

interface Past {
  readonly alert: string;
  readonly of: string;
  readonly severity: string;
  readonly started_at: string;
  readonly notified_at: string | null;
  readonly resolved_at: string | null;
  readonly summary: string;
}

const STATES = `SELECT alert, if(agent = '', subject, agent) AS of, state, since, value, operator
  FROM agentops.alert_states ORDER BY state, alert, of`;
const PAST = `SELECT alert, if(agent = '', subject, agent) AS of, severity, started_at, notified_at, resolved_at, summary
  FROM agentops.alert_history ORDER BY started_at DESC LIMIT 20`;
const EVALUATED = `SELECT toString(fromUnixTimestamp64Milli(toInt64(max(version)))) AS at, count() AS claims,
  countIf(valid_until > now64(3)) AS live FROM agentops.alert_claims FINAL`;

/** What fires or is about to, and what fired last. */
export async function alertStatus(options: AlertStatusOptions): Promise<void> {
  const access: Pick<Access, 'query' | 'close'> =
    options.clickhouse === undefined
      ? await openAccess(options.data)
      : await openClickHouse({ clickhouse: options.clickhouse, database: 'agentops' });
  try {
    const states = await access.query<State>(STATES);
    const past = await access.query<Past>(PAST);
    const [claims] = await access.query<{ at: string; claims: string; live: string }>(EVALUATED);
    const evaluators = Number(claims?.live ?? 0);
    if (options.json) process.stdout.write(`${JSON.stringify({ evaluators, states, past }, null, 2)}\n`);
    else process.stdout.write(`${render(evaluators, states, past)}\n`);
  } finally {
    await access.close();
  }
}

const PAINT: Readonly<Record<string, (text: string) => string>> = {
  firing: red,
  pending: yellow,
  recovering: yellow,
};
const minute = (time: string | null): string => (time === null ? '' : time.slice(0, 16));

function render(evaluators: number, states: readonly State[], past: readonly Past[]): string {
  const head =
    evaluators === 0
      ? yellow('nobody evaluates the rules: start agentops alerts run, or agentops up --alertmanager URL')
      : dim(`${evaluators === 1 ? 'one evaluator' : `${evaluators} evaluators, one of them tells`}`);
  const now =
    states.length === 0
      ? `${green('ok')}  nothing fires`
      : formatTable(
          [
            { title: 'state' },
            { title: 'alert' },
            { title: 'of' },
            { title: 'value', right: true },
            { title: 'since (UTC)' },
            { title: 'on call' },
          ],
          states.map(({ state, alert, of, value, since, operator }) => [
            (PAINT[state] ?? dim)(state),
            alert,
            printable(of),
            value === null ? '' : String(Math.round(value * 100) / 100),
            minute(since),
            operator,
          ]),
        );
  const before = formatTable(
    [
      { title: 'fired (UTC)' },
      { title: 'told' },
      { title: 'ended' },
      { title: 'severity' },
      { title: 'what was said' },
    ],
    past.map(({ started_at, notified_at, resolved_at, severity, summary }) => [
      minute(started_at),
      minute(notified_at),
      minute(resolved_at),
      severity,
      printable(summary),
    ]),
  );
  return [head, '', now, ...(past.length === 0 ? [] : ['', before])].join('\n');
}
