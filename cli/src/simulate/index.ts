import { configureContent, createAgentSpanProcessor } from '@agentops/instrumentation/start';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resources, tracing } from '@opentelemetry/sdk-node';
import { FLEET, type Profile } from './fleet.ts';
import { createRandom, type Random } from './random.ts';
import { emptyTruth, simulateTask, type Truth } from './task.ts';

export interface SimulateOptions {
  readonly seed: number;
  readonly from: Date;
  readonly to: Date;
  /** Scales every agent's traffic; default 1. */
  readonly scale?: number;
  /** Base URL of an OTLP/HTTP receiver. */
  readonly endpoint: string;
  readonly token?: string;
  readonly onDay?: (day: Date, spans: number) => void;
}

export interface SimulatedFleet {
  readonly spans: number;
  /** By agent name. */
  readonly agents: Readonly<Record<string, Truth>>;
}

const DAY = 86_400_000;
const TOKYO_OFFSET = 9 * 3_600_000;

/**
 * A fleet through the real SDK and OTLP exporter: seeded ids and explicit times, so that weeks take seconds and two runs
 * are equal. Returns what really happened, to hold the product's numbers against.
 */
export async function simulate(options: SimulateOptions): Promise<SimulatedFleet> {
  configureContent({ content: 'none', digestKey: `simulation-${options.seed}` });
  const agents: Record<string, Truth> = {};
  let spans = 0;
  const services = FLEET.map((profile, index) => createService(profile, options, index));
  try {
    for (let day = options.from.getTime(); day < options.to.getTime(); day += DAY) {
      for (const service of services) {
        agents[service.profile.agent] ??= emptyTruth();
        service.activate();
        for (const at of startTimes(service.profile, service.random, day, options)) {
          simulateTask(service.profile, service.random, at, agents[service.profile.agent]!);
          if (service.queued() >= FLUSH_AT) await service.flush();
        }
        await service.flush();
      }
      spans = services.reduce((sum, service) => sum + service.exported(), 0);
      options.onDay?.(new Date(day), spans);
    }
  } finally {
    for (const service of services) await service.close();
    trace.disable();
  }
  const lost = services.reduce((sum, service) => sum + service.dropped(), 0);
  if (lost > 0) throw new Error(`${lost} spans could not be sent to ${options.endpoint}`);
  return { spans, agents };
}

const FLUSH_AT = 2000;

/** Starts of one day's tasks: Poisson in number, in office hours where the agent keeps them. */
function startTimes(profile: Profile, random: Random, day: number, options: SimulateOptions): number[] {
  const tokyoMidnight = Math.floor((day + TOKYO_OFFSET) / DAY) * DAY - TOKYO_OFFSET;
  const weekday = new Date(tokyoMidnight + TOKYO_OFFSET).getUTCDay();
  if (profile.officeHours && (weekday === 0 || weekday === 6)) return [];
  const count = Math.round(random.around(profile.tasksPerDay * (options.scale ?? 1), 0.12));
  const [open, close] = profile.officeHours ? [9, 18] : [0, 24];
  return Array.from(
    { length: count },
    () => tokyoMidnight + (open + random.next() * (close - open)) * 3_600_000,
  )
    .map(Math.round)
    .filter((at) => at >= options.from.getTime() && at < options.to.getTime())
    .sort((a, b) => a - b);
}

interface Service {
  readonly profile: Profile;
  readonly random: Random;
  /** Makes this service's provider the one that helpers use. */
  activate(): void;
  queued(): number;
  exported(): number;
  dropped(): number;
  flush(): Promise<void>;
  close(): Promise<void>;
}

function createService(profile: Profile, options: SimulateOptions, index: number): Service {
  const random = createRandom(options.seed * 1009 + index);
  const ids = createRandom(options.seed * 7919 + index);
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint.replace(/\/$/, '')}/v1/traces`,
    ...(options.token !== undefined && { headers: { authorization: `Bearer ${options.token}` } }),
    timeoutMillis: 30_000,
  });
  const processor = createAgentSpanProcessor(exporter, {
    instance: ids.hex(8),
    flushIntervalMs: 3_600_000,
    maxQueue: Number.POSITIVE_INFINITY,
    maxBatch: Number.MAX_SAFE_INTEGER,
  });
  const provider = new tracing.BasicTracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': profile.service,
      'service.version': profile.version,
      'deployment.environment.name': 'production',
    }),
    spanProcessors: [processor],
    idGenerator: { generateTraceId: () => ids.hex(16), generateSpanId: () => ids.hex(8) },
    spanLimits: { attributeCountLimit: 1024 },
  });
  return {
    profile,
    random,
    activate() {
      trace.disable();
      trace.setGlobalTracerProvider(provider);
    },
    queued: () => processor.stats().queued,
    exported: () => processor.stats().exported,
    dropped: () => processor.stats().dropped,
    flush: () => processor.forceFlush(),
    close: () => provider.shutdown(),
  };
}

export type { Truth };
