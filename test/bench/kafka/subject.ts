import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { counter, startCollector } from '../../servers/collector.ts';
import { testFile } from '../../servers/tools.ts';
import { startChild } from '../../torture/child.ts';
import { startScript } from '../child.ts';
import { MOST_MS, type Rate, rateOf, type Sample, samplesOf } from './samples.ts';
import { SPANS_PER_RECORD } from './topic.ts';

/** What a process under test is told. */
export interface SubjectOptions {
  readonly broker: string;
  /** Of consumers; each measurement has a new one and so begins at the beginning. */
  readonly group: string;
  readonly spansPerRecord: number;
  /** In `chain.js`: how far it goes. */
  readonly what?: Extent;
  /** In `processor.js`: the store's URL. */
  readonly store?: string;
}

export type Extent = 'decode' | 'rows';

/** Works off the whole of a topic of so many spans. */
export type Subject = (broker: string, spans: number) => Promise<Rate>;

let groups = 0;

function optionsOf(broker: string): SubjectOptions {
  return { broker, group: `bench-${++groups}`, spansPerRecord: SPANS_PER_RECORD };
}

/** The Collector's own consumer; `cores` bounds what Go runs at a time. */
export function collector(cores: number): Subject {
  return async (broker, spans) => {
    const { group } = optionsOf(broker);
    const server = await startCollector({
      configs: [testFile('bench/kafka/anchor.yaml')],
      env: { BROKER: broker, GROUP: group, GOMAXPROCS: `${cores}` },
    });
    try {
      const samples: Sample[] = [];
      const begun = performance.now();
      while ((samples.at(-1)?.spans ?? 0) < spans) {
        if (performance.now() - begun > MOST_MS) throw new Error(`not done in time:\n${server.said()}`);
        const metrics = await server.metrics();
        samples.push({
          at: Date.now() / 1e3,
          spans: counter(metrics, 'otelcol_receiver_accepted_spans'),
          cpu: counter(metrics, 'otelcol_process_cpu_seconds'),
          resident: Math.round(counter(metrics, 'otelcol_process_memory_rss') / 2 ** 20),
        });
        await sleep(100);
      }
      return rateOf([samples], spans);
    } finally {
      await server.stop();
    }
  };
}

/** kafkajs alone. */
export const consumer: Subject = (broker, spans) => measureScript('consumer.js', optionsOf(broker), 1, spans);

/** Our source and chain without a store, in so many processes of one group. */
export function chain(what: Extent, processes = 1): Subject {
  return (broker, spans) => measureScript('chain.js', { ...optionsOf(broker), what }, processes, spans);
}

/** Processors into a ClickHouse of their own, the engine behind its HTTP interface in another process. */
export function processors(processes: number): Subject {
  return async (broker, spans) => {
    const store = await openStore();
    try {
      const options = { ...optionsOf(broker), store: store.url };
      return await measureScript('processor.js', options, processes, spans);
    } finally {
      await store.close();
    }
  };
}

async function measureScript(
  name: string,
  options: SubjectOptions,
  processes: number,
  spans: number,
): Promise<Rate> {
  const args = [JSON.stringify(options)];
  const children = Array.from({ length: processes }, () => startScript(`kafka/${name}`, args));
  return rateOf(await samplesOf(children, spans), spans);
}

/** An empty store with all tables, as a process of its own. */
export async function openStore(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'agentops-bench-'));
  const token = 'writer-token';
  const store = startChild('store', { dir, port: 0, token });
  const port = await store.told<number>('port');
  return {
    url: `http://writer:${token}@127.0.0.1:${port}`,
    async close() {
      await store.kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A processor with a store of its own. */
export interface Run {
  /** The store's. */
  readonly url: string;
  /** What the processor told of itself, so far. */
  readonly samples: readonly Sample[];
  /** Resolves once it has stored so many spans. */
  until(spans: number): Promise<void>;
  /** Cores that the processor kept busy, from its first span on. */
  cores(): number;
  close(): Promise<void>;
}

export async function startRun(broker: string): Promise<Run> {
  const store = await openStore();
  const child = startScript('kafka/processor.js', [
    JSON.stringify({ ...optionsOf(broker), store: store.url } satisfies SubjectOptions),
  ]);
  const samples: Sample[] = [];
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`the processor ended with ${code}`)));
  });
  ended.catch(() => {});
  child.on('message', (sample: Sample) => samples.push(sample));
  return {
    url: store.url,
    samples,
    until: (spans) =>
      Promise.race([
        ended,
        new Promise<void>((resolve) => {
          const check = ({ spans: done }: Sample): void => {
            if (done < spans) return;
            child.off('message', check);
            resolve();
          };
          child.on('message', check);
        }),
      ]),
    cores() {
      const first = samples.find(({ spans }) => spans > 0)!;
      const last = samples.at(-1)!;
      return (last.cpu - first.cpu) / (last.at - first.at);
    },
    async close() {
      child.kill('SIGKILL');
      await store.close();
    },
  };
}
