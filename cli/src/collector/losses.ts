/**
 * What a Collector has lost for good since it was started, by its own counters. Refusals are not among them: whoever was
 * refused knows, and sends again; the branch of a bundle gives up after a minute, and that counts.
 */
export interface CollectorLosses {
  /** Random, made at its start: counters begin at 0 with it. */
  readonly instance: string;
  readonly losses: readonly Loss[];
}

export interface Loss {
  readonly signal: 'spans' | 'logs';
  readonly reason: string;
  readonly items: number;
}

interface Counter {
  /** Without `otelcol_exporter_` and the signal. */
  readonly name: 'enqueue_failed' | 'send_failed';
  readonly exporter: RegExp;
  readonly reason: string;
}

/** Exporters as the generated configurations name them. */
const COUNTERS: readonly Counter[] = [
  { name: 'enqueue_failed', exporter: /\/agentops-branch$/, reason: 'queue of the branch full' },
  { name: 'send_failed', exporter: /\/agentops-branch$/, reason: 'branch gave up' },
  { name: 'send_failed', exporter: /^(?:kafka|otlp_http)\/agentops$/, reason: 'refused for good' },
];
const SIGNALS = { spans: 'spans', logs: 'log_records' } as const;

/** Reads the Prometheus text of a Collector; null when it tells no instance: it is no Collector's. */
export function readLosses(metrics: string): CollectorLosses | null {
  let instance = '';
  const sums = new Map<string, Loss>();
  for (const line of metrics.split('\n')) {
    const sample = parseSample(line);
    if (sample === null) continue;
    instance ||= sample.labels.get('service_instance_id') ?? '';
    for (const counter of COUNTERS) {
      for (const [signal, named] of Object.entries(SIGNALS) as [Loss['signal'], string][]) {
        const name = `otelcol_exporter_${counter.name}_${named}`;
        if (sample.name !== name && sample.name !== `${name}_total`) continue;
        if (!counter.exporter.test(sample.labels.get('exporter') ?? '')) continue;
        const key = `${signal}\n${counter.reason}`;
        const items = (sums.get(key)?.items ?? 0) + sample.value;
        sums.set(key, { signal, reason: counter.reason, items });
      }
    }
  }
  return instance === '' ? null : { instance, losses: [...sums.values()].filter(({ items }) => items > 0) };
}

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

function parseSample(line: string): Sample | null {
  if (line.startsWith('#')) return null;
  const [, name, labels, value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) return null;
  return {
    name,
    labels: new Map([...(labels ?? '').matchAll(LABEL)].map(([, key, text]) => [key!, text!])),
    value: Number(value),
  };
}
