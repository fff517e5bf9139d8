import type { Projector } from '../fold/project.ts';
import { addStep, type TraceSet } from '../fold/trace-set.ts';
import type { EncodedBlock } from '../store/native.ts';
import { type Blocks, createBlocks } from '../store/tables.ts';
import { type ContentRetention, writeContent } from './content.ts';
import type { Arrivals, DeadLetter, Tally } from './read.ts';
import type { FoldState } from './state.ts';

export interface Folder {
  /** Arrivals into state, state into rows. Pure but for `state`; call only when no arrival's set is elsewhere. */
  fold(arrivals: Arrivals): EncodedBlock[];
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
      for (const { step, position, tally, content } of arrivals.steps) {
        if (set === undefined || set.traceId !== step.traceId) {
          set = state.touch(step.traceId);
          touched.add(set);
        }
        const arrival = addStep(set, step, position);
        if (arrival === 'stored') tally.stored++;
        else {
          tally.duplicates++;
          if (arrival === 'conflict') tally.conflicts++;
        }
        if (content.length > 0) writeContent(blocks, step, content, contentRetention);
      }
      for (const foreign of arrivals.foreign) {
        const linked = state.get(foreign.traceId);
        if (linked?.dirty) touched.add(linked);
      }
      for (const dirty of touched) {
        state.link(dirty);
        if (dirty.dirty || dirty.reloaded) projector.project(dirty, blocks);
      }
      for (const tally of arrivals.tallies) writeTally(blocks, tally);
      for (const letter of arrivals.deadLetters) writeDeadLetter(blocks, letter);
      state.evict();
      return takeAll(blocks);
    },
  };
}

function takeAll(blocks: Blocks): EncodedBlock[] {
  return Object.values(blocks)
    .filter((block) => block.rows > 0)
    .map((block) => block.take());
}

function writeTally({ ingestLedger }: Blocks, tally: Tally): void {
  const c = ingestLedger.columns;
  c.source.push(tally.source);
  c.source_offset.push(tally.offset);
  c.signal.push(tally.signal);
  c.received_at.push(tally.receivedAt);
  c.received.push(tally.received);
  c.stored.push(tally.stored);
  c.duplicates.push(tally.duplicates);
  c.conflicts.push(tally.conflicts);
  c.dead_letters.push(tally.deadLetters);
  c.dropped.push(tally.dropped);
  c.dropped_services.push([...tally.droppedBy.keys()]);
  c.dropped_counts.push([...tally.droppedBy.values()]);
  c.version.push(1);
}

function writeDeadLetter({ deadLetters }: Blocks, letter: DeadLetter): void {
  const c = deadLetters.columns;
  c.source.push(letter.source);
  c.source_offset.push(letter.offset);
  c.source_index.push(letter.index);
  c.signal.push(letter.signal);
  c.received_at.push(letter.receivedAt);
  c.service.push(letter.service);
  c.reason.push(letter.reason);
  c.payload.push(letter.payload);
  c.payload_bytes.push(letter.payloadBytes);
}
