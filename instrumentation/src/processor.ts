import { randomBytes } from 'node:crypto';
import { ATTR } from '@agentops/registry/contract';
import { type Context, diag } from '@opentelemetry/api';
import type { tracing } from '@opentelemetry/sdk-node';
import { dimensionAttributes } from './dimensions.ts';

type Span = tracing.Span;
type ReadableSpan = tracing.ReadableSpan;
type SpanExporter = tracing.SpanExporter;
type SpanProcessor = tracing.SpanProcessor;

export interface ExportStats {
  /** Spans handed to the exporter successfully. */
  readonly exported: number;
  /** Spans given up: the queue was full, or the exporter failed. */
  readonly dropped: number;
  readonly queued: number;
}

export interface AgentSpanProcessor extends SpanProcessor {
  stats(): ExportStats;
}

export interface AgentSpanProcessorOptions {
  /** ms between exports; the freshness that users feel. Default 1,000. */
  readonly flushIntervalMs?: number;
  /** Spans that wait at most; more are dropped and counted. Default 8,192. */
  readonly maxQueue?: number;
  /** Spans an export. Default 512. */
  readonly maxBatch?: number;
  /** Id of this process in {@link ATTR.instance}; random when left out. */
  readonly instance?: string;
}

/**
 * Sets the dimensions of the context on every span that begins under them, also on those of other instrumentations;
 * numbers the spans of this process, so that a gap is seen; exports in short intervals from a bounded queue. Never
 * throws into the agent and never waits for the network on its path.
 */
export function createAgentSpanProcessor(
  exporter: SpanExporter,
  options: AgentSpanProcessorOptions = {},
): AgentSpanProcessor {
  const { flushIntervalMs = 1000, maxQueue = 8192, maxBatch = 512 } = options;
  const instance = options.instance ?? randomBytes(8).toString('hex');
  let queue: ReadableSpan[] = [];
  let sequence = 0;
  let exported = 0;
  let dropped = 0;
  let exporting: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => void flush(), flushIntervalMs);
  timer.unref();

  /** One export at a time; what fails is counted, and the exporter has retried by then. */
  function flush(): Promise<void> {
    if (busy || queue.length === 0) return exporting;
    busy = true;
    const batch = queue.splice(0, maxBatch);
    exporting = new Promise<void>((resolve) => {
      const done = (ok: boolean): void => {
        if (ok) exported += batch.length;
        else dropped += batch.length;
        busy = false;
        resolve(queue.length >= maxBatch ? flush() : undefined);
      };
      try {
        exporter.export(batch, (result) => done(result.code === 0));
      } catch (error) {
        diag.error('agentops: export failed', error);
        done(false);
      }
    });
    return exporting;
  }

  async function drain(): Promise<void> {
    while (busy || queue.length > 0) await flush();
  }

  return {
    onStart(span: Span, parent: Context) {
      const attributes = dimensionAttributes(parent);
      if (attributes !== null) span.setAttributes(attributes);
    },
    onEnd(span: ReadableSpan) {
      const number = ++sequence;
      if (queue.length >= maxQueue) {
        dropped++;
        return;
      }
      // An ended span takes no attributes any more: the numbers are added to what is exported.
      const { attributes } = span;
      attributes[ATTR.instance] = instance;
      attributes[ATTR.sequence] = number;
      if (dropped > 0) attributes[ATTR.dropped] = dropped;
      queue.push(span);
      if (queue.length >= maxBatch) setImmediate(() => void flush());
    },
    forceFlush: drain,
    async shutdown() {
      clearInterval(timer);
      await drain();
      await exporter.shutdown();
      queue = [];
    },
    stats: () => ({ exported, dropped, queued: queue.length }),
  };
}
