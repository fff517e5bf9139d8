import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Signal, SourceRecord } from '../model.ts';
import { type AccessRules, checkAccess, isLoopback } from './access.ts';
import { discardRest, type MemoryBudget, readBody } from './body.ts';
import { OUTCOMES_MAX_BYTES, OUTCOMES_PATH, readOutcomes } from './outcomes.ts';
import { type Scan, scanRequest } from './scan.ts';
import { type Encoding, encodeAnswer, encodeStatus, MEDIA_TYPES, Refusal } from './status.ts';

/** Other paths than telemetry's, whose senders prove themselves by what they send. */
export interface Door {
  /** Of one body after decompression. */
  readonly maxBodyBytes: number;
  takes(path: string): boolean;
  answer(request: {
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
  }): Promise<{ readonly status: number; readonly body: object }>;
}

export interface ReceiverLimits {
  /** Of one body after decompression; default 64 MiB, as the specification recommends. */
  readonly maxBodyBytes?: number;
  /** Bodies of all requests under way together; default 256 MiB. */
  readonly maxInFlightBytes?: number;
  readonly maxConnections?: number;
  /** For a request to arrive whole, in ms; default 30,000. */
  readonly requestTimeoutMs?: number;
  /** For its headers to arrive, in ms; default 10,000. */
  readonly headersTimeoutMs?: number;
  /** For an idle connection, in ms; default 75,000: longer than clients and proxies keep theirs. */
  readonly keepAliveTimeoutMs?: number;
  /** Told to clients that should come again, in seconds; default 2. */
  readonly retryAfterS?: number;
}

export interface ReceiverOptions {
  /** Default 127.0.0.1. An address that other machines reach needs a token. */
  readonly host?: string;
  /** Default 4318; 0 takes any free one. */
  readonly port?: number;
  readonly token?: string;
  readonly allowedHosts?: readonly string[];
  readonly limits?: ReceiverLimits;
  readonly door?: Door;
  /** Resolves once the request is safe. When it rejects, the client is told to come again. */
  readonly append: (entry: Omit<SourceRecord, 'offset' | 'fault'>) => Promise<unknown>;
  /** Why nothing can be taken now, for as long as it returns a reason: clients are told to come again. */
  readonly unavailable?: () => string | null;
  /** ms since the epoch. */
  readonly now?: () => number;
}

export interface ReceiverStats {
  /** Answers by HTTP status. */
  readonly responses: Readonly<Record<number, number>>;
  /** Items that were accepted, and how many of them were told to be rejected. */
  readonly items: Readonly<Record<Signal, number>>;
  readonly rejected: Readonly<Record<Signal, number>>;
  readonly inFlightBytes: number;
}

export interface Receiver {
  readonly host: string;
  readonly port: number;
  stats(): ReceiverStats;
  /** Takes no new requests, answers those under way, then ends. */
  close(): Promise<void>;
}

/** What a refused client may still send, to nobody, before its connection is cut. */
const DISCARDED_BYTES = 16 * 1024 * 1024;

const ROUTES: Readonly<Record<string, Signal>> = { '/v1/traces': 'spans', '/v1/logs': 'logs' };

/**
 * OTLP/HTTP as the OpenTelemetry protocol specification 1.x has it: traces and logs, protobuf and JSON, gzip.
 * A request is answered 200 once `append` has it. Items that the door can see to be bad are counted as rejected
 * and appended all the same, so that they end as dead letters and not in silence.
 *
 * Verdicts that come later are taken as rows on {@link OUTCOMES_PATH}, under the same rules of access, and appended as
 * the log request that they amount to.
 *
 * What a {@link Door} takes is none of this, and goes to it.
 *
 * Metrics are answered 404, which tells an exporter for good that nothing takes them here; a 200 would claim that
 * they are kept.
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { append, door, unavailable = () => null, now = Date.now, limits = {} } = options;
  const host = options.host ?? '127.0.0.1';
  const retryAfterS = limits.retryAfterS ?? 2;
  const access: AccessRules = {
    allowedHosts: options.allowedHosts ?? [],
    ...(options.token === undefined ? {} : { token: options.token }),
  };
  if (options.token === '') throw new Error('the token of the OTLP receiver is empty');
  if (!isLoopback(host) && options.token === undefined) {
    throw new Error(
      `the OTLP receiver listens on ${host} only with a token: other machines could write into it`,
    );
  }

  const budget: MemoryBudget = { used: 0, limit: limits.maxInFlightBytes ?? 256 * 1024 * 1024 };
  const bodyLimits = { maxBodyBytes: limits.maxBodyBytes ?? 64 * 1024 * 1024, budget, retryAfterS };
  const responses: Record<number, number> = {};
  const items: Record<Signal, number> = { spans: 0, logs: 0 };
  const rejected: Record<Signal, number> = { spans: 0, logs: 0 };
  let closing = false;

  function answer(
    response: ServerResponse,
    status: number,
    type: string,
    body: Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    responses[status] = (responses[status] ?? 0) + 1;
    if (closing) response.setHeader('connection', 'close');
    response.writeHead(status, { ...headers, 'content-type': type, 'content-length': body.length });
    response.end(body);
  }

  async function accept(request: IncomingMessage, signal: Signal, encoding: Encoding): Promise<Buffer> {
    const { body, release } = await readBody(request, bodyLimits);
    try {
      const { items, bad, reason } = await keep(signal, encoding, body, now());
      return encodeAnswer(encoding, signal, bad, bad === 0 ? '' : `${bad} of ${items} ${signal}: ${reason}`);
    } finally {
      release();
    }
  }

  async function acceptOutcomes(request: IncomingMessage): Promise<{ status: number; body: Buffer }> {
    const { body, release } = await readBody(request, {
      ...bodyLimits,
      maxBodyBytes: Math.min(bodyLimits.maxBodyBytes, OUTCOMES_MAX_BYTES),
    });
    try {
      const receivedAt = now();
      const type = request.headers['content-type'] ?? '';
      const rows = readOutcomes(type, request.url ?? '', body, receivedAt);
      if (rows.body !== null) await keep('logs', 'json', rows.body, receivedAt);
      const refused = rows.body === null && rows.answer.rejected.length > 0;
      return { status: refused ? 400 : 200, body: Buffer.from(JSON.stringify(rows.answer)) };
    } finally {
      release();
    }
  }

  async function askDoor(
    request: IncomingMessage,
    path: string,
    door: Door,
  ): Promise<{ status: number; body: Buffer }> {
    if (request.method !== 'POST') throw new Refusal(405, 'only POST is supported', { allow: 'POST' });
    const { body, release } = await readBody(request, { ...bodyLimits, maxBodyBytes: door.maxBodyBytes });
    try {
      const told = await door.answer({ path, headers: request.headers, body });
      return { status: told.status, body: Buffer.from(JSON.stringify(told.body)) };
    } finally {
      release();
    }
  }

  /** Counts a request as the receiver sees it and resolves once it is safe. */
  async function keep(signal: Signal, encoding: Encoding, body: Buffer, receivedAt: number): Promise<Scan> {
    const scan = scanRequest(signal, encoding, body);
    if (scan.fault !== '') throw new Refusal(400, scan.fault);
    // An empty request is a client's way to try the connection.
    if (scan.items > 0) {
      try {
        await append({ signal, encoding, body, receivedAt, counted: scan.items });
      } catch (error) {
        throw new Refusal(503, (error as Error).message, { 'retry-after': String(retryAfterS) });
      }
    }
    items[signal] += scan.items;
    rejected[signal] += scan.bad;
    return scan;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0]!;
    const encoding = encodingOf(request);
    try {
      if (path === '/healthz' && (request.method === 'GET' || request.method === 'HEAD')) {
        const trouble = closing ? 'shutting down' : unavailable();
        answer(response, trouble === null ? 200 : 503, 'text/plain', Buffer.from(`${trouble ?? 'ok'}\n`));
        return;
      }
      if (door?.takes(path)) {
        const { status, body } = await askDoor(request, path, door);
        answer(response, status, MEDIA_TYPES.json, body);
        return;
      }
      checkAccess(access, request.headers);
      const signal = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
      if (signal === undefined && path !== OUTCOMES_PATH) {
        throw new Refusal(404, path === '/v1/metrics' ? 'metrics are not taken here' : 'no such path');
      }
      if (request.method !== 'POST') throw new Refusal(405, 'only POST is supported', { allow: 'POST' });
      if (encoding === null && signal !== undefined) {
        throw new Refusal(415, `content-type: ${MEDIA_TYPES.protobuf} and ${MEDIA_TYPES.json} are supported`);
      }
      const trouble = closing ? 'shutting down' : unavailable();
      if (trouble !== null) throw new Refusal(503, trouble, { 'retry-after': String(retryAfterS) });
      if (signal === undefined || encoding === null) {
        const { status, body } = await acceptOutcomes(request);
        answer(response, status, MEDIA_TYPES.json, body);
      } else {
        answer(response, 200, MEDIA_TYPES[encoding], await accept(request, signal, encoding));
      }
    } catch (error) {
      if (request.destroyed && !request.complete) {
        response.destroy();
        return;
      }
      if (!request.complete) discardRest(request, Math.max(bodyLimits.maxBodyBytes, DISCARDED_BYTES));
      const { status, message, headers } =
        error instanceof Refusal ? error : new Refusal(500, 'internal error');
      const type = encoding ?? 'json';
      answer(response, status, MEDIA_TYPES[type], encodeStatus(type, status, message), headers);
    }
  }

  const server = createServer(
    {
      requestTimeout: limits.requestTimeoutMs ?? 30_000,
      headersTimeout: limits.headersTimeoutMs ?? 10_000,
      keepAliveTimeout: limits.keepAliveTimeoutMs ?? 75_000,
      connectionsCheckingInterval: Math.min(1_000, limits.requestTimeoutMs ?? 30_000),
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => {
      // A refused request may still be arriving when its answer is long gone.
      request.once('close', () => {
        if (closing) server.closeIdleConnections();
      });
      void handle(request, response);
    },
  );
  server.maxConnections = limits.maxConnections ?? 1_024;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 4318, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    host,
    port: (server.address() as AddressInfo).port,
    stats: () => ({
      responses: { ...responses },
      items: { ...items },
      rejected: { ...rejected },
      inFlightBytes: budget.used,
    }),
    close() {
      closing = true;
      return new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeIdleConnections();
      });
    },
  };
}

/** null for a media type that is neither of OTLP's. */
function encodingOf(request: IncomingMessage): Encoding | null {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === MEDIA_TYPES.json) return 'json';
  return type === MEDIA_TYPES.protobuf || type === 'application/protobuf' ? 'protobuf' : null;
}
