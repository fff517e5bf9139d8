import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { Signal, SourceChunk, SourceRecord, StreamSource } from '../model.ts';
import { scanRequest } from '../receiver/scan.ts';
import { readJournal, writeJournal } from './journal.ts';
import { type Piece, splitRequests } from './split.ts';

export interface FileSourceOptions {
  /** Where the progress of files is kept, in a folder `files`. */
  readonly dataDir: string;
  /** ms since the epoch: `receivedAt` of all records, if this begins a new pass. */
  readonly now: number;
  /** What the file holds; found out request by request when not given. */
  readonly signal?: Signal;
  /** Largest request, in bytes; default 64 MiB. */
  readonly maxRecordBytes?: number;
}

export interface FileSource extends StreamSource {
  /** `file:<first 16 hex digits of the SHA-256 of its bytes>:<pass>` */
  readonly name: string;
  /** 1 the first time this content is read; a pass that was broken off is gone on with. */
  readonly pass: number;
  /** Bytes of the file read so far, of all. */
  progress(): { readonly read: number; readonly total: number };
}

/** What a kill must not take away. */
interface PassJournal {
  readonly pass: number;
  readonly receivedAt: number;
  readonly next: number;
  readonly finished: boolean;
}

/**
 * Reads OTLP from a file: JSON Lines, a JSON document, or protobuf, plain or gzipped, in constant memory. The
 * offset of a record is its number in the file.
 */
export async function openFileSource(path: string, options: FileSourceOptions): Promise<FileSource> {
  const limit = options.maxRecordBytes ?? 64 * 1024 * 1024;
  const { size: total } = await stat(path);
  const { digest, gzipped } = await identify(path);
  const journalDir = join(options.dataDir, 'files');
  await mkdir(journalDir, { recursive: true });
  const journalPath = join(journalDir, digest);

  const before = (await readJournal(journalPath)) as PassJournal | null;
  let journal: PassJournal =
    before !== null && !before.finished
      ? before
      : { pass: (before?.pass ?? 0) + 1, receivedAt: options.now, next: 0, finished: false };
  await writeJournal(journalPath, journal, true);

  const name = `file:${digest}:${journal.pass}`;
  const raw = createReadStream(path, { highWaterMark: 256 * 1024 });
  const pieces = readPieces(gzipped ? gunzip(raw) : raw, limit);
  /** Read, and too large for the chunk before. */
  let held: SourceRecord | null = null;
  let delivered = journal.next;
  let position = 0;
  let exhausted = false;

  async function record(): Promise<SourceRecord | null> {
    if (held !== null) {
      const record = held;
      held = null;
      return record;
    }
    for (;;) {
      const { value, done } = await pieces.next();
      if (done) return null;
      const offset = position++;
      if (offset >= journal.next) return toRecord(value, offset, journal.receivedAt, options.signal ?? null);
    }
  }

  async function save(next: number, finished: boolean): Promise<void> {
    journal = { ...journal, next, finished };
    await writeJournal(journalPath, journal, true);
  }

  return {
    name,
    pass: journal.pass,
    progress: () => ({ read: exhausted ? total : raw.bytesRead, total }),
    get exhausted() {
      return exhausted;
    },
    async poll({ maxBytes }): Promise<SourceChunk | null> {
      const records: SourceRecord[] = [];
      let bytes = 0;
      while (!exhausted) {
        const next = await record();
        if (next === null) {
          exhausted = true;
          // Nothing is left to commit, or nobody would ever say that the pass is over.
          if (records.length === 0 && journal.next >= delivered) await save(journal.next, true);
          break;
        }
        if (records.length > 0 && bytes + next.body.length > maxBytes) {
          held = next;
          break;
        }
        records.push(next);
        bytes += next.body.length;
      }
      const last = records.at(-1);
      if (last === undefined) return null;
      delivered = last.offset + 1;
      return { source: name, records, next: delivered };
    },
    async commit(source, next) {
      if (source !== name) throw new Error(`commit of ${source} on ${name}`);
      if (next > journal.next) await save(next, exhausted && next >= delivered);
    },
    async close() {
      raw.destroy();
      await pieces.return(undefined);
      if (exhausted && !journal.finished && journal.next >= delivered) await save(journal.next, true);
    },
  };
}

async function identify(path: string): Promise<{ digest: string; gzipped: boolean }> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(2);
    await file.read(head, 0, 2, 0);
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ start: 0, autoClose: false }))
      hash.update(chunk as Buffer);
    return { digest: hash.digest('hex').slice(0, 16), gzipped: head[0] === 0x1f && head[1] === 0x8b };
  } finally {
    await file.close();
  }
}

function gunzip(raw: NodeJS.ReadableStream): AsyncIterable<Buffer> {
  const inflated = createGunzip({ chunkSize: 256 * 1024 });
  raw.on('error', (error) => inflated.destroy(error));
  return raw.pipe(inflated);
}

/** The requests of a stream; where it breaks off, one last piece says why. */
async function* readPieces(stream: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Piece, void> {
  let broken = '';
  async function* untilBroken(): AsyncGenerator<Buffer> {
    try {
      yield* stream;
    } catch (error) {
      broken = (error as Error).message;
    }
  }
  yield* splitRequests(untilBroken(), limit);
  if (broken !== '')
    yield { body: Buffer.alloc(0), encoding: 'json', fault: `file cannot be read on: ${broken}` };
}

function toRecord(piece: Piece, offset: number, receivedAt: number, signal: Signal | null): SourceRecord {
  const { body, encoding } = piece;
  const scan = piece.fault === undefined ? scanRequest(signal, encoding, body) : null;
  const isMetrics = scan?.signal === 'metrics';
  const fault = piece.fault ?? (isMetrics ? 'metrics are not taken' : scan!.fault);
  return {
    offset,
    signal: scan?.signal === 'logs' ? 'logs' : (signal ?? 'spans'),
    encoding,
    body,
    receivedAt,
    counted: fault === '' ? scan!.items : 0,
    ...(fault === '' ? {} : { fault }),
  };
}
