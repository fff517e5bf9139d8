import { CHUNK_PARTS, type ChunkReport } from '@agentops/processor';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resources, tracing } from '@opentelemetry/sdk-node';

/** The processor's own traces: a span for every chunk, its parts as children. */
export interface ChunkTraces {
  record(done: ChunkReport): void;
  /** Sends what waits, for a few seconds at most. */
  close(): Promise<void>;
}

export interface ChunkTracesOptions {
  /** Base URL of an OTLP/HTTP receiver. */
  readonly endpoint: string;
  readonly group: string;
  /** Which of the processors it is. */
  readonly instance: string;
  /** ms since the epoch of 0 of the pipeline's clock. */
  readonly clockZero?: number;
}

/** By this name a processor knows its own spans when they come back to it. */
export const SERVICE = 'agentops-processor';

const CLOSE_MS = 3_000;

/** Headers, as a token, are read by the exporter from `OTEL_EXPORTER_OTLP_HEADERS`. */
export function openChunkTraces(options: ChunkTracesOptions): ChunkTraces {
  const { endpoint, group, instance, clockZero = performance.timeOrigin } = options;
  const exporter = new OTLPTraceExporter({
    url: new URL('v1/traces', endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href,
  });
  const provider = new tracing.BasicTracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': SERVICE,
      'service.instance.id': instance,
    }),
    spanProcessors: [new tracing.BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('@agentops/processor');
  return {
    record(done) {
      if (isOwn(done)) return;
      const { times, ends } = done;
      const parts = CHUNK_PARTS.flatMap((part) =>
        times[part] === undefined ? [] : ([[part, times[part]]] as const),
      );
      const at = (ms: number): Date => new Date(clockZero + ms);
      const begun = Math.min(...parts.map(([, [from]]) => from));
      const ended = Math.max(...parts.map(([, [, to]]) => to));
      const chunk = tracer.startSpan(`process ${group}`, {
        kind: SpanKind.CONSUMER,
        startTime: at(begun),
        root: true,
        attributes: {
          'messaging.system': 'kafka',
          'messaging.operation.name': 'process',
          'messaging.operation.type': 'process',
          'messaging.consumer.group.name': group,
          'messaging.batch.message_count': done.records,
          'agentops.chunk.ends': [...ends].map(([source, next]) => `${source}@${next}`),
          'agentops.chunk.received': done.received,
          'agentops.chunk.stored': done.stored,
          'agentops.chunk.duplicates': done.duplicates,
          'agentops.chunk.dead_letters': done.deadLetters,
          'agentops.chunk.dropped': done.dropped,
        },
      });
      const context = trace.setSpanContext(ROOT_CONTEXT, chunk.spanContext());
      for (const [part, [from, to]] of parts)
        tracer.startSpan(part, { startTime: at(from) }, context).end(at(to));
      chunk.end(at(ended));
    },
    async close() {
      const waiting = new Promise((resolve) => {
        setTimeout(resolve, CLOSE_MS).unref();
      });
      await Promise.race([provider.shutdown().catch(() => {}), waiting]);
    },
  };
}

/** A chunk of nothing but spans of processors says nothing, or the spans of it would come next, without an end. */
function isOwn({ received, droppedBy }: ChunkReport): boolean {
  return received > 0 && droppedBy.get(SERVICE) === received;
}
