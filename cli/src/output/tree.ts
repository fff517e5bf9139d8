import { duration } from './numbers.ts';
import { dim, red } from './style.ts';

export interface TreeStep {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: string;
  readonly label: string;
  readonly agent: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly notes: readonly string[];
  readonly failed: boolean;
}

/** Steps in order of time, indented under their parents; a step whose parent is not there stands at the top. */
export function renderTree(
  steps: readonly TreeStep[],
  contents: ReadonlyMap<string, readonly string[]>,
): string {
  const begin = Math.min(...steps.map((step) => step.startMs));
  const key = (step: TreeStep): string => `${step.traceId}-${step.spanId}`;
  const here = new Set(steps.map(key));
  const children = new Map<string, TreeStep[]>();
  const roots: TreeStep[] = [];
  for (const step of steps) {
    const parent = `${step.traceId}-${step.parentSpanId}`;
    if (step.parentSpanId === '' || !here.has(parent) || parent === key(step)) roots.push(step);
    else children.set(parent, [...(children.get(parent) ?? []), step]);
  }
  const lines: string[] = [];
  const seen = new Set<string>();
  const write = (step: TreeStep, indent: string, branch: string): void => {
    if (seen.has(key(step))) return;
    seen.add(key(step));
    const offset = `+${duration(step.startMs - begin)}`.padStart(10);
    const label = step.failed ? red(step.label) : step.label;
    const notes = step.notes.length === 0 ? '' : `  ${step.notes.join('  ')}`;
    lines.push(`${dim(offset)}  ${indent}${branch}${label}  ${dim(duration(step.durationMs))}${notes}`);
    const below = indent + (branch === '' ? '' : branch === '└─ ' ? '   ' : '│  ');
    for (const text of contents.get(key(step)) ?? [])
      lines.push(`${' '.repeat(12)}${below}${dim(clip(text))}`);
    const inner = children.get(key(step)) ?? [];
    inner.forEach((child, i) => {
      write(child, below, i === inner.length - 1 ? '└─ ' : '├─ ');
    });
  };
  for (const root of roots) write(root, '', '');
  // Cycles of parents have no root: they are shown all the same.
  for (const step of steps) write(step, '', '');
  return lines.join('\n');
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
