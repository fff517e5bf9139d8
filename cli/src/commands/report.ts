import { type Access, openAccess } from '../access.ts';
import { usageError } from '../output/fail.ts';
import { printable } from '../output/text.ts';
import { type ReportFilter, readReport } from '../report/read.ts';
import { renderReport } from '../report/render.ts';

export interface ReportOptions {
  readonly data: string;
  readonly since: number | null;
  readonly agent?: string;
  readonly json?: boolean;
}

export async function report(options: ReportOptions): Promise<void> {
  const access = await openAccess(options.data);
  try {
    if (options.agent !== undefined) await requireAgent(access, options.agent);
    const filter: ReportFilter = { seconds: options.since, agent: options.agent ?? null };
    if (options.json) process.stdout.write(`${JSON.stringify(await readReport(access, filter), null, 2)}\n`);
    else await printReport(access, filter);
  } finally {
    await access.close();
  }
}

export async function printReport(access: Pick<Access, 'query'>, filter: ReportFilter): Promise<void> {
  process.stdout.write(`${renderReport(await readReport(access, filter))}\n`);
}

/** Throws the names there are when none of them was meant: a report about nobody looks like one about nothing. */
async function requireAgent(access: Pick<Access, 'query'>, agent: string): Promise<void> {
  const rows = await access.query<{ agent: string }>(
    'SELECT DISTINCT agent FROM agentops.task_outcomes ORDER BY agent LIMIT 20',
  );
  const names = rows.map((row) => printable(row.agent));
  const [known] = await access.query<{ n: string }>(
    'SELECT count() AS n FROM agentops.task_outcomes WHERE agent = {agent:String}',
    { agent },
  );
  if (Number(known?.n) > 0 || names.length === 0) return;
  throw usageError(`no task began with an agent ${agent}; there are ${names.join(', ')}`);
}
