import type { ProcessorStats } from '@agentops/processor';

type Sample = readonly [value: number, labels?: Readonly<Record<string, string>>];

/** What a processor tells Prometheus of itself, in the text format 0.0.4. */
export function processorMetrics(stats: ProcessorStats, memoryBytes: number): string {
  const of = (source: string): Readonly<Record<string, string>> => ({ source });
  return [
    metric('agentops_processor_items_total', 'counter', 'Items by what became of them.', [
      [stats.stored, { result: 'stored' }],
      [stats.duplicates, { result: 'duplicate' }],
      [stats.deadLetters, { result: 'dead_letter' }],
      [stats.dropped, { result: 'dropped' }],
    ]),
    metric('agentops_processor_items_received_total', 'counter', 'Items as the door counted them.', [
      [stats.received],
    ]),
    metric('agentops_processor_records_total', 'counter', 'Records taken from the topics.', [
      [stats.records],
    ]),
    histogram(
      'agentops_processor_chunk_items',
      'Items of the chunks that were stored and committed.',
      stats.chunks,
    ),
    metric(
      'agentops_processor_chunk_seconds_total',
      'counter',
      'Time that chunks took, by part; the insert of one overlaps with the next.',
      Object.entries(stats.chunks.seconds).map(([part, seconds]): Sample => [seconds, { part }]),
    ),
    metric('agentops_processor_assignments_total', 'counter', 'Assignments by the group.', [
      [stats.assignments],
    ]),
    metric('agentops_processor_partitions', 'gauge', 'Partitions assigned now.', [[stats.partitions.length]]),
    metric(
      'agentops_processor_lag_records',
      'gauge',
      'Records that wait, of the whole group.',
      [...stats.lag].map(([source, waiting]): Sample => [waiting, of(source)]),
    ),
    metric('agentops_processor_buffered_records', 'gauge', 'Records fetched and not taken yet.', [
      [stats.buffered],
    ]),
    metric(
      'agentops_processor_freshness_seconds',
      'gauge',
      'From receipt to stored, of the latest chunk’s oldest record; or how long records have been waiting.',
      [[stats.freshnessMs / 1_000]],
    ),
    metric('agentops_processor_traces', 'gauge', 'Traces whose sets are in memory.', [[stats.traces]]),
    metric('agentops_processor_trace_items', 'gauge', 'Items of these traces.', [[stats.items]]),
    metric('agentops_processor_up', 'gauge', '1 running, 0 while the store refuses or after a failure.', [
      [stats.health.state === 'running' ? 1 : 0],
    ]),
    metric('agentops_processor_resident_memory_bytes', 'gauge', 'Resident memory of the process.', [
      [memoryBytes],
    ]),
  ].join('');
}

function histogram(name: string, help: string, { atMost, chunks, items }: ProcessorStats['chunks']): string {
  const buckets = [...atMost, ['+Inf', chunks] as const].map(
    ([bound, count]) => `${name}_bucket{le="${bound}"} ${count}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${buckets.join('')}${name}_sum ${items}\n${name}_count ${chunks}\n`;
}

function metric(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([value, labels]) => `${name}${labelled(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelled(labels: Readonly<Record<string, string>> | undefined): string {
  if (labels === undefined) return '';
  const pairs = Object.entries(labels).map(
    ([key, value]) => `${key}="${value.replace(/[\\"\n]/g, escapeSign)}"`,
  );
  return `{${pairs.join(',')}}`;
}

const escapeSign = (sign: string): string => (sign === '\n' ? '\\n' : `\\${sign}`);
