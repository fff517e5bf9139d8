/**
 * What 100,000 open runs cost: the resident memory of a process before it has received anything, and once it has as
 * many runs whose root is yet to come. `chain`: decode → rows alone. `embedded`: everything that `agentops up` runs, with
 * ClickHouse in the process, filled by OTLP/HTTP from another one.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createChain,
  createKnownTraces,
  createTimeline,
  readChunk,
  startEmbedded,
} from '@agentops/processor';
import { messageOf, startScript } from './child.ts';
import { corpus } from './corpus.ts';
import type { SendOptions, Sent } from './sender.ts';

export interface OpenRuns {
  readonly runs: number;
  readonly spansPerRun: number;
  /** Resident memory, MiB. */
  readonly before: number;
  readonly after: number;
  /** The highest that it ever was. */
  readonly peak: number;
}

const MEBI = 2 ** 20;

function residentNow(): number {
  return Math.round(process.memoryUsage().rss / MEBI);
}

/** VmHWM of proc_pid_status(5), in KiB; 0 where there is none. */
function residentPeak(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))!;
    return Math.round(Number(kibibytes) / 1024);
  } catch {
    return 0;
  }
}

function measureChain(runs: number, spansPerRun: number): OpenRuns {
  const before = residentNow();
  const chain = createChain({ timeline: createTimeline(), known: createKnownTraces() });
  let offset = 0;
  for (const body of corpus({ spans: runs * spansPerRun, spansPerRun, open: true })) {
    const record = { offset, signal: 'spans', encoding: 'protobuf', body, counted: 100 } as const;
    const records = [{ ...record, receivedAt: 1_795_100_000_000 }];
    chain.folder.fold(readChunk({ source: 'bench', records, next: ++offset }, chain.reader));
  }
  return { runs, spansPerRun, before, after: residentNow(), peak: residentPeak() };
}

async function measureEmbedded(runs: number, spansPerRun: number): Promise<OpenRuns> {
  const dataDir = mkdtempSync(join(tmpdir(), 'agentops-bench-'));
  const chain = await startEmbedded({ dataDir, otlpPort: 0 });
  try {
    const before = residentNow();
    const options: SendOptions = { spans: runs * spansPerRun, spansPerRun, open: true };
    const sender = startScript('sender.js', [String(chain.otlpPort), JSON.stringify(options)]);
    const { refused } = await messageOf<Sent>(sender);
    await chain.drained();
    const after = residentNow();
    const [row] = await chain.reader.query(
      'SELECT uniqExact(trace_id) AS runs, count() AS spans FROM agentops.steps FINAL',
    );
    const stored = JSON.stringify({ runs: String(runs), spans: String(runs * spansPerRun) });
    if (refused > 0 || JSON.stringify(row) !== stored)
      throw new Error(`${refused} requests were refused, stored: ${JSON.stringify(row)}`);
    return { runs, spansPerRun, before, after, peak: residentPeak() };
  } finally {
    await chain.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const [what, runs = '100000', spansPerRun = '2'] = process.argv.slice(2);
const measured =
  what === 'chain'
    ? measureChain(Number(runs), Number(spansPerRun))
    : await measureEmbedded(Number(runs), Number(spansPerRun));
process.send!(measured);
process.disconnect();
