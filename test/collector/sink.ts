import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An OTLP/HTTP receiver that keeps what it is sent, as JSON. */
export interface Sink {
  readonly url: string;
  readonly requests: readonly SinkRequest[];
  /** Every span received so far. */
  spans(): SinkSpan[];
  close(): Promise<void>;
}

export interface SinkRequest {
  readonly path: string;
  readonly text: string;
}

export interface SinkSpan {
  readonly spanId: string;
  readonly name: string;
  /** Of the span and its resource; the span's first. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Traces {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly Pair[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}
interface Pair {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface RawSpan {
  readonly spanId: string;
  readonly name: string;
  readonly attributes?: readonly Pair[];
}

/** `status`: what it answers; anything but 200 keeps nothing. */
export async function startSink(status = 200): Promise<Sink> {
  const requests: SinkRequest[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (status === 200) requests.push({ path: request.url ?? '', text: Buffer.concat(parts).toString() });
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    spans: () =>
      requests
        .filter(({ path }) => path === '/v1/traces')
        .flatMap(({ text }) => spansOf(JSON.parse(text) as Traces)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spansOf({ resourceSpans = [] }: Traces): SinkSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ spanId, name, attributes }) => ({
        spanId,
        name,
        attributes: { ...plain(resource?.attributes), ...plain(attributes) },
      })),
    ),
  );
}

/** Values as OTLP/JSON types them: `{ intValue: '3' }`. */
function plain(pairs: readonly Pair[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}
