import type { z } from 'zod';
import type { Finding, Path } from './diagnostic.ts';

/** What is left of a file whose form is wrong in places: enough to look at the rest of it. */
export interface Salvaged<T> {
  readonly value: T;
  /** Is the finding about the file as it stands, and not about what had to be mended to read on? */
  concerns(finding: Finding): boolean;
  /** The same path in the file as it stands. */
  original(path: Path): Path;
}

const ROUNDS = 20;

/**
 * Mends what the schema refuses, so that one wrong value does not hide what else is wrong: a value that is none of
 * those it may be becomes one of them, any other is left out, with the list item that cannot do without it. null when
 * the file itself cannot.
 */
export function salvage<S extends z.ZodType>(content: unknown, schema: S): Salvaged<z.output<S>> | null {
  const data = structuredClone(content);
  const mended: Path[] = [];
  /** By the path of a list: where its remaining items stood. */
  const places = new Map<string, number[]>();

  const original = (path: Path): Path =>
    path.map((step, i) =>
      typeof step === 'number' ? (places.get(keyOf(path.slice(0, i)))?.[step] ?? step) : step,
    );

  function dropItem(path: Path): boolean {
    const at = path.findLastIndex((step) => typeof step === 'number');
    const list = at === -1 ? undefined : follow(data, path.slice(0, at));
    if (!Array.isArray(list)) return false;
    const key = keyOf(path.slice(0, at));
    const left = places.get(key) ?? list.map((_, i) => i);
    mended.push(original(path.slice(0, at + 1)));
    list.splice(path[at] as number, 1);
    left.splice(path[at] as number, 1);
    places.set(key, left);
    return true;
  }

  function mend(issue: z.core.$ZodIssue): boolean {
    const path = issue.path as Path;
    if (issue.code === 'unrecognized_keys') {
      const holder = follow(data, path) as Record<string, unknown>;
      for (const key of issue.keys) delete holder[key];
      return true;
    }
    const last = path.at(-1);
    const holder = follow(data, path.slice(0, -1));
    if (typeof last === 'string' && isRecord(holder) && last in holder) {
      mended.push(original(path));
      if (issue.code === 'invalid_value') holder[last] = issue.values[0];
      else delete holder[last];
      return true;
    }
    return dropItem(path);
  }

  for (let round = 0; round < ROUNDS; round++) {
    const result = schema.safeParse(data);
    if (result.success) {
      return {
        value: result.data,
        original,
        concerns: (finding) =>
          // A tool may be among what was left out.
          !(places.size > 0 && finding.code === 'unknown-tool') &&
          !mended.some((path) => overlap(path, original(finding.path))),
      };
    }
    // From the end of lists to their beginning, so that what is left out moves nothing that is still to be mended.
    const issues = [...result.error.issues].sort((a, b) => comparePaths(b.path as Path, a.path as Path));
    const seen = new Set<string>();
    for (const issue of issues) {
      const key = keyOf(issue.path as Path);
      if (seen.has(key)) continue;
      seen.add(key);
      if (!mend(issue)) return null;
    }
  }
  return null;
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

function follow(data: unknown, path: Path): unknown {
  let at = data;
  for (const step of path) at = (at as Record<string | number, unknown> | undefined)?.[step];
  return at;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Does one of the paths stand above the other, or at the same place? */
function overlap(a: Path, b: Path): boolean {
  const length = Math.min(a.length, b.length);
  if (length === 0) return false;
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function comparePaths(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i]!, b[i]!];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return String(left) < String(right) ? -1 : 1;
  }
  return a.length - b.length;
}
