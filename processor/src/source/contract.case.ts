import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceChunk, StreamSource } from '../model.ts';

/** What a suite needs of one implementation. */
export interface SourceFixture {
  /** Opens, or after {@link reopen} opens again, the same stream, which holds records with these bodies. */
  open(bodies: readonly string[]): Promise<StreamSource>;
  /** Ends the current instance as the death of its process would: nothing more is committed. */
  reopen(): Promise<StreamSource>;
  /** Whether the stream ends by itself. */
  readonly bounded: boolean;
  dispose(): Promise<void>;
}

const BODIES = Array.from(
  { length: 20 },
  (_, i) => `{"resourceSpans":[{"n":${i},"pad":"${'x'.repeat(i * 7)}"}]}`,
);
const LIMITS = { maxBytes: 1_000_000, waitMs: 0 };

/** The promises of {@link StreamSource}, held against an implementation. */
export function describeStreamSource(name: string, create: () => Promise<SourceFixture>): void {
  describe(`${name} as a StreamSource`, () => {
    let fixture: SourceFixture;
    beforeEach(async () => {
      fixture = await create();
    });
    afterEach(() => fixture.dispose());

    test('delivers every record once, in order, with growing offsets', async () => {
      const chunks = await drain(await fixture.open(BODIES));
      expect(bodies(chunks)).toEqual(BODIES);
      const offsets = chunks.flatMap((chunk) => chunk.records.map((record) => record.offset));
      expect(offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]!)).toBe(true);
    });

    test('gives one name, one past the last offset, and a time to every chunk', async () => {
      const chunks = await drain(await fixture.open(BODIES), 400);
      expect(new Set(chunks.map((chunk) => chunk.source)).size).toBe(1);
      for (const chunk of chunks) {
        expect(chunk.next).toBe(chunk.records.at(-1)!.offset + 1);
        expect(chunk.records.every((record) => record.receivedAt > 0)).toBe(true);
      }
    });

    test('keeps chunks near maxBytes and lets a larger record come alone', async () => {
      const big = `{"resourceSpans":[{"pad":"${'y'.repeat(5000)}"}]}`;
      const chunks = await drain(await fixture.open([...BODIES, big, ...BODIES]), 400);
      expect(bodies(chunks)).toEqual([...BODIES, big, ...BODIES]);
      expect(chunks.length).toBeGreaterThan(5);
      for (const { records } of chunks) {
        const bytes = records.reduce((sum, record) => sum + record.body.length, 0);
        expect(bytes <= 400 || records.length === 1).toBe(true);
      }
    });

    test('delivers again what was not committed, with the same offsets and times', async () => {
      const before = await drain(await fixture.open(BODIES), 400);
      const after = await drain(await fixture.reopen(), 400);
      expect(positions(after)).toEqual(positions(before));
    });

    test('goes on behind the committed offset after a restart', async () => {
      const source = await fixture.open(BODIES);
      const first = await source.poll({ maxBytes: 400, waitMs: 0 });
      await source.commit(first!.source, first!.next);
      const rest = await drain(source);
      expect(positions(await drain(await fixture.reopen()))).toEqual(positions(rest));
    });

    test('a commit never goes back', async () => {
      const source = await fixture.open(BODIES);
      const chunks = await drain(source, 400);
      const last = chunks.at(-2)!;
      await source.commit(last.source, last.next);
      await source.commit(last.source, chunks[0]!.next);
      expect(positions(await drain(await fixture.reopen(), 400))).toEqual(positions(chunks.slice(-1)));
    });

    test('says null when nothing comes in time', async () => {
      const source = await fixture.open([]);
      expect(await source.poll({ maxBytes: 1000, waitMs: 5 })).toBeNull();
    });

    test('knows whether it ends', async () => {
      const source = await fixture.open(BODIES);
      expect(source.exhausted).toBe(false);
      await drain(source);
      expect(source.exhausted).toBe(fixture.bounded);
    });

    test('refuses a commit of another source', async () => {
      const source = await fixture.open(BODIES);
      await expect(source.commit('elsewhere', 1)).rejects.toThrow('elsewhere');
    });
  });
}

/** All chunks until nothing more comes. */
export async function drain(source: StreamSource, maxBytes = LIMITS.maxBytes): Promise<SourceChunk[]> {
  const chunks: SourceChunk[] = [];
  for (;;) {
    const chunk = await source.poll({ maxBytes, waitMs: 0 });
    if (chunk === null) return chunks;
    chunks.push(chunk);
  }
}

export function bodies(chunks: readonly SourceChunk[]): string[] {
  return chunks.flatMap((chunk) => chunk.records.map((record) => Buffer.from(record.body).toString()));
}

function positions(chunks: readonly SourceChunk[]): string[] {
  return chunks.flatMap(({ source, records }) =>
    records.map((record) => `${source} ${record.offset} ${record.receivedAt} ${record.body.length}`),
  );
}
