import type { Projector } from '../fold/project.ts';
import { addArrival, type TraceSet } from '../fold/trace-set.ts';
import { StepRow } from '../steps/row.ts';
import type { TakenBlock } from '../store/block.ts';
import { type Blocks, createBlocks } from '../store/tables.ts';
import { type ContentRetention, writeContent } from './content.ts';
import type { Arrivals, DeadLetter, Tally } from './read.ts';
import type { FoldState } from './state.ts';

export interface Folder {
  /** Arrivals into state, state into rows. Pure but for `state`; call only when no arrival's set is elsewhere. */
  fold(arrivals: Arrivals): TakenBlock[];
}

export interface FolderOptions {
  readonly state: FoldState;
  readonly projector: Projector;
  readonly contentRetention: ContentRetention;
}

export function createFolder({ state, projector, contentRetention }: FolderOptions): Folder {
  const blocks = createBlocks();
  return {
    fold(arrivals) {
      const touched = new Set<TraceSet>();
      for (const foreign of arrivals.foreign) state.hold(foreign);
      let set: TraceSet | undefined;
      let arrived = 0;
      for (const { page, from, to, tally, content } of arrivals.steps) {
        for (let row = from; row < to; row++) {
          const traceId = page.traceIds[row]!;
          if (set === undefined || set.traceId !== traceId) {
            set = state.touch(traceId);
            touched.add(set);
          }
          const arrival = addArrival(set, page, row);
          if (arrival === 'stored') tally.stored++;
          else {
            tally.duplicates++;
            if (arrival === 'conflict') tally.conflicts++;
          }
        }
        arrived += to - from;
        if (content.size === 0) continue;
        for (const [row, parts] of content) {
          writeContent(blocks, new StepRow(page, row), parts, contentRetention);
        }
      }
      for (const foreign of arrivals.foreign) {
        const linked = state.get(foreign.traceId);
        if (linked === undefined) continue;
        // A link that its set has already is a replay: the kill before it may have come between two inserts.
        const replayed = linked.reloaded && linked.skeletons.has(foreign.spanId);
        if (linked.dirty || replayed) touched.add(linked);
      }
      for (const dirty of touched) {
        state.link(dirty);
        if (dirty.dirty || dirty.reloaded) projector.project(dirty, blocks);
      }
      for (const tally of arrivals.tallies) writeTally(blocks, tally);
      for (const letter of arrivals.deadLetters) writeDeadLetter(blocks, letter);
      const encoded = takeAll(blocks);
      // Steps move: what is to be written of them has been.
      state.evict(touched, arrived);
      return encoded;
    },
  };
}

function takeAll(blocks: Blocks): TakenBlock[] {
  return Object.values(blocks)
    .filter((block) => block.rows > 0)
    .map((block) => block.take());
}

function writeTally({ ingestLedger }: Blocks, tally: Tally): void {
  const c = ingestLedger.columns;
  const row = ingestLedger.add();
  c.source.set(row, tally.source);
  c.source_offset.set(row, tally.offset);
  c.signal.set(row, tally.signal);
  c.received_at.set(row, tally.receivedAt);
  c.received.set(row, tally.received);
  c.stored.set(row, tally.stored);
  c.duplicates.set(row, tally.duplicates);
  c.conflicts.set(row, tally.conflicts);
  c.dead_letters.set(row, tally.deadLetters);
  c.dropped.set(row, tally.dropped);
  if (tally.droppedBy.size > 0) {
    c.dropped_services.set(row, [...tally.droppedBy.keys()]);
    c.dropped_counts.set(row, [...tally.droppedBy.values()]);
  }
  c.version.set(row, 1);
}

function writeDeadLetter({ deadLetters }: Blocks, letter: DeadLetter): void {
  const c = deadLetters.columns;
  const row = deadLetters.add();
  c.source.set(row, letter.source);
  c.source_offset.set(row, letter.offset);
  c.source_index.set(row, letter.index);
  c.signal.set(row, letter.signal);
  c.received_at.set(row, letter.receivedAt);
  c.service.set(row, letter.service);
  c.reason.set(row, letter.reason);
  c.payload.set(row, letter.payload);
  c.payload_bytes.set(row, letter.payloadBytes);
}
