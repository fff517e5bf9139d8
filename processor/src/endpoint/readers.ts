import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type ClickHouseFailure, engineFailure, failure } from './failure.ts';
import { quote } from './lex.ts';

export interface ThreadSetup {
  readonly db: string;
}
export interface ThreadQuery {
  readonly preamble: string;
  readonly sql: string;
}
export interface ThreadAnswer {
  readonly error: string | null;
}

export interface ReaderQuery {
  /** Statements that make the session; they carry `mark` as its log_comment. */
  readonly preamble: string;
  readonly mark: string;
  /** `output` is where the engine writes, as a string literal. */
  sql(output: string): string;
  /** After so many ms the query is ended from outside, whatever the engine thinks of its limits. */
  readonly deadlineMs: number;
}

/** A query under way. Its output must be read to the end, also after it was stopped: the engine writes until it notices. */
export interface Reading {
  readonly output: Readable;
  /** Aborted when the query is stopped, by whom or what ever. */
  readonly stopped: AbortSignal;
  /** Resolves when the engine is done with it, to what went wrong or null. */
  readonly done: Promise<ClickHouseFailure | null>;
  /** Ends the query. */
  cancel(): void;
}

export interface Readers {
  /** Throws TOO_MANY_SIMULTANEOUS_QUERIES when no reader gets free in time. */
  start(query: ReaderQuery): Promise<Reading>;
  stats(): { readonly running: number; readonly waiting: number; readonly threads: number };
  close(): Promise<void>;
}

export interface ReadersOptions {
  readonly db: string;
  /** For the pipes between engine and clients. */
  readonly dir: string;
  /** Queries at a time. */
  readonly most: number;
  /** How long a query may wait for a reader, in ms. */
  readonly queueMs: number;
}

interface Reader {
  readonly worker: Worker;
  readonly pipe: string;
}

/** A query that was asked to end before it began is asked again, in ms. */
const KILL_AGAIN_MS = 200;

/** The thread's code, also when this file runs from source. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/endpoint/reader-thread.js' : './reader-thread.js',
  import.meta.url,
);

/**
 * Readers over the embedded engine: a thread and a named pipe each. The engine itself writes the answer into the pipe, in
 * any of its formats and compressions, as fast as the client reads; a slow client holds up its own query only.
 */
export async function openReaders({ db, dir, most, queueMs }: ReadersOptions): Promise<Readers> {
  const { Session } = createRequire(import.meta.url)('chdb') as typeof import('chdb');
  const control = new Session(db);
  const idle: Reader[] = [];
  const waiting: ((reader: Reader) => void)[] = [];
  const running = new Set<{ cancel(): void; readonly done: Promise<unknown> }>();
  let threads = 0;
  let serial = 0;
  let closing = false;

  async function open(): Promise<Reader> {
    threads++;
    const pipe = join(dir, `reader-${process.pid}-${++serial}.pipe`);
    rmSync(pipe, { force: true });
    await promisify(execFile)('mkfifo', ['-m', '600', pipe]);
    const worker = new Worker(THREAD, { workerData: { db } satisfies ThreadSetup });
    worker.unref();
    return { worker, pipe };
  }

  function take(): Promise<Reader> {
    const ready = idle.pop();
    if (ready !== undefined) return Promise.resolve(ready);
    if (threads < most) return open();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(hand), 1);
        reject(failure('TOO_MANY_SIMULTANEOUS_QUERIES', `Too many simultaneous queries. Maximum: ${most}`));
      }, queueMs);
      const hand = (reader: Reader): void => {
        clearTimeout(timer);
        resolve(reader);
      };
      waiting.push(hand);
    });
  }

  function release(reader: Reader): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(reader);
    else next(reader);
  }

  const kills = new Set<Promise<unknown>>();
  function kill(mark: string): void {
    const sql = `KILL QUERY WHERE Settings['log_comment'] = ${quote(mark)} ASYNC`;
    const sent: Promise<unknown> = control
      .queryAsync(sql, { format: 'Null' })
      .catch(() => {})
      .finally(() => kills.delete(sent));
    kills.add(sent);
  }

  async function start(query: ReaderQuery): Promise<Reading> {
    if (closing) throw failure('QUERY_WAS_CANCELLED', 'the endpoint is closing');
    const reader = await take();
    const { worker, pipe } = reader;
    const input = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    // Held until the engine is done, so that the end of the pipe is the end of the answer.
    const held = openSync(pipe, constants.O_WRONLY);
    const output = new Socket({ fd: input, readable: true, writable: false });
    // A pipe whose reader is gone would end the process by a signal: whoever loses interest reads on into nothing.
    const ended = new Promise<void>((resolve) => output.once('close', () => resolve()));
    let again: NodeJS.Timeout | undefined;
    let why: ClickHouseFailure | null = null;
    const stopping = new AbortController();
    function stop(reason: ClickHouseFailure): void {
      if (why !== null) return;
      why = reason;
      stopping.abort();
      kill(query.mark);
      again = setInterval(() => kill(query.mark), KILL_AGAIN_MS);
    }
    const deadline = setTimeout(
      () => stop(failure('TIMEOUT_EXCEEDED', `Timeout exceeded: maximum: ${query.deadlineMs} ms`)),
      query.deadlineMs,
    );
    const done = new Promise<ClickHouseFailure | null>((resolve) => {
      const finish = (error: ClickHouseFailure | null): void => {
        clearTimeout(deadline);
        clearInterval(again);
        closeSync(held);
        worker.off('error', crashed);
        worker.off('message', answered);
        running.delete(reading);
        resolve(error === null ? null : (why ?? error));
      };
      const answered = ({ error }: ThreadAnswer): void => {
        finish(error === null ? null : engineFailure(error));
        void ended.then(() => release(reader));
      };
      const crashed = (error: Error): void => {
        threads--;
        rmSync(pipe, { force: true });
        finish(engineFailure(error.message));
      };
      worker.once('message', answered);
      worker.once('error', crashed);
    });
    const reading: Reading = {
      output,
      stopped: stopping.signal,
      done,
      cancel: () => stop(failure('QUERY_WAS_CANCELLED', 'Query was cancelled')),
    };
    running.add(reading);
    worker.postMessage({ preamble: query.preamble, sql: query.sql(quote(pipe)) } satisfies ThreadQuery);
    return reading;
  }

  idle.push(await open());
  return {
    start,
    stats: () => ({ running: running.size, waiting: waiting.length, threads }),
    async close() {
      closing = true;
      for (const reading of running) reading.cancel();
      await Promise.all([...running].map(({ done }) => done));
      for (const { worker, pipe } of idle.splice(0)) {
        const gone = new Promise((resolve) => worker.once('exit', resolve));
        worker.ref();
        worker.postMessage(null);
        await gone;
        rmSync(pipe, { force: true });
      }
      // A session that is closed under a statement takes the process with it.
      await Promise.all(kills);
      control.close();
    },
  };
}
