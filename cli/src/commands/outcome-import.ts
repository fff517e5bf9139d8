import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type {
  IngestedFile,
  RejectedRow,
  Verdict,
  VerdictDefaults,
  VerdictField,
  VerdictFormat,
} from '@agentops/processor';
import { openAccess } from '../access.ts';
import { type Joined, readJoined } from '../outcome/joined.ts';
import { describeError, usageError } from '../output/fail.ts';
import { count } from '../output/numbers.ts';
import { bold, dim, yellow } from '../output/style.ts';
import { printable, printableDeep } from '../output/text.ts';
import { readFiles } from './ingest.ts';

export interface ImportOptions {
  readonly data: string;
  readonly source?: string;
  readonly by?: string;
  readonly at?: string;
  readonly environment?: string;
  readonly column: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

interface ImportedFile {
  readonly file: string;
  readonly verdicts: number;
  readonly rejected: readonly RejectedRow[];
}

/** Verdicts of one OTLP request: a request is what the log and the fold take as a whole. */
const BATCH = 1000;
const MOST = 20;

/** Exit code 1 when a row was no verdict. */
export async function importOutcomes(names: readonly string[], options: ImportOptions): Promise<void> {
  for (const name of names) if (!existsSync(name)) throw usageError(`there is no file ${name}`);
  const { readVerdicts, VERDICT_FIELDS } = await import('@agentops/processor');
  for (const field of Object.keys(options.column)) {
    if (!(VERDICT_FIELDS as readonly string[]).includes(field)) {
      throw usageError(`--column: ${field} is no field of a verdict: ${VERDICT_FIELDS.join(', ')}`);
    }
  }
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const defaults = defaultsOf(options);
  const read = names.map((file) => {
    const text = readFileSync(file, 'utf8');
    try {
      return { file, ...readVerdicts(text, formatOf(file, text), nowNs, defaults) };
    } catch (error) {
      throw new Error(`${file}: ${describeError(error).message}`);
    }
  });
  const files = read.map(({ file, verdicts, rejected }) => ({ file, verdicts: verdicts.length, rejected }));
  const verdicts = read.flatMap((file) => file.verdicts);
  const stored = verdicts.length === 0 ? [] : await store(verdicts, options.data);
  const joined = verdicts.length === 0 ? NOTHING : await lookUp(options.data, verdicts);
  if (options.json)
    process.stdout.write(`${JSON.stringify({ files, ...totals(stored), ...joined }, null, 2)}\n`);
  else process.stdout.write(`${render(files, stored, joined)}\n`);
  if (files.some((file) => file.rejected.length > 0)) process.exitCode = 1;
}

const NOTHING: Joined = { tasks: [], waiting: [], pseudonyms: 0 };

async function lookUp(data: string, verdicts: readonly Verdict[]): Promise<Joined> {
  const access = await openAccess(data);
  try {
    return await readJoined(access, verdicts);
  } finally {
    await access.close();
  }
}

function defaultsOf({ source, by, at, environment, column }: ImportOptions): VerdictDefaults {
  const values: Partial<Record<VerdictField, string>> = {};
  for (const [field, value] of Object.entries({ source, by, at, environment })) {
    if (value !== undefined) values[field as VerdictField] = value;
  }
  return { values, columns: column };
}

/** By the name; where that says nothing, by how it begins. */
function formatOf(file: string, text: string): VerdictFormat {
  if (/\.(csv|tsv)$/i.test(file)) return 'csv';
  if (/\.(jsonl|ndjson)$/i.test(file)) return 'jsonl';
  if (/\.json$/i.test(file)) return 'json';
  if (/^\s*\[/.test(text)) return 'json';
  return /^\s*\{/.test(text) ? 'jsonl' : 'csv';
}

/**
 * Verdicts go the way of all telemetry: as OTLP requests, in a file named by its content. After a kill the same import
 * goes on where it stood, and takes the file that was left behind with it.
 */
async function store(verdicts: readonly Verdict[], data: string): Promise<IngestedFile[]> {
  const { verdictRequest } = await import('@agentops/processor');
  const lines: string[] = [];
  for (let i = 0; i < verdicts.length; i += BATCH) lines.push(verdictRequest(verdicts.slice(i, i + BATCH)));
  const text = `${lines.join('\n')}\n`;
  const dataDir = resolve(data);
  const folder = join(dataDir, 'imports');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const file = join(folder, `${digest}.otlp.jsonl`);
  try {
    writeFileSync(file, text, { mode: 0o600 });
    return await readFiles([file], dataDir, {}, () => {}, null);
  } finally {
    rmSync(file, { force: true });
  }
}

function totals(stored: readonly IngestedFile[]): {
  stored: number;
  duplicates: number;
  deadLetters: number;
} {
  const sum = (key: 'stored' | 'duplicates' | 'deadLetters'): number =>
    stored.reduce((total, file) => total + file[key], 0);
  return { stored: sum('stored'), duplicates: sum('duplicates'), deadLetters: sum('deadLetters') };
}

function render(files: readonly ImportedFile[], stored: readonly IngestedFile[], raw: Joined): string {
  const { tasks, waiting, pseudonyms } = printableDeep(raw);
  const sums = totals(stored);
  const lines = files.flatMap(({ file, verdicts, rejected }) => [
    `${bold(file)}\n  ${count(verdicts)} verdicts, ${count(rejected.length)} rows rejected`,
    ...rejected.slice(0, MOST).map(({ row, reason }) => `  ${yellow(`row ${row}`)}  ${printable(reason)}`),
    ...(rejected.length > MOST ? [dim(`  … and ${count(rejected.length - MOST)} more; --json has all`)] : []),
  ]);
  const late = sums.deadLetters === 0 ? '' : `, ${yellow(`${count(sums.deadLetters)} dead letters`)}`;
  lines.push(`${count(sums.stored)} new, ${count(sums.duplicates)} known before${late}`);
  lines.push(`${count(tasks.length)} tasks judged${outcomesOf(tasks)}`);
  if (waiting.length > 0) {
    lines.push(
      `${yellow(`${count(waiting.length)} wait for their task`)}: ${waiting.slice(0, MOST).join(', ')}`,
    );
  }
  if (pseudonyms > 0) {
    lines.push(
      dim(`${count(pseudonyms)} named by personal data, kept as pseudonyms: see agentops.task_verdicts`),
    );
  }
  return lines.join('\n');
}

/** `: 31 success, 69 failure` */
function outcomesOf(tasks: Joined['tasks']): string {
  const counts = new Map<string, number>();
  for (const { outcome } of tasks) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const parts = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([outcome, tasks]) => `${count(tasks)} ${outcome}`);
  return parts.length === 0 ? '' : `, which now stand at ${parts.join(', ')}`;
}
