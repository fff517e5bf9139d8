import { type RejectedRow, readVerdicts, type VerdictFormat } from '../verdicts/read.ts';
import { verdictRequest } from '../verdicts/request.ts';
import { VERDICT_FIELDS, type VerdictField } from '../verdicts/verdict.ts';
import { Refusal } from './status.ts';

const FORMATS: Readonly<Record<string, VerdictFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'jsonl',
  'application/jsonl': 'jsonl',
  'text/csv': 'csv',
};

export const OUTCOMES_PATH = '/v1/outcomes';
/** Rows are read at once, while telemetry waits at the door: some ten thousand of them. Larger files are imported. */
export const OUTCOMES_MAX_BYTES = 2 * 1024 * 1024;

/** What `POST /v1/outcomes` answers: how many rows are safe, and why the others are none. */
export interface OutcomesAnswer {
  readonly accepted: number;
  readonly rejected: readonly RejectedRow[];
}

export interface OutcomesRequest {
  /** An OTLP log request, JSON; null when no row is a verdict. */
  readonly body: Buffer | null;
  readonly answer: OutcomesAnswer;
}

/**
 * Verdicts as rows (JSON, JSON Lines or CSV) turned into the OTLP log request that goes on like any other. Parameters of
 * the URL fill what rows leave open: `?source=system&by=ledger`. Throws a {@link Refusal} for what cannot be read at
 * all. `nowMs`: ms since the epoch.
 */
export function readOutcomes(contentType: string, url: string, body: Buffer, nowMs: number): OutcomesRequest {
  const format = FORMATS[contentType.split(';', 1)[0]!.trim().toLowerCase()];
  if (format === undefined) {
    throw new Refusal(415, `content-type: ${Object.keys(FORMATS).join(', ')} are supported`);
  }
  const values: Partial<Record<VerdictField, string>> = {};
  for (const [name, value] of new URLSearchParams(url.split('?')[1] ?? '')) {
    if (!(VERDICT_FIELDS as readonly string[]).includes(name)) {
      throw new Refusal(400, `${name} is no field of a verdict: ${VERDICT_FIELDS.join(', ')}`);
    }
    values[name as VerdictField] = value;
  }
  try {
    const { verdicts, rejected } = readVerdicts(body.toString('utf8'), format, BigInt(nowMs) * 1_000_000n, {
      values,
    });
    return {
      body: verdicts.length === 0 ? null : Buffer.from(verdictRequest(verdicts)),
      answer: { accepted: verdicts.length, rejected },
    };
  } catch (error) {
    throw new Refusal(400, (error as Error).message);
  }
}
