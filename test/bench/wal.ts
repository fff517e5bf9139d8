/**
 * What the write-ahead log costs under each fsync policy: appends of OTLP requests of 100 spans (83 KB) by one
 * client and by many at a time, each waiting for its acknowledgement, then reading it all back.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWal, type WalOptions } from '@agentops/processor';
import { corpus } from './corpus.ts';

const LOADS = [
  { clients: 1, requests: 1_000 },
  { clients: 32, requests: 4_000 },
] as const;

export interface WalMeasure {
  readonly fsync: NonNullable<WalOptions['fsync']>;
  readonly clients: number;
  readonly spansPerSecond: number;
  readonly megabytesPerSecond: number;
  /** From `append` to its acknowledgement, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly recordsPerWrite: number;
  readonly fsyncs: number;
  readonly readMegabytesPerSecond: number;
}

/** `parent`: a directory on the disk to measure. */
export async function measureWal(
  fsync: WalMeasure['fsync'],
  load: { readonly clients: number; readonly requests: number },
  bodies: readonly Uint8Array[],
  parent: string,
): Promise<WalMeasure> {
  const dir = await mkdtemp(join(parent, 'bench-wal-'));
  const wal = await openWal(dir, { fsync });
  try {
    const waits: number[] = [];
    let sent = 0;
    let bytes = 0;
    async function client(): Promise<void> {
      while (sent < load.requests) {
        const body = bodies[sent++ % bodies.length]!;
        bytes += body.length;
        const before = performance.now();
        await wal.append({
          signal: 'spans',
          encoding: 'protobuf',
          body,
          receivedAt: Date.now(),
          counted: 100,
        });
        waits.push(performance.now() - before);
      }
    }
    const begin = performance.now();
    await Promise.all(Array.from({ length: load.clients }, client));
    const seconds = (performance.now() - begin) / 1_000;

    const source = wal.source();
    const beginRead = performance.now();
    while ((await source.poll({ maxBytes: 4_000_000, waitMs: 0 })) !== null);
    const readSeconds = (performance.now() - beginRead) / 1_000;
    await source.close();

    const { appended, writes, fsyncs } = wal.stats();
    waits.sort((a, b) => a - b);
    return {
      fsync,
      clients: load.clients,
      spansPerSecond: (appended * 100) / seconds,
      megabytesPerSecond: bytes / 1e6 / seconds,
      p50: waits[Math.floor(waits.length * 0.5)]!,
      p99: waits[Math.floor(waits.length * 0.99)]!,
      recordsPerWrite: appended / writes,
      fsyncs,
      readMegabytesPerSecond: bytes / 1e6 / readSeconds,
    };
  } finally {
    await wal.close();
    await rm(dir, { recursive: true });
  }
}

/** Prints one line a policy. The disk is that of the system's temporary directory, or of the first argument. */
export async function benchWal(parent = tmpdir()): Promise<void> {
  const bodies = [...corpus({ spans: 10_000, spansPerRequest: 100 })];
  console.log(`\nwrite-ahead log, requests of 100 spans, ${cpus()[0]?.model} × ${cpus().length}`);
  for (const load of LOADS) {
    for (const fsync of ['never', 'interval', 'always'] as const) {
      const m = await measureWal(fsync, load, bodies, parent);
      console.log(
        `  ${String(m.clients).padStart(2)} clients  fsync ${fsync.padEnd(8)}  ${Math.round(m.spansPerSecond / 1_000)}k spans/s  ` +
          `${m.megabytesPerSecond.toFixed(0)} MB/s  p50 ${m.p50.toFixed(2)} ms  p99 ${m.p99.toFixed(2)} ms  ` +
          `${m.recordsPerWrite.toFixed(1)} records a write  ${m.fsyncs} fsyncs  read ${m.readMegabytesPerSecond.toFixed(0)} MB/s`,
      );
    }
  }
}
