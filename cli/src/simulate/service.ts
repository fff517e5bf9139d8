import { createAgentSpanProcessor } from '@agentops/instrumentation/start';
import { type TracerProvider, trace } from '@opentelemetry/api';
import { resources, tracing } from '@opentelemetry/sdk-node';
import type { Profile } from './profile.ts';
import { createRandom } from './random.ts';

/** One process of the fleet: a real SDK with seeded ids. */
export interface Service {
  /** Makes this service's provider the one that helpers use. */
  activate(): void;
  queued(): number;
  dropped(): number;
  /** Resolves when everything that ended is exported or given up. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createService(profile: Profile, seed: number, exporter: tracing.SpanExporter): Service {
  const ids = createRandom(seed);
  const processor = createAgentSpanProcessor(exporter, {
    instance: ids.hex(8),
    // Exports come when they are asked for, so that two runs cut their batches alike.
    flushIntervalMs: 2 ** 31 - 1,
    maxQueue: Number.POSITIVE_INFINITY,
    maxBatch: Number.MAX_SAFE_INTEGER,
  });
  const provider: TracerProvider & tracing.BasicTracerProvider = new tracing.BasicTracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': profile.service,
      'service.version': profile.version,
      'deployment.environment.name': 'production',
    }),
    spanProcessors: [processor],
    idGenerator: { generateTraceId: () => ids.hex(16), generateSpanId: () => ids.hex(8) },
  });
  return {
    activate() {
      trace.disable();
      trace.setGlobalTracerProvider(provider);
    },
    queued: () => processor.stats().queued,
    dropped: () => processor.stats().dropped,
    flush: () => processor.forceFlush(),
    close: () => provider.shutdown(),
  };
}
