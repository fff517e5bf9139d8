import { OUTCOME_SOURCES, OUTCOMES } from '@agentops/registry/contract';
import { instantNs } from './instant.ts';

/** What somebody says, after the work, of how a task ended. */
export interface Verdict {
  /** `agentops.task.id`; '' where only the business's reference is known. */
  readonly taskId: string;
  /** `agentops.task.ref`: an order or ticket number. */
  readonly taskRef: string;
  readonly outcome: string;
  readonly source: string;
  /** Who: a person, a system or an evaluator, by name; '' where the source is all that is known. */
  readonly by: string;
  /** When, in nanoseconds since the epoch. */
  readonly at: bigint;
  readonly evidence: string;
  /** Where the work ran; '' judges it wherever it ran. */
  readonly environment: string;
}

/** The fields of a row, as every format names them. */
export const VERDICT_FIELDS = [
  'task_id',
  'task_ref',
  'outcome',
  'source',
  'by',
  'at',
  'evidence',
  'environment',
] as const;
export type VerdictField = (typeof VERDICT_FIELDS)[number];

export type VerdictRow = Readonly<Partial<Record<VerdictField, string>>>;

/** `open` and `abandoned` are derived from time, and nobody's verdict. */
export const VERDICTS: readonly string[] = OUTCOMES.filter(
  (outcome) => outcome !== 'open' && outcome !== 'abandoned',
);
/** What emitters signal is read from telemetry, and nobody's verdict either. */
export const JUDGES: readonly string[] = OUTCOME_SOURCES.filter((source) => source !== 'emitter');

/** Clocks may be ahead, but not by more than a day. */
const MAX_AHEAD_NS = 86_400_000_000_000n;
const MAX_LENGTH: Readonly<Record<VerdictField, number>> = {
  task_id: 256,
  task_ref: 256,
  outcome: 32,
  source: 32,
  by: 256,
  at: 64,
  evidence: 1024,
  environment: 128,
};

/**
 * A row as a verdict, or why it is none. The time must be given: it tells a verdict that is sent again from one that
 * was given again. `nowNs`: nanoseconds since the epoch.
 */
export function readVerdict(row: VerdictRow, nowNs: bigint): Verdict | string {
  const field = (name: VerdictField): string => (row[name] ?? '').trim();
  for (const name of VERDICT_FIELDS) {
    if (field(name).length > MAX_LENGTH[name]) return `${name} is longer than ${MAX_LENGTH[name]} characters`;
  }
  const taskId = field('task_id');
  const taskRef = field('task_ref');
  if (taskId === '' && taskRef === '') return 'neither task_id nor task_ref says which task is meant';
  const outcome = field('outcome').toLowerCase();
  if (!VERDICTS.includes(outcome)) return noneOf('outcome', outcome, VERDICTS);
  const source = field('source').toLowerCase();
  if (!JUDGES.includes(source)) return noneOf('source', source, JUDGES);
  const by = field('by');
  if (by === '' && source === 'human') return 'a verdict of a person must say in by whose it is';
  const given = field('at');
  if (given === '') return 'at is missing: the time of the verdict';
  const at = instantNs(given);
  if (at === null) return `at is no time with its zone, such as 2026-11-01T09:30:00Z: ${given}`;
  if (at > nowNs + MAX_AHEAD_NS) return `at is still to come: ${given}`;
  return {
    taskId,
    taskRef,
    outcome,
    source,
    by,
    at,
    evidence: field('evidence'),
    environment: field('environment'),
  };
}

function noneOf(field: VerdictField, value: string, known: readonly string[]): string {
  return `${value === '' ? `${field} is missing` : `${value} is no ${field}`}: ${known.join(', ')}`;
}
