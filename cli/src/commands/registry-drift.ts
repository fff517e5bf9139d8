import {
  type Drift,
  findDrift,
  formatDiagnostics,
  loadRegistry,
  readRegistryFiles,
} from '@agentops/registry';
import { openAccess } from '../access.ts';
import { readObservations } from '../observed/read.ts';
import { usageError } from '../output/fail.ts';
import { count } from '../output/numbers.ts';
import { bold, dim, green, yellow } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { clip, printable } from '../output/text.ts';
import { requireRegistry } from '../registry-folder.ts';

export interface DriftOptions {
  readonly data: string;
  readonly days: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;
const WIDEST = 48;

/** Exit code 1 with `--strict` when anything has drifted. */
export async function drift(dir: string | undefined, options: DriftOptions): Promise<void> {
  if (dir === undefined) throw usageError('name the folder: agentops registry drift DIR (or --registry DIR)');
  requireRegistry(dir);
  const { document, diagnostics } = loadRegistry(readRegistryFiles(dir));
  if (document === null)
    throw new Error(`the registry in ${dir} is broken:\n${formatDiagnostics(diagnostics)}`);
  const now = Date.now();
  const access = await openAccess(options.data);
  let found: Drift[];
  try {
    found = findDrift(document, await readObservations(access, now - options.days * DAY_MS), now);
  } finally {
    await access.close();
  }
  if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else process.stdout.write(`${render(found, options.days)}\n`);
  if (options.strict && found.length > 0) process.exitCode = 1;
}

function render(found: readonly Drift[], days: number): string {
  if (found.length === 0) return `${green('ok')}  registry and telemetry of the last ${days} days agree`;
  const table = formatTable(
    [
      { title: 'drift' },
      { title: 'agent' },
      { title: 'subject' },
      { title: 'seen', right: true },
      { title: 'last seen (UTC)' },
      { title: 'what to do' },
    ],
    found.map(({ kind, agent, subject, count: seen, last, fix }) => [
      yellow(kind.replaceAll('_', ' ')),
      clip(printable(agent), WIDEST),
      clip(printable(subject), WIDEST),
      seen === 0 ? dim('–') : count(seen),
      last === null ? dim('not in this time') : new Date(last).toISOString().slice(0, 16).replace('T', ' '),
      dim(printable(fix)),
    ]),
  );
  return `${bold('Drift')}  ${dim(`the registry against telemetry of the last ${days} days`)}\n${table}`;
}
