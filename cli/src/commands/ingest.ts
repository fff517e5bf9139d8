import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { IngestedFile, IngestProgress } from '@agentops/processor';
import { openAccess } from '../access.ts';
import { askControl, type Control, findControl } from '../control.ts';
import { usageError } from '../output/fail.ts';
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

/** Exit code 1 when a file held nothing that could be read. */
export async function ingest(names: readonly string[], options: IngestOptions): Promise<void> {
  for (const name of names) if (!existsSync(name)) throw usageError(`there is no file ${name}`);
  requireRegistry(options.registry);
  const dataDir = resolve(options.data);
  const files = names.map((name) => resolve(name));
  const begun = Date.now();
  const progress = options.json ? null : reportProgress(process.stderr, performance.now());
  const onProgress = (at: IngestProgress): void => progress?.update(at, performance.now());
  const done = await readFiles(files, dataDir, options, onProgress, progress);
  progress?.end();
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
  return control === null
    ? ingestHere(files, dataDir, options, onProgress, progress)
    : ingestThere(control, files, options, onProgress, progress);
}

async function ingestHere(
  files: readonly string[],
  dataDir: string,
  options: Pick<IngestOptions, 'registry' | 'since'>,
  onProgress: (at: IngestProgress) => void,
  progress: Progress | null,
): Promise<IngestedFile[]> {
  const { ingestFiles } = await import('@agentops/processor');
  const { files: done } = await ingestFiles({
    dataDir,
    files,
    registryDir: options.registry,
    sinceDays: options.since,
    onProgress,
    onRefused: (error, attempt) => {
      if (attempt === 1)
        progress?.say(`the store refuses what it is given: ${error.message}; trying again …`);
    },
  });
  return done;
}

/** Asks the running `up` to read the files: it has the folder, its registry holds. */
async function ingestThere(
  control: Control,
  files: readonly string[],
  options: Pick<IngestOptions, 'since'>,
  onProgress: (at: IngestProgress) => void,
  progress: Progress | null,
): Promise<IngestedFile[]> {
  progress?.say(
    `process ${control.pid} (agentops up) holds the folder and reads the files, with its registry`,
  );
  const answer = await askControl(control, '/api/ingest', {
    files,
    sinceDays: options.since,
  });
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

/** Why items of these files became dead letters; numbers in a reason are made equal, so that it groups. */
async function readRejected(
  data: string,
  files: readonly IngestedFile[],
  begun: number,
): Promise<Rejected[]> {
  if (!files.some((file) => file.deadLetters > 0)) return [];
  const access = await openAccess(data);
  try {
    const rows = await access.query<{ why: string; items: string; record: string }>(
      `SELECT replaceRegexpAll(reason, '[0-9]+', 'N') AS why, count() AS items,
         min(source_offset) + 1 AS record
       FROM agentops.dead_letters FINAL
       WHERE startsWith(source, 'file:') AND received_at >= fromUnixTimestamp64Milli({begun:Int64})
       GROUP BY why ORDER BY items DESC, why LIMIT 20`,
      { begun },
    );
    return rows.map((row) => ({ reason: row.why, items: Number(row.items), record: Number(row.record) }));
  } finally {
    await access.close();
  }
}
