import { expect, test } from 'vitest';
import type { SourceChunk, SourceRecord } from '../../model.ts';
import { type OpenAssignment, openAssignment, type Positions } from './assignment.ts';

const SPANS = 'kafka:otlp_spans/0';
const LOGS = 'kafka:otlp_logs/0';
const OTHER = 'kafka:otlp_spans/1';

function recordsOf(from: number, to: number): SourceRecord[] {
  return Array.from({ length: to - from }, (_, i) => ({
    offset: from + i,
    signal: 'spans',
    encoding: 'json',
    body: Buffer.from('{}'),
    receivedAt: 1,
    counted: 0,
  }));
}

interface Opened {
  readonly assignment: OpenAssignment;
  /** What the group was told, in order. */
  readonly told: Record<string, [next: number, claimed: number]>[];
  /** What comes without waiting. */
  poll(): Promise<[source: string, from: number, next: number] | null>;
}

function open(starts: Record<string, [next: number, claimed: number]>, listens = () => true): Opened {
  const told: Opened['told'] = [];
  const positions: Positions = new Map(
    Object.entries(starts).map(([name, [next, claimed]]) => [name, { next, claimed }]),
  );
  const assignment = openAssignment(positions, async (sent) => {
    if (!listens()) return false;
    told.push(
      Object.fromEntries(
        [...sent].map(([name, { next, claimed }]) => [name, [next, claimed] as const]),
      ) as never,
    );
    return true;
  });
  const shown = (chunk: SourceChunk | null): [string, number, number] | null =>
    chunk === null ? null : [chunk.source, chunk.records[0]!.offset, chunk.next];
  return {
    assignment,
    told,
    poll: async () => shown(await assignment.source.poll({ maxBytes: 1_000, waitMs: 0 })),
  };
}

test('what a former owner claimed comes first and alone, up to its end, until a claim closes the batch', async () => {
  const { assignment, poll } = open({ [SPANS]: [10, 14], [LOGS]: [3, 5], [OTHER]: [0, 0] });
  expect(assignment.owed).toEqual([SPANS, LOGS]);
  expect(await assignment.push(OTHER, 0, recordsOf(0, 4))).toBe('later');
  expect(await assignment.push(SPANS, 10, recordsOf(10, 20))).toBe('taken');
  expect(await poll()).toEqual([SPANS, 10, 14]);
  expect(await poll()).toBeNull();
  await assignment.source.claim!(new Map([[SPANS, 14]]));
  expect(await poll()).toBeNull();
  expect(await assignment.push(SPANS, 20, recordsOf(20, 21))).toBe('later');
  expect(await assignment.push(LOGS, 3, recordsOf(3, 9))).toBe('taken');
  expect(await poll()).toEqual([LOGS, 3, 5]);
  expect(await poll()).toBeNull();
  await assignment.source.claim!(new Map([[LOGS, 5]]));
  await assignment.repeated;
  expect(await poll()).toEqual([SPANS, 14, 20]);
  expect(await poll()).toEqual([LOGS, 5, 9]);
  expect(await assignment.push(OTHER, 0, recordsOf(0, 4))).toBe('taken');
  expect(await poll()).toEqual([OTHER, 0, 4]);
});

test('a claim that the log no longer holds is over with what comes behind it', async () => {
  const { assignment, poll } = open({ [SPANS]: [10, 14] });
  expect(await assignment.push(SPANS, 10, recordsOf(30, 32))).toBe('taken');
  expect(await poll()).toBeNull();
  await assignment.source.claim!(new Map());
  expect(await poll()).toEqual([SPANS, 30, 32]);
});

test('the group is told what may be stored before it is, and what is stored afterwards', async () => {
  const { assignment, told } = open({ [SPANS]: [0, 8], [LOGS]: [2, 2] });
  const { claim, commit } = assignment.source;
  // A claim never takes back a larger one.
  expect(
    await claim!(
      new Map([
        [SPANS, 5],
        [LOGS, 4],
      ]),
    ),
  ).toBe(true);
  await commit(SPANS, 5);
  await commit(LOGS, 4);
  await commit(LOGS, 3);
  expect(told).toEqual([{ [SPANS]: [0, 8], [LOGS]: [2, 4] }, { [SPANS]: [5, 8] }, { [LOGS]: [4, 4] }]);
});

test('once the partitions are lost nothing is claimed or committed', async () => {
  const { assignment, told } = open({ [SPANS]: [0, 0] });
  expect(await assignment.push(SPANS, 0, recordsOf(0, 3))).toBe('taken');
  assignment.revoke();
  expect(await assignment.source.claim!(new Map([[SPANS, 3]]))).toBe(false);
  await assignment.source.commit(SPANS, 3);
  expect(told).toEqual([]);
  expect(assignment.source.exhausted).toBe(true);
  expect(await assignment.push(SPANS, 3, recordsOf(3, 4))).toBe('ended');
});

test('a group that does not listen any more ends it', async () => {
  const { assignment } = open({ [SPANS]: [0, 0] }, () => false);
  expect(await assignment.source.claim!(new Map([[SPANS, 3]]))).toBe(false);
  expect(assignment.ended).toBe(true);
});

test('records that are missing are asked for once; records that were there already are left out', async () => {
  const { assignment, poll } = open({ [SPANS]: [10, 10] });
  expect(await assignment.push(SPANS, 12, recordsOf(12, 15))).toBe('gap');
  expect(assignment.expects(SPANS)).toBe(10);
  // The broker has nothing between: marks of a transaction, or compacted.
  expect(await assignment.push(SPANS, 12, recordsOf(12, 15))).toBe('taken');
  expect(await assignment.push(SPANS, 13, recordsOf(13, 17))).toBe('taken');
  expect(await poll()).toEqual([SPANS, 12, 15]);
  expect(await poll()).toEqual([SPANS, 15, 17]);
});
