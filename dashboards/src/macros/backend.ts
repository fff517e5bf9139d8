/** Time range and step of a query, as Grafana gives them. */
export interface QueryRange {
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** ms between two points of a series. */
  readonly intervalMs: number;
}

type Macro = (range: QueryRange, args: readonly string[]) => string;

const seconds = (ms: number): number => Math.floor(ms / 1000);
const step = ({ intervalMs }: QueryRange): number => Math.max(1, Math.round(intervalMs / 1000));
const dateTime = (ms: number): string => `toDateTime(${seconds(ms)})`;
const milli = (ms: number): string => `fromUnixTimestamp64Milli(${Math.floor(ms)})`;
const date = (ms: number): string => `toDate('${new Date(ms).toISOString().slice(0, 10)}')`;
const between = (column: string, from: string, to: string): string =>
  `${column} >= ${from} AND ${column} <= ${to}`;

/**
 * Macros that ClickHouse's data source expands in its back end, so that they work in panels and in alerts
 * (grafana-clickhouse-datasource 4.20, `pkg/macros`).
 */
const MACROS: Readonly<Record<string, Macro>> = {
  timeFilter: ({ from, to }, [column = '']) => between(column, dateTime(from), dateTime(to)),
  timeFilter_ms: ({ from, to }, [column = '']) => between(column, milli(from), milli(to)),
  dateFilter: ({ from, to }, [column = '']) => between(column, date(from), date(to)),
  dateTimeFilter: ({ from, to }, [day = '', time = '']) =>
    `${between(day, date(from), date(to))} AND ${between(time, dateTime(from), dateTime(to))}`,
  dt: (range, args) => MACROS['dateTimeFilter']!(range, args),
  timeFrom: ({ from }, [column = '']) => `${column} >= ${dateTime(from)}`,
  timeTo: ({ to }, [column = '']) => `${column} <= ${dateTime(to)}`,
  fromTime: ({ from }) => dateTime(from),
  toTime: ({ to }) => dateTime(to),
  fromTime_ms: ({ from }) => milli(from),
  toTime_ms: ({ to }) => milli(to),
  timeInterval: (range, [column = '']) =>
    `toStartOfInterval(toDateTime(${column}), INTERVAL ${step(range)} second)`,
  timeInterval_ms: (range, [column = '']) =>
    `toStartOfInterval(toDateTime64(${column}, 3), INTERVAL ${Math.max(1, Math.round(range.intervalMs))} millisecond)`,
  interval_s: (range) => String(step(range)),
};

/** Expands the macros of the back end. Throws for one that it does not have: Grafana would send it as it is. */
export function expandBackendMacros(sql: string, range: QueryRange): string {
  let out = '';
  let at = 0;
  for (const found of sql.matchAll(/\$__(\w+)/g)) {
    if (found.index < at) continue;
    const macro = MACROS[found[1]!];
    if (macro === undefined) throw new Error(`no macro of the data source: $__${found[1]}`);
    const end = found.index + found[0].length;
    const call = argumentsAt(sql, end);
    out += sql.slice(at, found.index) + macro(range, call?.args ?? []);
    at = call?.end ?? end;
  }
  return out + sql.slice(at);
}

/** What stands in the parentheses at `from`, cut at its outermost commas; null where none open there. */
export function argumentsAt(
  sql: string,
  from: number,
): { readonly args: readonly string[]; readonly end: number } | null {
  if (sql[from] !== '(') return null;
  const args: string[] = [];
  let depth = 0;
  let start = from + 1;
  let quoted = false;
  for (let i = from; i < sql.length; i++) {
    const sign = sql[i]!;
    if (quoted) {
      if (sign === '\\') i++;
      else if (sign === "'") quoted = false;
      continue;
    }
    if (sign === "'") quoted = true;
    else if (sign === '(' || sign === '[' || sign === '{') depth++;
    else if (sign === ')' || sign === ']' || sign === '}') {
      depth--;
      if (depth > 0) continue;
      const last = sql.slice(start, i).trim();
      return { args: last === '' && args.length === 0 ? [] : [...args, last], end: i + 1 };
    } else if (sign === ',' && depth === 1) {
      args.push(sql.slice(start, i).trim());
      start = i + 1;
    }
  }
  throw new Error(`a macro's parenthesis does not close: ${sql.slice(from, from + 40)}`);
}
