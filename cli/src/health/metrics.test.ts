import type { ProcessorStats } from '@agentops/processor';
import { expect, test } from 'vitest';
import { processorMetrics } from './metrics.ts';

const STATS = {
  received: 12,
  stored: 9,
  duplicates: 1,
  deadLetters: 1,
  dropped: 1,
  records: 4,
  chunks: {
    atMost: new Map([
      [10, 1],
      [100, 2],
    ]),
    chunks: 2,
    items: 12,
    seconds: { gather: 1.5, load: 0, fold: 0.25, claim: 0, insert: 0.5, commit: 0 },
  },
  assignments: 1,
  partitions: ['kafka:otlp_spans/0', 'kafka:otlp_logs/0'],
  lag: new Map([['kafka:otlp_spans/0', 7]]),
  buffered: 3,
  freshnessMs: 1_250,
  traces: 5,
  items: 9,
  health: { state: 'running' },
} as unknown as ProcessorStats;

/** The grammar of a line: comment, or name, labels and a number (Prometheus exposition format 0.0.4). */
const LINE =
  /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? -?[\d.]+)$/;

test('metrics are told as Prometheus reads them, each with its help and type', () => {
  const lines = processorMetrics(STATS, 300 << 20)
    .trimEnd()
    .split('\n');
  for (const line of lines) expect(line).toMatch(LINE);
  expect(lines).toEqual(
    expect.arrayContaining([
      'agentops_processor_items_total{result="dead_letter"} 1',
      'agentops_processor_lag_records{source="kafka:otlp_spans/0"} 7',
      'agentops_processor_chunk_items_bucket{le="10"} 1',
      'agentops_processor_chunk_items_bucket{le="+Inf"} 2',
      'agentops_processor_chunk_items_sum 12',
      'agentops_processor_chunk_seconds_total{part="insert"} 0.5',
      'agentops_processor_freshness_seconds 1.25',
      'agentops_processor_up 1',
    ]),
  );
  const named = (kind: string): string[] =>
    lines.filter((line) => line.startsWith(`# ${kind} `)).map((line) => line.split(' ')[2]!);
  expect(named('HELP')).toEqual(named('TYPE'));
  expect(new Set(named('TYPE')).size).toBe(named('TYPE').length);
});
