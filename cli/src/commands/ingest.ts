import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { IngestedFile, IngestProgress } from '@agentops/processor';
import { openAccess } from '../access.ts';
import { askControl, readControl } from '../control.ts';
import { bytes, count } from '../output/numbers.ts';
import { bold, dim, yellow } from '../output/style.ts';

export interface IngestOptions {
  data: string;
  registry?: string;
  since?: number;
  json?: boolean;
}

export async function ingest(files: string[], options: IngestOptions): Promise<void> {
  for (const file of files) if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  const show = options.json ? () => {} : progressBar();
  const paths = files.map((file) => resolve(file));
  const control = readControl(resolve(options.data));
  let ingested: IngestedFile[];
  if (control !== null) {
    ingested = (await (await askControl(control, '/api/ingest', { files: paths })).json()) as IngestedFile[];
  } else {
    const { ingestFiles } = await import('@agentops/processor');
    ({ files: ingested } = await ingestFiles({
      dataDir: options.data,
      files: paths,
      registryDir: options.registry,
      sinceDays: options.since,
      onProgress: show,
    }));
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ files: ingested }, null, 2)}\n`);
    return;
  }
  for (const file of ingested) process.stdout.write(`${summary(file)}\n`);
  await explainDeadLetters(options.data, ingested);
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
  return `${bold(file.file)}  ${parts.join(', ')}  ${dim(`${file.seconds.toFixed(1)} s, ${count(rate)} items/s`)}`;
}

async function explainDeadLetters(dataDir: string, files: readonly IngestedFile[]): Promise<void> {
  if (!files.some((file) => file.deadLetters > 0)) return;
  const access = await openAccess(dataDir);
  try {
    const rows = await access.query<{ reason: string; items: string; example: string }>(
      `SELECT replaceRegexpAll(reason, '\\\\d+', 'N') AS reason, count() AS items, any(concat(source, ' record ', toString(source_offset))) AS example
       FROM agentops.dead_letters FINAL GROUP BY reason ORDER BY items DESC LIMIT 10`,
    );
    process.stdout.write(`${yellow('dead letters')} (table agentops.dead_letters)\n`);
    for (const row of rows)
      process.stdout.write(`  ${count(row.items)} × ${row.reason}  ${dim(`e.g. ${row.example}`)}\n`);
  } finally {
    await access.close();
  }
}

/** A bar that redraws itself on a terminal, and nothing elsewhere. */
function progressBar(): (progress: IngestProgress) => void {
  if (!process.stderr.isTTY) return () => {};
  const started = performance.now();
  return (progress) => {
    const part = progress.bytesTotal === 0 ? 1 : progress.bytesRead / progress.bytesTotal;
    const filled = Math.round(part * 30);
    const rate = Math.round(progress.received / ((performance.now() - started) / 1000));
    const line = `${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${(part * 100).toFixed(0).padStart(3)} %  ${bytes(progress.bytesRead)}  ${count(rate)} items/s`;
    process.stderr.write(`\r${line}${part >= 1 ? '\n' : ''}`);
  };
}
