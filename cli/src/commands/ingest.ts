import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { IngestedFile, IngestProgress } from '@agentops/processor';
import { openAccess } from '../access.ts';
import { askControl, type Control, findControl } from '../control.ts';
import { requireDataFolder } from '../data-folder.ts';
import { describeError, usageError } from '../output/fail.ts';
import { count } from '../output/numbers.ts';
import { type Progress, reportProgress } from '../output/progress.ts';
import { bold, dim, yellow } from '../output/style.ts';
import { printable } from '../output/text.ts';
import { requireRegistry } from '../registry-folder.ts';

export interface IngestOptions {
  readonly data: string;
  readonly registry?: string;
  readonly since?: number;
  readonly json?: boolean;
}

interface Task extends Pick<IngestOptions, 'registry' | 'since'> {
  readonly files: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (at: IngestProgress) => void;
  readonly progress: Progress | null;
}

/** Exit code 1 when a file held nothing that could be read. */
export async function ingest(names: readonly string[], options: IngestOptions): Promise<void> {
  for (const name of names) requireFile(name);
  requireRegistry(options.registry);
  const dataDir = requireDataFolder(options.data, true);
  const files = names.map((name) => resolve(name));
  const begun = Date.now();
  const progress = options.json ? null : reportProgress(process.stderr, performance.now());
  const onProgress = (at: IngestProgress): void => progress?.update(at, performance.now());
  const done = await readFiles(files, dataDir, options, onProgress, progress).finally(() => progress?.end());
  const rejected = await readRejected(options.data, done, begun);
  if (options.json) process.stdout.write(`${JSON.stringify({ files: done, rejected }, null, 2)}\n`);
  else {
    for (const file of done) process.stdout.write(`${summary(file)}\n`);
    for (const { reason, items, record } of rejected) {
      process.stdout.write(
        `  ${yellow(`${count(items)} ×`)} ${printable(reason)}  ${dim(`first in record ${count(record)}`)}\n`,
      );
    }
  }
  if (done.some((file) => file.received > 0 && file.deadLetters === file.received)) process.exitCode = 1;
  for (const { file } of done.filter(({ received }) => received === 0)) {
    const isEmpty = statSync(file).size === 0;
    process.stderr.write(
      `${yellow('note')}  ${file} ${isEmpty ? 'is empty' : 'holds no spans and no logs: is it OTLP?'}\n`,
    );
    if (!isEmpty) process.exitCode = 1;
  }
}

/** Reads files into the store of a data folder: here, or by the `up` that holds it. Paths are absolute. */
export async function readFiles(
  files: readonly string[],
  dataDir: string,
  options: Pick<IngestOptions, 'registry' | 'since'>,
  onProgress: (at: IngestProgress) => void,
  progress: Progress | null,
): Promise<IngestedFile[]> {
  const control = await findControl(dataDir);
  const task: Task = { ...options, files, signal: onceInterrupted(), onProgress, progress };
  return control === null ? ingestHere(dataDir, task) : ingestThere(control, task);
}

/** Before anything is started: a name that is wrong among many would end the command half way. */
function requireFile(name: string): void {
  const stats = statSync(name, { throwIfNoEntry: false });
  if (stats === undefined) throw usageError(`there is no file ${name}`);
  if (stats.isDirectory()) throw usageError(`${name} is a folder: name the files in it`);
  try {
    accessSync(name, constants.R_OK);
  } catch {
    throw usageError(`no permission to read ${name}`);
  }
}

/** Aborted by Ctrl-C, after which what was read is stored; a second one ends the process at once. */
function onceInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  process.on('SIGINT', () => {
    if (interrupted.signal.aborted) process.exit(130);
    const message = 'broken off: run this again, the file goes on where it stood';
    interrupted.abort(Object.assign(new Error(message), { exitCode: 130 }));
  });
  return interrupted.signal;
}

async function ingestHere(dataDir: string, task: Task): Promise<IngestedFile[]> {
  const { ingestFiles } = await import('@agentops/processor');
  let refused = false;
  try {
    const { files: done } = await ingestFiles({
      dataDir,
      files: task.files,
      registryDir: task.registry,
      sinceDays: task.since,
      signal: task.signal,
      onProgress: task.onProgress,
      onRefused: (error, attempt) => {
        refused = true;
        if (attempt === 1)
          task.progress?.say(`the store refuses: ${describeError(error).message}; trying again …`);
      },
    });
    return done;
  } catch (error) {
    if (!refused || task.signal.aborted) throw error;
    throw new Error(
      `the store keeps refusing: ${describeError(error).message}. ` +
        'Nothing is lost or counted twice: run this again once it works, the file goes on where it stood',
    );
  }
}

/** Asks the running `up` to read the files: it has the folder, its registry holds. */
async function ingestThere(control: Control, task: Task): Promise<IngestedFile[]> {
  const { files, since, signal, onProgress, progress } = task;
  progress?.say(
    `process ${control.pid} (agentops up) holds the folder and reads the files, with its registry`,
  );
  const answer = await askControl(control, '/api/ingest', { files, sinceDays: since }, signal);
  const done: IngestedFile[] = [];
  for await (const line of lines(answer)) {
    const event = JSON.parse(line) as { progress?: IngestProgress; done?: IngestedFile; error?: string };
    if (event.progress !== undefined) onProgress(event.progress);
    if (event.done !== undefined) done.push(event.done);
    if (event.error !== undefined) throw new Error(event.error);
  }
  if (done.length < files.length)
    throw new Error('agentops up ended before the files were read: run this again');
  return done;
}

async function* lines(answer: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of answer.body!) {
    const pieces = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = pieces.pop()!;
    yield* pieces;
  }
}

function summary(file: IngestedFile): string {
  const rate = file.seconds > 0 ? Math.round(file.received / file.seconds) : 0;
  const parts = [
    `${count(file.received)} received`,
    `${count(file.stored)} stored`,
    `${count(file.duplicates)} duplicates`,
    `${count(file.dropped)} dropped`,
    `${count(file.deadLetters)} dead letters`,
  ];
  return `${bold(file.file)}\n  ${parts.join(', ')}  ${dim(`${file.seconds.toFixed(1)} s, ${count(rate)} items/s`)}`;
}

interface Rejected {
  readonly reason: string;
  readonly items: number;
  /** The first request of a file in which it happened, from 1. */
  readonly record: number;
}

/** Why items of these files became dead letters; reasons that differ in their numbers only are one. */
async function readRejected(
  data: string,
  files: readonly IngestedFile[],
  begun: number,
): Promise<Rejected[]> {
  if (!files.some((file) => file.deadLetters > 0)) return [];
  const access = await openAccess(data);
  try {
    const rows = await access.query<{ why: string; items: string; record: string }>(
      `SELECT if(uniqExact(reason) = 1, any(reason), replaceRegexpAll(any(reason), '[0-9]+', 'N')) AS why,
         count() AS items, min(source_offset) + 1 AS record
       FROM agentops.dead_letters FINAL
       WHERE startsWith(source, 'file:') AND received_at >= fromUnixTimestamp64Milli({begun:Int64})
       GROUP BY replaceRegexpAll(reason, '[0-9]+', 'N') ORDER BY items DESC, why LIMIT 20`,
      { begun },
    );
    return rows.map((row) => ({ reason: row.why, items: Number(row.items), record: Number(row.record) }));
  } finally {
    await access.close();
  }
}
