import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type AdoptedEntry,
  adoptAgents,
  adoptOrganisation,
  checkRegistry,
  dayIn,
  loadRegistry,
  readRegistryFiles,
} from '@agentops/registry';
import { openAccess } from '../access.ts';
import { readObservations } from '../observed/read.ts';
import { usageError } from '../output/fail.ts';
import { count } from '../output/numbers.ts';
import { bold, dim } from '../output/style.ts';
import { printable } from '../output/text.ts';

export interface AdoptOptions {
  readonly data: string;
  readonly agent?: readonly string[];
  readonly days: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;
const ORGANISATION = 'organisation.yaml';

/** Writes new files only: what people have written is never touched. */
export async function adopt(dir: string | undefined, options: AdoptOptions): Promise<void> {
  if (dir === undefined) throw usageError('name the folder: agentops registry adopt DIR (or --registry DIR)');
  const now = Date.now();
  const access = await openAccess(options.data);
  const observations = await readObservations(access, now - options.days * DAY_MS).finally(access.close);
  const files = filesOf(dir);
  const { agents, organisation } = loadRegistry(files);
  const adopted = adoptAgents(observations, {
    agents: agents.map((agent) => agent.value),
    taken: new Set([
      ...agents.map((agent) => agent.value.id),
      ...[...files.keys()].map((file) => file.replace(/^agents\/|\.ya?ml$/g, '')),
    ]),
    only: options.agent ?? [],
    today: dayIn(organisation?.value.time_zone ?? 'UTC', now),
  });
  const written = new Map(adopted.map(({ file, text }) => [file, text]));
  if (organisation === null && ![...files.keys()].some((file) => /^organisation\.ya?ml$/.test(file))) {
    const departments = observations.filter(({ what }) => what === 'department').map(({ name }) => name);
    written.set(ORGANISATION, adoptOrganisation([...new Set(departments)]));
  }
  if (!options.dryRun) for (const [file, text] of written) writeNew(join(dir, file), text);
  const errors = checkRegistry(new Map([...files, ...written]), now).filter(
    (d) => d.severity === 'error',
  ).length;
  if (options.json) {
    const entries = adopted.map(({ id, file, names }) => ({ id, file, names }));
    process.stdout.write(`${JSON.stringify({ entries, files: [...written.keys()], errors }, null, 2)}\n`);
  } else if (options.dryRun) {
    process.stdout.write(
      [...written].map(([file, text]) => `${bold(file)}\n${printableLines(text)}`).join('\n'),
    );
  } else process.stdout.write(`${render(dir, adopted, written, errors)}\n`);
}

function filesOf(dir: string): ReadonlyMap<string, string> {
  try {
    return readRegistryFiles(dir);
  } catch (error) {
    // An empty registry begins with its folder.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
}

/** Fails where a file is there already. */
function writeNew(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: 'wx' });
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function render(
  dir: string,
  adopted: readonly AdoptedEntry[],
  written: ReadonlyMap<string, string>,
  errors: number,
): string {
  if (written.size === 0) return 'telemetry shows no agent that the registry does not know';
  const lines = adopted.map(({ file, names }) => `${bold(file)}  ${dim(names.map(printable).join(', '))}`);
  if (written.has(ORGANISATION)) lines.push(bold(ORGANISATION));
  const left =
    errors === 0
      ? 'nothing is left to fill in'
      : `${count(errors)} ${errors === 1 ? 'error' : 'errors'} to answer`;
  return `${lines.join('\n')}\n${count(written.size)} files written; ${left}: agentops registry check ${dir}`;
}
