import { expect, test } from 'vitest';
import { readLosses } from './losses.ts';

const METRICS = `# HELP otelcol_exporter_enqueue_failed_spans Number of spans failed to be added to the sending queue.
# TYPE otelcol_exporter_enqueue_failed_spans counter
otelcol_exporter_enqueue_failed_spans{exporter="otlp_http/agentops-branch",service_instance_id="3f2a-1"} 700
otelcol_exporter_enqueue_failed_spans{exporter="otlp_http/theirs",service_instance_id="3f2a-1"} 9
otelcol_exporter_enqueue_failed_spans{exporter="kafka/agentops",service_instance_id="3f2a-1"} 5000
otelcol_exporter_send_failed_spans_total{error_type="a, \\"b\\"",exporter="kafka/agentops",service_instance_id="3f2a-1"} 30
otelcol_exporter_send_failed_spans_total{error_type="c",exporter="kafka/agentops",service_instance_id="3f2a-1"} 12
otelcol_exporter_send_failed_log_records{exporter="otlp_http/agentops-branch",service_instance_id="3f2a-1"} 1e+06
otelcol_exporter_send_failed_spans{exporter="otlp_http",service_instance_id="3f2a-1"} 77
otelcol_receiver_refused_spans{receiver="otlp",service_instance_id="3f2a-1"} 4
`;

test('what our exporters lost for good, of both signals; nobody else’s, and no refusals', () => {
  expect(readLosses(METRICS)).toEqual({
    instance: '3f2a-1',
    losses: [
      { signal: 'spans', reason: 'queue of the branch full', items: 700 },
      { signal: 'spans', reason: 'refused for good', items: 42 },
      { signal: 'logs', reason: 'branch gave up', items: 1_000_000 },
    ],
  });
});

test('what is no Collector’s is no loss of 0', () => {
  expect(readLosses('up 1\nsomething{a="b"} 2\n<html>')).toBeNull();
  expect(readLosses('target_info{service_instance_id="x"} 1\n')).toEqual({ instance: 'x', losses: [] });
});
