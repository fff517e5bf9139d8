import type { ChildProcess } from 'node:child_process';

/** How far a process has come: what it has worked off, and what that took it. */
export interface Sample {
  /** Seconds of a clock that all processes share. */
  readonly at: number;
  readonly spans: number;
  /** Seconds of CPU of the whole process, garbage collection and native code included. */
  readonly cpu: number;
  /** Resident now, MiB. */
  readonly resident: number;
}

export interface Rate {
  readonly perSecond: number;
  /** Of all processes together. */
  readonly perCpuSecond: number;
  /** The most that one of them had resident, MiB. */
  readonly peak: number;
}

const EVERY_MS = 100;
/** Longer takes no measurement, unless something hangs. */
export const MOST_MS = 180_000;
/** What a process takes to get going is none of its rate. */
const WARM = 0.2;

/** In a child: tells its parent how far it has come, and ends with it. */
export function tellSamples(spans: () => number): void {
  process.on('disconnect', () => process.exit(0));
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    process.send?.({
      at: Date.now() / 1e3,
      spans: spans(),
      cpu: (user + system) / 1e6,
      resident: Math.round(process.memoryUsage.rss() / 2 ** 20),
    } satisfies Sample);
  }, EVERY_MS);
}

/** The samples of children that share the work, once they have done `total` spans among them; then ends them. */
export async function samplesOf(children: readonly ChildProcess[], total: number): Promise<Sample[][]> {
  const samples = children.map((): Sample[] => []);
  const done = (): number => samples.reduce((sum, list) => sum + (list.at(-1)?.spans ?? 0), 0);
  try {
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error(`${done()} spans of ${total} in ${MOST_MS} ms`)), MOST_MS).unref();
      for (const [index, child] of children.entries()) {
        child.on('message', (sample: Sample) => {
          samples[index]!.push(sample);
          if (done() >= total) resolve();
        });
        child.once('exit', (code) => reject(new Error(`${child.spawnargs.at(1)} ended with ${code}`)));
      }
    });
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
  return samples;
}

/**
 * What processes that share the work did between the first fifth of it and its end: from the moment at which each of
 * them had begun, to the one at which the first had nothing left.
 */
export function rateOf(samples: readonly (readonly Sample[])[], total: number): Rate {
  const share = total / samples.length;
  const from = Math.max(...samples.map((list) => list.find(({ spans }) => spans >= share * WARM)?.at ?? 0));
  const to = Math.min(...samples.map((list) => endOf(list).at));
  let spans = 0;
  let cpu = 0;
  for (const list of samples) {
    const [first, last] = [list.find(({ at }) => at >= from)!, list.findLast(({ at }) => at <= to)!];
    spans += last.spans - first.spans;
    cpu += last.cpu - first.cpu;
  }
  const peak = Math.max(...samples.flat().map(({ resident }) => resident));
  return { perSecond: spans / (to - from), perCpuSecond: spans / cpu, peak };
}

/** The first sample with which everything is done. */
function endOf(list: readonly Sample[]): Sample {
  const last = list.at(-1)!;
  return list.find(({ spans }) => spans === last.spans)!;
}
