import { setTimeout as sleep } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { tracing } from '@opentelemetry/sdk-node';

/** Where the fleet's spans go. */
export type Destination =
  /** Base URL of an OTLP/HTTP receiver. */
  | { readonly endpoint: string; readonly token?: string | undefined }
  /** Takes one OTLP/JSON request at a time, without the line's end. */
  | { readonly write: (line: string) => void | Promise<void> };

/** Makes the exporter of each service. */
export function openDestination(destination: Destination): () => tracing.SpanExporter {
  if ('write' in destination) return () => lineExporter(destination.write);
  const { endpoint, token } = destination;
  const receiver = { accepted: false };
  return () =>
    patient(
      new OTLPTraceExporter({
        url: new URL('v1/traces', endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href,
        ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
        timeoutMillis: 30_000,
      }),
      receiver,
    );
}

const ATTEMPTS = 10;
const PAUSE_MS = 1000;

/**
 * Waits for a receiver under pressure longer than the SDK's exporter, which gives up within its timeout: a simulation
 * has time, and its truth counts every span. A receiver that never took anything is not waited for.
 */
function patient(inner: tracing.SpanExporter, receiver: { accepted: boolean }): tracing.SpanExporter {
  return {
    export(spans, done) {
      const attempt = (left: number): void =>
        inner.export(spans, (result) => {
          if (result.code === 0) receiver.accepted = true;
          if (result.code === 0 || !receiver.accepted || left === 1) done(result);
          else void sleep(PAUSE_MS).then(() => attempt(left - 1));
        });
      attempt(ATTEMPTS);
    },
    shutdown: () => inner.shutdown(),
  };
}

function lineExporter(write: (line: string) => void | Promise<void>): tracing.SpanExporter {
  const decoder = new TextDecoder();
  return {
    export(spans, done) {
      const request = JsonTraceSerializer.serializeRequest(spans);
      Promise.resolve(write(decoder.decode(request))).then(
        () => done({ code: 0 }),
        (error) => done({ code: 1, error }),
      );
    },
    shutdown: async () => {},
  };
}
