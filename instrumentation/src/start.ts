import { ATTR } from '@agentops/registry/contract';
import { ProxyTracerProvider, type TracerProvider, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK, resources, type tracing } from '@opentelemetry/sdk-node';
import { type ContentPolicy, configureContent } from './content.ts';
import { type AgentSpanProcessorOptions, createAgentSpanProcessor, type ExportStats } from './processor.ts';

export interface StartOptions extends AgentSpanProcessorOptions {
  /** `service.name`; `OTEL_SERVICE_NAME` when left out. */
  readonly service?: string;
  readonly version?: string;
  /** `deployment.environment.name` */
  readonly environment?: string;
  /** Base URL of the OTLP/HTTP receiver; `OTEL_EXPORTER_OTLP_ENDPOINT` or http://127.0.0.1:4318 when left out. */
  readonly endpoint?: string;
  readonly token?: string;
  readonly department?: string;
  readonly team?: string;
  readonly costCenter?: string;
  readonly content?: ContentPolicy;
  /** Keys digests of arguments and results; `AGENTOPS_DIGEST_KEY` when left out; no digests without one. */
  readonly digestKey?: string;
  readonly idGenerator?: tracing.IdGenerator;
}

export interface AgentOps {
  stats(): ExportStats;
  /** Exports what waits. */
  flush(): Promise<void>;
  /** Exports what waits, for at most `timeoutMs`, and stops. */
  shutdown(timeoutMs?: number): Promise<void>;
  /** `own`: this call registered the provider. `joined`: it was added to the one that was there. `beside`: that one
   * cannot be joined, so only the helpers' spans are exported. */
  readonly mode: 'own' | 'joined' | 'beside';
}

/**
 * Starts telemetry with one call. Where a TracerProvider is registered already it is left as it is, and ours is added to
 * it: its spans keep going where they went.
 */
export function startAgentOps(options: StartOptions = {}): AgentOps {
  configureContent({
    content: options.content ?? 'none',
    digestKey: options.digestKey ?? process.env['AGENTOPS_DIGEST_KEY'] ?? null,
  });
  const exporter = new OTLPTraceExporter({
    ...(options.endpoint !== undefined && { url: `${options.endpoint.replace(/\/$/, '')}/v1/traces` }),
    ...(options.token !== undefined && { headers: { authorization: `Bearer ${options.token}` } }),
    timeoutMillis: 10_000,
  });
  const processor = createAgentSpanProcessor(exporter, options);
  const finish = (mode: AgentOps['mode'], shutdown: () => Promise<void>): AgentOps => ({
    mode,
    stats: processor.stats,
    flush: () => processor.forceFlush(),
    shutdown: (timeoutMs = 5000) => Promise.race([shutdown(), after(timeoutMs)]).catch(() => {}),
  });

  const registered = registeredProvider();
  if (registered !== null) {
    const joined = join(registered, processor);
    return finish(joined ? 'joined' : 'beside', () => processor.shutdown());
  }
  const sdk = new NodeSDK({
    resource: resources.resourceFromAttributes(resourceAttributes(options)),
    spanProcessors: [processor],
    // Flattened messages alone exceed the default of 128, and then token counts are what is left out.
    spanLimits: { attributeCountLimit: 1024 },
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
    ...(options.service !== undefined && { serviceName: options.service }),
    ...(options.idGenerator !== undefined && { idGenerator: options.idGenerator }),
  });
  sdk.start();
  return finish('own', () => sdk.shutdown());
}

function resourceAttributes(options: StartOptions): Record<string, string> {
  const given: Record<string, string | undefined> = {
    'service.version': options.version,
    'deployment.environment.name': options.environment,
    [ATTR.department]: options.department,
    [ATTR.team]: options.team,
    [ATTR.costCenter]: options.costCenter,
  };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The provider that somebody registered before us, or null. */
function registeredProvider(): TracerProvider | null {
  const provider = trace.getTracerProvider();
  const behind = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  return behind.constructor.name === 'NoopTracerProvider' ? null : behind;
}

/**
 * Adds our processor to a provider. SDK 1 has a method for it; SDK 2 fixes the list at construction, so ours joins the
 * list that its multi processor iterates.
 */
function join(provider: TracerProvider, processor: tracing.SpanProcessor): boolean {
  const open = provider as {
    addSpanProcessor?: (processor: tracing.SpanProcessor) => void;
    _activeSpanProcessor?: { _spanProcessors?: tracing.SpanProcessor[] };
  };
  if (typeof open.addSpanProcessor === 'function') {
    open.addSpanProcessor(processor);
    return true;
  }
  const list = open._activeSpanProcessor?._spanProcessors;
  if (!Array.isArray(list)) return false;
  list.push(processor);
  return true;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

export { configureContent } from './content.ts';
export { createAgentSpanProcessor } from './processor.ts';
