import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { count } from '../output/numbers.ts';
import { dim } from '../output/style.ts';

export interface SimulationOptions {
  readonly endpoint: string;
  readonly out?: string;
  readonly tokenFile?: string;
  readonly seed: number;
  readonly days: number;
  readonly until?: Date;
  readonly scale: number;
  readonly json?: boolean;
}

export async function runSimulation(options: SimulationOptions): Promise<void> {
  const { simulate } = await import('../simulate/index.ts');
  const out = options.out === undefined ? null : createWriteStream(options.out);
  const target = options.out ?? options.endpoint;
  const to = options.until ?? new Date();
  try {
    const fleet = await simulate({
      seed: options.seed,
      from: firstDay(to, options.days),
      to,
      scale: options.scale,
      ...(out !== null
        ? { write: (line: string) => writeLine(out, line) }
        : { endpoint: options.endpoint, token: readToken(options.tokenFile) }),
      ...(!options.json && { onDay: sayDay }),
    });
    if (options.json) process.stdout.write(`${JSON.stringify(fleet, null, 2)}\n`);
    else {
      const agents = Object.keys(fleet.agents).length;
      process.stdout.write(`${count(fleet.spans)} spans of ${agents} agents → ${target}\n`);
    }
  } finally {
    out?.end();
    if (out !== null) await finished(out);
  }
}

function readToken(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, 'utf8').trim();
}

/** Resolves when the stream took it, so that a fleet larger than memory fits; rejects when the disk did not. */
function writeLine(out: WriteStream, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    out.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

const DAY_MS = 86_400_000;

/** Whole UTC days before `to`, and the part of its own. */
export function firstDay(to: Date, days: number): Date {
  return new Date((Math.floor(to.getTime() / DAY_MS) - days) * DAY_MS);
}

export function sayDay(day: Date, spans: number): void {
  process.stderr.write(dim(`  ${day.toISOString().slice(0, 10)}  ${count(spans).padStart(9)} spans\n`));
}
