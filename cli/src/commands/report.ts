import { type Access, openAccess } from '../access.ts';
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
