import { type Access, openAccess } from '../access.ts';
import { type ClickHouseOptions, openClickHouse } from '../clickhouse.ts';
import { count, duration, instant } from '../output/numbers.ts';
import { dim, green, yellow } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { printableDeep } from '../output/text.ts';
import type { UnactedAlertRow } from '../report/model.ts';

export interface AlertHistoryOptions extends Partial<Pick<ClickHouseOptions, 'clickhouse'>> {
  readonly data: string;
  readonly days: number;
  readonly unacted?: boolean;
  readonly json?: boolean;
}

interface Fired {
  readonly id: string;
  readonly alert: string;
  readonly of: string;
  readonly severity: string;
  readonly started_at: string;
  readonly resolved_at: string | null;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string;
  readonly took_ms: number | null;
  readonly escalated_to: readonly string[];
  readonly summary: string;
}

const HISTORY = `SELECT id, alert, if(agent = '', subject, agent) AS of, severity, started_at, resolved_at, acknowledged_at,
    acknowledged_by, toFloat64(dateDiff('millisecond', ifNull(notified_at, started_at), acknowledged_at)) AS took_ms,
    escalated_to, summary
  FROM agentops.alert_history
  WHERE severity != 'info' AND started_at > now() - INTERVAL {days:UInt32} DAY
  ORDER BY started_at DESC, alert, of LIMIT 200`;
const UNACTED = `SELECT alert, if(agent = '', subject, agent) AS of, severity, operator, toInt32(fired) AS fired, last, summary
  FROM agentops.unacted_alerts ORDER BY severity, fired DESC, alert, of`;
const UNKNOWN = `SELECT toInt32(uniqExact(source, event_id)) AS events FROM agentops.alert_events
  WHERE kind = 'notified' AND alert = '' AND received_at > now() - INTERVAL {days:UInt32} DAY`;

/** What fired, who took it, and how long that took; or what nobody acts on. */
export async function alertHistory(options: AlertHistoryOptions): Promise<void> {
  const access: Pick<Access, 'query' | 'close'> =
    options.clickhouse === undefined
      ? await openAccess(options.data)
      : await openClickHouse({ clickhouse: options.clickhouse, database: 'agentops' });
  try {
    if (options.unacted) print(await access.query<UnactedAlertRow>(UNACTED), options, renderUnacted);
    else {
      const params = { days: options.days };
      const fired = await access.query<Fired>(HISTORY, params);
      const [unknown] = await access.query<{ events: number }>(UNKNOWN, params);
      print({ fired, unknown: unknown?.events ?? 0 }, options, renderHistory);
    }
  } finally {
    await access.close();
  }
}

function print<T>(found: T, { json }: AlertHistoryOptions, render: (found: T) => string): void {
  process.stdout.write(`${json ? JSON.stringify(found, null, 2) : render(printableDeep(found))}\n`);
}

function renderHistory({
  fired,
  unknown,
}: {
  readonly fired: readonly Fired[];
  readonly unknown: number;
}): string {
  const foreign =
    unknown === 0
      ? []
      : [
          dim(
            `webhooks told of ${count(unknown)} alerts that are none of ours: agentops.alert_events has them`,
          ),
        ];
  if (fired.length === 0) return [`${green('ok')}  nothing fired`, ...foreign].join('\n');
  const table = formatTable(
    ['id', 'fired (UTC)', 'ended', 'severity', 'of', 'taken by', 'after', 'then called', 'what was said'].map(
      (title) => ({ title }),
    ),
    fired.map((row) => [
      row.id,
      instant(row.started_at),
      row.resolved_at === null ? yellow('fires') : instant(row.resolved_at),
      row.severity,
      row.of,
      row.acknowledged_at === null ? yellow('nobody') : row.acknowledged_by,
      row.took_ms === null ? '' : duration(row.took_ms),
      row.escalated_to.join(', '),
      row.summary,
    ]),
  );
  return [table, ...foreign].join('\n\n');
}

function renderUnacted(rows: readonly UnactedAlertRow[]): string {
  if (rows.length === 0) return `${green('ok')}  somebody acted on every alert of the last 30 days`;
  return [
    dim('Nobody has acted on these in 30 days: mend what they say, change them, or take them away.'),
    '',
    formatTable(
      [
        { title: 'severity' },
        { title: 'alert' },
        { title: 'of' },
        { title: 'fired', right: true },
        { title: 'last (UTC)' },
        { title: 'on call' },
        { title: 'what was said last' },
      ],
      rows.map(({ severity, alert, of, fired, last, operator, summary }) => [
        severity,
        alert,
        of,
        count(fired),
        instant(last),
        operator,
        summary,
      ]),
    ),
  ].join('\n');
}
