/** Every rule of `registry check`. */
export const DIAGNOSTIC_CODES = [
  'yaml',
  'schema',
  'unknown-key',
  'missing-file',
  'duplicate-id',
  'duplicate',
  'unknown-department',
  'unknown-team',
  'unknown-channel',
  'unknown-cost-center',
  'unknown-currency',
  'unknown-tool',
  'owner-operates',
  'overlapping-match',
  'budget-without-owner',
  'budget-order',
  'budget-scope',
  'slo-without-objective',
  'slo-bound',
  'slo-direction',
  'stop-missing',
  'stop-untried',
  'not-enforced',
  'sampled',
  'approval-rule',
  'approval-overlap',
  'approval-gap',
  'missing-rate',
  'exchange-rate',
  'working-hours',
  'time-zone',
  'channel-address',
  'code-owner',
  'label-mapping',
  'maintenance',
  'future-date',
  'retired',
] as const;
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

/** Keys and list positions from the top of a file. */
export type Path = readonly (string | number)[];

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** What it is about, e.g. `tools[0].effect`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** What a rule says of a file's content; where that stands in the file is added by who knows the file. */
export interface Finding {
  readonly severity: Diagnostic['severity'];
  readonly code: DiagnosticCode;
  readonly path: Path;
  readonly message: string;
  readonly fix: string;
}

export function error(code: DiagnosticCode, path: Path, message: string, fix: string): Finding {
  return { severity: 'error', code, path, message, fix };
}

export function warning(code: DiagnosticCode, path: Path, message: string, fix: string): Finding {
  return { severity: 'warning', code, path, message, fix };
}

/** `tools[0].effect` */
export function formatPath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** What a user sees: every problem where it stands, what to do, and how many there are. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const sorted = [...diagnostics].sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
  const lines = sorted.map(
    (d) =>
      `${d.file}:${d.line}:${d.column}  ${d.severity.padEnd(7)}  ${d.message}  [${d.code}]\n    → ${d.fix}`,
  );
  const errors = sorted.filter((d) => d.severity === 'error').length;
  const warnings = sorted.length - errors;
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return [...lines, `${count(errors, 'error')}, ${count(warnings, 'warning')}`].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
