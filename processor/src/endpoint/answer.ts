import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { pipeline, type Readable, type Transform, type Writable } from 'node:stream';
import { ClickHouseFailure, engineFailure, failureText, statusOf } from './failure.ts';
import type { Reading } from './readers.ts';

export interface Answer {
  readonly headers: Readonly<Record<string, string>>;
  /** What the engine's bytes pass through on their way. */
  readonly through: readonly Transform[];
  /** HTTP's compression, where it is done here; so the words of a late error are compressed as well. */
  readonly encoder: Transform | null;
  /** Bytes held back before the answer begins, so that an early error still has a status of its own. */
  readonly hold: number;
  /** Tells the end of an answer that failed from its data; in `X-ClickHouse-Exception-Tag`. */
  readonly tag: string;
  readonly version: string;
}

/**
 * Sends what a query writes as fast as the client reads. Resolves when the engine is done with it: with what went wrong,
 * or null. A client that goes away ends its query.
 */
export async function sendAnswer(
  response: ServerResponse,
  reading: Reading,
  answer: Answer,
): Promise<ClickHouseFailure | null> {
  const gone = (): boolean => response.destroyed || reading.stopped.aborted;
  const left = (): void => {
    if (!response.writableFinished) reading.cancel();
  };
  response.once('close', left);
  const target: Writable = answer.encoder ?? response;
  const held: Buffer[] = [];
  let size = 0;
  let broken: Error | null = null;
  const begin = (length?: number): void => {
    response.writeHead(200, {
      ...answer.headers,
      'x-clickhouse-exception-tag': answer.tag,
      ...(length !== undefined && answer.encoder === null && { 'content-length': length }),
    });
    answer.encoder?.pipe(response, { end: false });
    for (const chunk of held.splice(0)) target.write(chunk);
  };
  try {
    for await (const chunk of joined(reading.output, answer.through) as AsyncIterable<Buffer>) {
      // Whoever lost interest reads on into nothing: the engine writes until it notices.
      if (gone()) continue;
      if (response.headersSent) {
        if (!target.write(chunk)) await drained(target, response, reading.stopped);
        continue;
      }
      held.push(chunk);
      size += chunk.length;
      if (size > answer.hold) begin();
    }
  } catch (error) {
    broken = error as Error;
    reading.cancel();
    reading.output.resume();
  }
  const error = await reading.done;
  const failed =
    broken === null ? error : broken instanceof ClickHouseFailure ? broken : engineFailure(broken.message);
  response.off('close', left);
  if (response.destroyed) answer.encoder?.destroy();
  else if (failed === null) {
    if (!response.headersSent) begin(size);
    answer.encoder?.once('end', () => response.end());
    target.end();
  } else if (!response.headersSent) sendFailure(response, failed, answer.version, answer.headers);
  else endFailed(response, failed, answer);
  return failed;
}

function joined(output: Readable, through: readonly Transform[]): Readable {
  return through.reduce<Readable>((from, to) => pipeline(from, to, () => {}), output);
}

/** Waits until a client has read, went away, or the query was stopped meanwhile. */
async function drained(target: Writable, response: ServerResponse, stopped: AbortSignal): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  await Promise.race([
    once(target, 'drain', { signal }),
    once(response, 'close', { signal }),
    stopped.aborted ? null : once(stopped, 'abort', { signal }),
  ])
    .catch(() => {})
    .finally(() => waiting.abort());
}

export function sendFailure(
  response: ServerResponse,
  failed: ClickHouseFailure,
  version: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(`${failureText(failed, version)}\n`);
  const { 'content-encoding': _, ...rest } = headers;
  response.writeHead(statusOf(failed), {
    ...rest,
    'content-type': 'text/plain; charset=UTF-8',
    'content-length': body.length,
    'x-clickhouse-exception-code': String(failed.code),
    ...(failed.error === 'AUTHENTICATION_FAILED' && {
      'www-authenticate': 'Basic realm="ClickHouse server HTTP API"',
    }),
  });
  response.end(body);
}

/**
 * An answer that failed after it began: ClickHouse's mark with the error, then the connection is cut, so that no client
 * takes a part for the whole (ClickHouse 25.11, `src/Server/HTTP/WriteBufferFromHTTPServerResponse.cpp`).
 */
function endFailed(response: ServerResponse, failed: ClickHouseFailure, answer: Answer): void {
  const cut = (): void => void response.destroy();
  if (answer.encoder === null && answer.headers['content-encoding'] !== undefined) {
    cut();
    return;
  }
  const text = Buffer.from(`${failureText(failed, answer.version)}\n`);
  const mark = `\r\n__exception__\r\n${answer.tag}\r\n${text}${text.length} ${answer.tag}\r\n__exception__\r\n`;
  if (answer.encoder === null) {
    response.write(mark, cut);
    return;
  }
  answer.encoder.once('end', () => response.write('', cut));
  answer.encoder.end(mark);
}
