import { ProxyTracerProvider, type TracerProvider, trace } from '@opentelemetry/api';
import type { tracing } from '@opentelemetry/sdk-node';

/** What a proxy delegates to while nobody has registered a provider. */
const NOBODY = new ProxyTracerProvider().getDelegate();

/** The provider that somebody registered before us, or null. */
export function registeredProvider(): TracerProvider | null {
  const provider = trace.getTracerProvider() as TracerProvider & Partial<ProxyTracerProvider>;
  // Not `instanceof`: another copy of the API may have made the proxy.
  const behind = provider.getDelegate?.() ?? provider;
  return behind === NOBODY || behind.constructor.name === 'NoopTracerProvider' ? null : behind;
}

/** The parts of an SDK's provider by which it takes another processor. */
interface Joinable {
  /** SDK 1 */
  readonly addSpanProcessor?: (processor: tracing.SpanProcessor) => void;
  readonly getActiveSpanProcessor?: () => unknown;
  /** SDK 2, where the list is fixed at construction; its multi processor iterates this array. */
  readonly _activeSpanProcessor?: { readonly _spanProcessors?: tracing.SpanProcessor[] };
}

/**
 * Adds a processor to a provider that is in use, beside those that it has. Returns what takes it out again, or null
 * where the provider is none of OpenTelemetry's SDKs.
 */
export function join(provider: TracerProvider, processor: tracing.SpanProcessor): (() => void) | null {
  const { addSpanProcessor, getActiveSpanProcessor, _activeSpanProcessor } = provider as Joinable;
  // Some vendors' providers have the first method only, and spans that no OTLP exporter can read.
  if (typeof addSpanProcessor === 'function' && typeof getActiveSpanProcessor === 'function') {
    addSpanProcessor.call(provider, processor);
    return () => {};
  }
  const list = _activeSpanProcessor?._spanProcessors;
  if (!Array.isArray(list)) return null;
  list.push(processor);
  return () => {
    const at = list.indexOf(processor);
    if (at >= 0) list.splice(at, 1);
  };
}
