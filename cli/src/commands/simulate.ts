import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { count } from '../output/numbers.ts';
import { dim } from '../output/style.ts';
import { readToken } from '../token.ts';

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
  const token = readToken(options.tokenFile);
  const out = options.out === undefined ? null : await openOut(options.out);
  if (out === null) await requireReceiver(options.endpoint, token);
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
        : { endpoint: options.endpoint, token }),
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

function openOut(file: string): Promise<WriteStream> {
  return new Promise((resolve, reject) => {
    const out = createWriteStream(file);
    out.once('open', () => resolve(out)).once('error', reject);
  });
}

/** An empty request, before days of telemetry are made for nobody. */
async function requireReceiver(endpoint: string, token: string | undefined): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(new URL('v1/traces', endpoint.endsWith('/') ? endpoint : `${endpoint}/`), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: '{}',
    });
  } catch (error) {
    const { cause, message } = error as Error;
    throw new Error(
      `no OTLP receiver answers at ${endpoint} (${(cause as Error | undefined)?.message || message}): ` +
        'start "agentops up", or name another --endpoint',
    );
  }
  if (answer.ok) return;
  const advice = answer.status === 401 ? ': name the file with its token by --token-file' : '';
  throw new Error(`the receiver at ${endpoint} answers ${answer.status}${advice}`);
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
