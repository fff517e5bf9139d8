import { randomBytes } from 'node:crypto';
import { ATTR } from '@agentops/registry/contract';
import { type Attributes, type Context, context, diag } from '@opentelemetry/api';
import { core, type tracing } from '@opentelemetry/sdk-node';
import { dimensionAttributes } from './dimensions.ts';
import { exportable, type Numbered } from './exportable.ts';

type ReadableSpan = tracing.ReadableSpan;

export interface ExportStats {
  /** Spans handed to the exporter successfully. */
  readonly exported: number;
  /** Spans given up: the queue was full, the exporter failed, or the processor was shut down. */
  readonly dropped: number;
  readonly queued: number;
}

export interface AgentSpanProcessor extends tracing.SpanProcessor {
  stats(): ExportStats;
}

export interface AgentSpanProcessorOptions {
  /** ms between exports; the freshness that users feel. Default 1,000. */
  readonly flushIntervalMs?: number | undefined;
  /** Spans that wait at most; more are dropped and counted. Default 8,192. */
  readonly maxQueue?: number | undefined;
  /** Spans an export. Default 512. */
  readonly maxBatch?: number | undefined;
  /** Id of this process in {@link ATTR.instance}; random when left out. */
  readonly instance?: string | undefined;
  /** Set on every span that does not say otherwise: dimensions of a process whose resource is not ours. */
  readonly defaults?: Attributes | undefined;
}

/**
 * Sets the dimensions of the context on every span that begins under them, also on those of other instrumentations;
 * numbers the spans of this process, so that a gap is seen; exports in short intervals from a bounded queue. Never
 * throws into the agent and never waits for the network on its path.
 */
export function createAgentSpanProcessor(
  exporter: tracing.SpanExporter,
  options: AgentSpanProcessorOptions = {},
): AgentSpanProcessor {
  const { flushIntervalMs = 1000, maxQueue = 8192, maxBatch = 512, defaults } = options;
  const instance = options.instance ?? randomBytes(8).toString('hex');
  let queue: Numbered[] = [];
  let sequence = 0;
  let exported = 0;
  let dropped = 0;
  let exporting: Promise<void> | null = null;
  let closed: Promise<void> | null = null;
  const timer = setInterval(() => void flush(), flushIntervalMs);
  timer.unref();

  function drop(spans: number, why: string, error?: unknown): void {
    if (dropped === 0) diag.warn(`agentops: spans are dropped: ${why}`, error);
    dropped += spans;
  }

  /** One export at a time; the exporter has retried when it fails. Goes on while whole batches wait. */
  function flush(): Promise<void> {
    exporting ??= exportBatches().finally(() => {
      exporting = null;
    });
    return exporting;
  }

  async function exportBatches(): Promise<void> {
    do {
      const batch = queue.splice(0, maxBatch);
      if (batch.length === 0) return;
      try {
        await settled(batch);
        await send(batch.map((numbered) => exportable(numbered, instance)));
        exported += batch.length;
      } catch (error) {
        drop(batch.length, 'the export failed', error);
      }
    } while (queue.length >= maxBatch);
  }

  function send(spans: ReadableSpan[]): Promise<void> {
    return new Promise((resolve, reject) => {
      // Without this an instrumented HTTP client would make spans of our own requests, for ever.
      context.with(core.suppressTracing(context.active()), () =>
        exporter.export(spans, ({ code, error }) =>
          code === core.ExportResultCode.SUCCESS ? resolve() : reject(error),
        ),
      );
    });
  }

  /** Exports what waits now; what comes meanwhile is left to the next interval. */
  async function drain(): Promise<void> {
    const last = sequence;
    while (exporting !== null || (queue[0] !== undefined && queue[0].sequence <= last)) await flush();
  }

  return {
    onStart(span, parent: Context) {
      try {
        fill(span, dimensionAttributes(parent));
        fill(span, defaults);
      } catch (error) {
        diag.error('agentops: dimensions are missing on a span', error);
      }
    },
    onEnd(span: ReadableSpan) {
      if (!isSampled(span)) return;
      sequence++;
      if (closed !== null) drop(1, 'shut down');
      else if (queue.length >= maxQueue) drop(1, 'the queue is full');
      else queue.push({ span, sequence, dropped });
      if (queue.length === maxBatch) setImmediate(() => void flush());
    },
    forceFlush: drain,
    shutdown() {
      closed ??= drain()
        .then(() => exporter.shutdown())
        .finally(() => {
          clearInterval(timer);
          if (queue.length > 0) drop(queue.length, 'shut down');
          queue = [];
        });
      return closed;
    },
    stats: () => ({ exported, dropped, queued: queue.length }),
  };
}

/** What the span says itself stands. */
function fill(span: tracing.Span, attributes: Readonly<Attributes> | null | undefined): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined && !Object.hasOwn(span.attributes, key)) span.setAttribute(key, value);
  }
}

function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & 1) === 1;
}

/** Resource detectors may still be asking (for a host id, say): what they find belongs to the first spans, too. */
async function settled(batch: readonly Numbered[]): Promise<void> {
  const pending = new Set(batch.map(({ span }) => span.resource).filter((it) => it.asyncAttributesPending));
  for (const resource of pending) await resource.waitForAsyncAttributes?.();
}
