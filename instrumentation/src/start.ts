import { randomBytes } from 'node:crypto';
import { context, type TracerProvider, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK, resources, tracing } from '@opentelemetry/sdk-node';
import { type ContentPolicy, configureContent } from './content.ts';
import { namedDimensions } from './dimensions.ts';
import { join, registeredProvider } from './existing.ts';
import {
  type AgentSpanProcessor,
  type AgentSpanProcessorOptions,
  createAgentSpanProcessor,
  type ExportStats,
} from './processor.ts';
import { useTracerProvider } from './spans.ts';

export interface StartOptions extends Omit<AgentSpanProcessorOptions, 'defaults'> {
  /** `service.name`; `OTEL_SERVICE_NAME` when left out. A provider that is joined keeps its own. */
  readonly service?: string | undefined;
  readonly version?: string | undefined;
  /** `deployment.environment.name`; a provider that is joined keeps its own. */
  readonly environment?: string | undefined;
  /** Base URL of the OTLP/HTTP receiver; `OTEL_EXPORTER_OTLP_ENDPOINT`, or port 4318 of this host, when left out. */
  readonly endpoint?: string | undefined;
  readonly token?: string | undefined;
  readonly department?: string | undefined;
  readonly team?: string | undefined;
  readonly costCenter?: string | undefined;
  /** Prompts, arguments and results. Default none. */
  readonly content?: ContentPolicy | undefined;
  /**
   * Keys the digests of arguments and results: calls are compared where keys are equal. `AGENTOPS_DIGEST_KEY` when left
   * out, else a random one, so that calls are compared within this process only; null sends no digests.
   */
  readonly digestKey?: string | Uint8Array | null | undefined;
  readonly idGenerator?: tracing.IdGenerator | undefined;
}

export interface AgentOps {
  /**
   * `own`: this call registered the provider. `joined`: our processor was added to the one that was there.
   * `beside`: that one cannot be joined, so the helpers' spans, and only they, go through a provider of ours.
   * `off`: the environment says so, or the options are wrong (a process warning says what).
   */
  readonly mode: 'own' | 'joined' | 'beside' | 'off';
  stats(): ExportStats;
  /** Exports what waits. */
  flush(): Promise<void>;
  /** Exports what waits, for at most `timeoutMs` (default 5,000), and stops. Never rejects. */
  shutdown(timeoutMs?: number): Promise<void>;
}

let running: AgentOps | null = null;

/**
 * Starts telemetry with one call. A TracerProvider that is registered already is left as it is, and its spans keep going
 * where they went; so begin other instrumentations first. A second call returns what the first one started.
 */
export function startAgentOps(options: StartOptions = {}): AgentOps {
  if (running !== null) return running;
  if (process.env['OTEL_SDK_DISABLED'] === 'true' || process.env['OTEL_TRACES_EXPORTER'] === 'none')
    return OFF;
  try {
    running = start(options);
    return running;
  } catch (error) {
    process.emitWarning(`agentops: telemetry is off: ${error instanceof Error ? error.message : error}`);
    return OFF;
  }
}

const OFF: AgentOps = {
  mode: 'off',
  stats: () => ({ exported: 0, dropped: 0, queued: 0 }),
  flush: async () => {},
  shutdown: async () => {},
};

function start(options: StartOptions): AgentOps {
  const exporter = new OTLPTraceExporter({
    ...(options.endpoint !== undefined && { url: tracesUrl(options.endpoint) }),
    ...(options.token !== undefined && { headers: { authorization: `Bearer ${options.token}` } }),
  });
  const existing = registeredProvider();
  const processor = createAgentSpanProcessor(exporter, {
    ...options,
    ...(existing !== null && { defaults: namedDimensions(pickDimensions(options)) }),
  });
  configureContent({ content: options.content ?? 'none', digestKey: digestKey(options) });
  if (existing === null) return startOwn(options, processor);
  const leave = join(existing, processor);
  if (leave === null) return startBeside(options, processor);
  return handle('joined', processor, () => processor.shutdown(), leave);
}

function startOwn(options: StartOptions, processor: AgentSpanProcessor): AgentOps {
  const { env } = process;
  const sdk = new NodeSDK({
    ...sdkOptions(options, processor),
    ...(env['OTEL_NODE_RESOURCE_DETECTORS'] === undefined && { resourceDetectors: DETECTORS }),
    ...(env['OTEL_METRICS_EXPORTER'] === undefined && { metricReaders: [] }),
    ...(env['OTEL_LOGS_EXPORTER'] === undefined && { logRecordProcessors: [] }),
    ...(options.service !== undefined && { serviceName: options.service }),
  });
  sdk.start();
  return handle(
    'own',
    processor,
    () => sdk.shutdown(),
    () => trace.disable(),
  );
}

function startBeside(options: StartOptions, processor: AgentSpanProcessor): AgentOps {
  const { resource, ...rest } = sdkOptions(options, processor);
  const provider: TracerProvider = new tracing.BasicTracerProvider({
    ...rest,
    resource: resources
      .defaultResource()
      .merge(resources.detectResources({ detectors: DETECTORS }))
      .merge(resource)
      .merge(resources.resourceFromAttributes(defined({ 'service.name': options.service }))),
  });
  // Refused where there is one, which is what we want.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  useTracerProvider(provider);
  return handle(
    'beside',
    processor,
    () => processor.shutdown(),
    () => useTracerProvider(null),
  );
}

function sdkOptions(options: StartOptions, processor: AgentSpanProcessor) {
  const limited = process.env['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT'] ?? process.env['OTEL_ATTRIBUTE_COUNT_LIMIT'];
  return {
    resource: resources.defaultResource().merge(
      resources.resourceFromAttributes(
        defined({
          'service.version': options.version,
          'deployment.environment.name': options.environment,
          ...namedDimensions(pickDimensions(options)),
        }),
      ),
    ),
    spanProcessors: [processor],
    // Flattened messages alone exceed the default of 128, and then token counts are what is left out.
    ...(limited === undefined && { spanLimits: { attributeCountLimit: 1024 } }),
    ...(options.idGenerator !== undefined && { idGenerator: options.idGenerator }),
  };
}

/** Only what the environment says: a command line, which the SDK would send along, may hold secrets. */
const DETECTORS = [resources.envDetector];

function handle(
  mode: AgentOps['mode'],
  processor: AgentSpanProcessor,
  stop: () => Promise<void>,
  leave: () => void,
): AgentOps {
  return {
    mode,
    stats: processor.stats,
    flush: () => processor.forceFlush(),
    async shutdown(timeoutMs = 5000) {
      await Promise.race([stop().catch(() => {}), after(timeoutMs)]);
      leave();
      running = null;
    },
  };
}

function tracesUrl(endpoint: string): string {
  return new URL('v1/traces', endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href;
}

function digestKey({ digestKey }: StartOptions): string | Uint8Array | null {
  return digestKey === undefined ? (process.env['AGENTOPS_DIGEST_KEY'] ?? randomBytes(16)) : digestKey;
}

function pickDimensions({ department, team, costCenter }: StartOptions) {
  return { department, team, costCenter };
}

function defined(attributes: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

export { configureContent } from './content.ts';
export {
  type AgentSpanProcessor,
  type AgentSpanProcessorOptions,
  createAgentSpanProcessor,
  type ExportStats,
} from './processor.ts';
