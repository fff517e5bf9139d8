import { parse } from 'csv-parse/sync';
import { readVerdict, VERDICT_FIELDS, type Verdict, type VerdictField, type VerdictRow } from './verdict.ts';

export type VerdictFormat = 'csv' | 'json' | 'jsonl';

export interface VerdictDefaults {
  /** What a row says that leaves the field open. */
  readonly values?: VerdictRow;
  /** How the file calls a field, where it has a name of its own. */
  readonly columns?: Readonly<Partial<Record<VerdictField, string>>>;
}

export interface RejectedRow {
  /** Line of a CSV or JSON Lines file, element of a JSON array; from 1. */
  readonly row: number;
  readonly reason: string;
}

export interface ReadVerdicts {
  readonly verdicts: readonly Verdict[];
  readonly rejected: readonly RejectedRow[];
}

interface Row {
  readonly row: number;
  /** Keys are lower case. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Verdicts of a CSV file with a header, of JSON Lines, or of a JSON array (or single object). A row that is none is
 * rejected with its reason and harms no other; columns that mean nothing here are passed over. Throws for a text that
 * has no rows in this format at all.
 */
export function readVerdicts(
  text: string,
  format: VerdictFormat,
  nowNs: bigint,
  { values = {}, columns = {} }: VerdictDefaults = {},
): ReadVerdicts {
  const rejected: RejectedRow[] = [];
  const reject = (row: number, reason: string): void => void rejected.push({ row, reason });
  const verdicts: Verdict[] = [];
  for (const { row, values: given } of ROWS[format](text.replace(/^\ufeff/, ''), reject)) {
    const fields: Partial<Record<VerdictField, string>> = {};
    for (const field of VERDICT_FIELDS) {
      const value = cell(given[(columns[field] ?? field).trim().toLowerCase()]) || values[field];
      if (value !== undefined) fields[field] = value;
    }
    const verdict = readVerdict(fields, nowNs);
    if (typeof verdict === 'string') reject(row, verdict);
    else verdicts.push(verdict);
  }
  return { verdicts, rejected: rejected.sort((a, b) => a.row - b.row) };
}

type Reject = (row: number, reason: string) => void;

const ROWS: Readonly<Record<VerdictFormat, (text: string, reject: Reject) => Row[]>> = {
  csv: csvRows,
  json(text, reject) {
    const parsed: unknown = JSON.parse(text);
    const list = Array.isArray(parsed) ? parsed : [parsed];
    return list.flatMap((value, index) => objectRow(value, index + 1, reject));
  },
  jsonl(text, reject) {
    return text.split('\n').flatMap((line, index) => {
      if (line.trim() === '') return [];
      try {
        return objectRow(JSON.parse(line), index + 1, reject);
      } catch (error) {
        reject(index + 1, (error as Error).message);
        return [];
      }
    });
  },
};

function csvRows(text: string, reject: Reject): Row[] {
  const header = text.trimStart().split(/\r?\n/, 1)[0]!;
  let names: string[] | null = null;
  const records = parse(text, {
    delimiter: [',', ';', '\t'].find((delimiter) => header.includes(delimiter)) ?? ',',
    skip_empty_lines: true,
    relax_column_count: true,
    info: true,
    trim: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  const rows: Row[] = [];
  for (const { record, info } of records) {
    if (names === null) names = record.map((name) => name.toLowerCase());
    else if (record.length !== names.length) {
      reject(info.lines, `the header has ${names.length} columns, this row ${record.length}`);
    } else
      rows.push({ row: info.lines, values: Object.fromEntries(names.map((name, i) => [name, record[i]])) });
  }
  return rows;
}

function objectRow(value: unknown, row: number, reject: Reject): Row[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    reject(row, 'a verdict is an object with task_id, outcome, source, at …');
    return [];
  }
  const entries = Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner] as const);
  return [{ row, values: Object.fromEntries(entries) }];
}

/** Ids are often numbers in JSON; anything with parts is no cell. */
function cell(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
