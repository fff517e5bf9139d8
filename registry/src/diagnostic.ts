/** Every rule of `registry check`. */
export const DIAGNOSTIC_CODES = [
  'yaml',
  'schema',
  'unknown-key',
  'missing-file',
  'duplicate-id',
  'unknown-department',
  'unknown-team',
  'unknown-channel',
  'unknown-cost-center',
  'owner-operates',
  'overlapping-match',
  'budget-without-owner',
  'budget-order',
  'slo-without-objective',
  'stop-missing',
  'stop-untried',
  'not-enforced',
  'approval-rule',
  'missing-rate',
  'time-zone',
  'retired',
  'unknown-tool',
] as const;
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** What a user sees: every problem where it stands, what to do, and how many there are. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const sorted = [...diagnostics].sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      a.line - b.line ||
      a.column - b.column ||
      (a.code < b.code ? -1 : 1),
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
