import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { Refusal } from './status.ts';

/** Bytes that all requests under way hold in memory together. */
export interface MemoryBudget {
  used: number;
  readonly limit: number;
}

export interface BodyLimits {
  /** Of one body, before and after decompression. */
  readonly maxBodyBytes: number;
  readonly budget: MemoryBudget;
  /** Seconds after which a refused client should come again. */
  readonly retryAfterS: number;
}

/**
 * Reads a body and decompresses it on the way, so that a bomb is stopped at the limit and not after it. The
 * budget is charged for what is held; `release` gives it back once the body is stored.
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<{ readonly body: Buffer; release(): void }> {
  const { maxBodyBytes, budget } = limits;
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity' && encoding !== '') {
    throw new Refusal(415, 'content-encoding: only gzip and identity are supported', {
      'accept-encoding': 'gzip',
    });
  }
  const tooLarge = (): Refusal => new Refusal(413, `the body is larger than ${maxBodyBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge();

  let held = 0;
  const release = (): void => {
    budget.used -= held;
    held = 0;
  };
  const isGzip = encoding === 'gzip';
  const inflated = isGzip ? createGunzip() : null;
  if (inflated !== null) {
    request.pipe(inflated);
    request.once('error', (error) => inflated.destroy(error));
    request.once('close', () => {
      if (!request.complete) inflated.destroy(new Error('the client went away'));
    });
  }
  // A request that is destroyed takes its connection along, and the answer with it.
  const source = inflated ?? request.iterator({ destroyOnReturn: false });
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      held += chunk.length;
      budget.used += chunk.length;
      if (held > maxBodyBytes) throw tooLarge();
      if (budget.used > budget.limit) {
        throw new Refusal(503, 'too many requests under way', { 'retry-after': String(limits.retryAfterS) });
      }
      chunks.push(chunk);
    }
    return { body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, held), release };
  } catch (error) {
    release();
    if (error instanceof Refusal) throw error;
    if (isGzip && (request.complete || !request.destroyed))
      throw new Refusal(400, `gzip: ${(error as Error).message}`);
    throw error;
  } finally {
    if (inflated !== null) {
      request.unpipe(inflated);
      inflated.destroy();
    }
  }
}

/**
 * Lets the rest of a refused body run into nothing, so that the client, still sending, gets to read its answer;
 * up to `most` bytes.
 */
export function discardRest(request: IncomingMessage, most: number): void {
  let seen = 0;
  request.on('data', (chunk: Buffer) => {
    seen += chunk.length;
    if (seen > most) request.destroy();
  });
  request.on('error', () => {});
  request.resume();
}
