import { readFileSync } from 'node:fs';
import { openCapture } from '../capture.ts';
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
  const capture = options.out === undefined ? null : await openCapture(options.out);
  const target = options.out ?? options.endpoint;
  const to = options.until ?? new Date();
  try {
    const fleet = await simulate({
      seed: options.seed,
      from: firstDay(to, options.days),
      to,
      scale: options.scale,
      endpoint: capture?.endpoint ?? options.endpoint,
      ...(options.tokenFile !== undefined && { token: readFileSync(options.tokenFile, 'utf8').trim() }),
      ...(!options.json && { onDay: sayDay }),
    });
    if (options.json) process.stdout.write(`${JSON.stringify(fleet, null, 2)}\n`);
    else {
      const agents = Object.keys(fleet.agents).length;
      process.stdout.write(`${count(fleet.spans)} spans of ${agents} agents → ${target}\n`);
    }
  } finally {
    await capture?.close();
  }
}

const DAY_MS = 86_400_000;

/** Whole UTC days before `to`, and the part of its own. */
export function firstDay(to: Date, days: number): Date {
  return new Date((Math.floor(to.getTime() / DAY_MS) - days) * DAY_MS);
}

export function sayDay(day: Date, spans: number): void {
  process.stderr.write(dim(`  ${day.toISOString().slice(0, 10)}  ${count(spans).padStart(9)} spans\n`));
}
