import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as it came over the wire, its attributes as plain values. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly kind: number;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
}

export interface OtlpReceiver {
  readonly endpoint: string;
  /** In order of arrival. */
  readonly spans: ReceivedSpan[];
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** What the next requests are answered, before 200 again; `hang` never answers. */
  readonly answers: (number | 'hang')[];
  named(name: string): ReceivedSpan;
  close(): Promise<void>;
}

/** A real OTLP/HTTP server on loopback that keeps what it accepts. */
export async function openReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: OtlpReceiver['requests'] = [];
  const answers: OtlpReceiver['answers'] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    requests.push({ path: request.url ?? '', headers: request.headers });
    const answer = answers.shift() ?? 200;
    if (answer === 'hang') return;
    if (answer === 200) {
      const body = Buffer.concat(parts);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      spans.push(...readSpans(JSON.parse(text.toString())));
    }
    response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    answers,
    named(name) {
      const found = spans.filter((span) => span.name === name);
      if (found.length !== 1) {
        throw new Error(`${found.length} spans "${name}" among ${spans.map((span) => span.name)}`);
      }
      return found[0]!;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

interface WireRequest {
  resourceSpans: {
    resource: { attributes: WireAttribute[] };
    scopeSpans: { scope: { name: string }; spans: (WireSpan & { attributes: WireAttribute[] })[] }[];
  }[];
}
type WireSpan = Pick<ReceivedSpan, 'name' | 'traceId' | 'spanId' | 'parentSpanId' | 'kind' | 'status'>;
interface WireAttribute {
  key: string;
  value: Record<string, unknown>;
}

function readSpans(request: WireRequest): ReceivedSpan[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: plain(span.attributes),
        resource: plain(resource.attributes),
        scope: scope.name,
      })),
    ),
  );
}

function plain(attributes: readonly WireAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue(value: Record<string, unknown>): unknown {
  if (value['arrayValue'] === undefined) return Object.values(value)[0];
  return (value['arrayValue'] as { values: Record<string, unknown>[] }).values.map(plainValue);
}
