import { type Access, openAccess } from '../access.ts';
import { type ClickHouseOptions, openClickHouse } from '../clickhouse.ts';
import { count } from '../output/numbers.ts';
import { dim, yellow } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { printable } from '../output/text.ts';
import { readSuggestions } from '../slo/read.ts';
import type { Suggestion } from '../slo/suggest.ts';

export interface SloSuggestOptions extends Partial<Pick<ClickHouseOptions, 'clickhouse'>> {
  readonly data: string;
  readonly days: number;
  readonly agent?: string;
  readonly json?: boolean;
}

/** What was measured of each agent, and which objective to begin with. */
export async function sloSuggest(options: SloSuggestOptions): Promise<void> {
  const access: Pick<Access, 'query' | 'close'> =
    options.clickhouse === undefined
      ? await openAccess(options.data)
      : await openClickHouse({ clickhouse: options.clickhouse, database: 'agentops' });
  try {
    const all = await readSuggestions(access, options.days, options.agent ?? '');
    process.stdout.write(`${options.json ? JSON.stringify(all, null, 2) : render(all, options.days)}\n`);
  } finally {
    await access.close();
  }
}

function render(all: readonly Suggestion[], days: number): string {
  if (all.length === 0) return yellow(`nothing was measured in the last ${days} days`);
  const right = true;
  const table = formatTable(
    [
      { title: 'agent' },
      { title: 'SLO' },
      { title: 'environment' },
      { title: 'judged', right },
      { title: 'measured', right },
      { title: 'interval', right },
      { title: 'objective now', right },
      { title: 'begin with', right },
      { title: 'then', right },
      { title: '' },
    ],
    all.map((one) => [
      printable(one.agent),
      printable(one.slo),
      printable(one.environment),
      count(one.judged),
      percent(one.value),
      one.low === null || one.high === null ? '–' : `${one.low.toFixed(1)} to ${one.high.toFixed(1)} %`,
      percent(one.objective, 0),
      percent(one.first, 0),
      percent(one.next, 0),
      one.refusal === null ? '' : yellow(one.refusal),
    ]),
  );
  return `${dim(`of the last ${days} days; the interval is 95 %`)}\n${table}`;
}

function percent(value: number | null, digits = 1): string {
  if (value === null) return '–';
  return `${Number.isInteger(value) ? value.toFixed(digits) : value.toFixed(1)} %`;
}
