import { type AttributeList, type JsonValue, plainValue, VALUE } from '../decode/attributes.ts';
import { holds, type Words } from '../decode/words.ts';

export function asText(value: JsonValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Follows `path` into a value that is JSON, or JSON in a string. */
export function pick(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const step of path) {
    if (typeof at === 'string') {
      try {
        at = JSON.parse(at) as JsonValue;
      } catch {
        return undefined;
      }
    }
    if (typeof at !== 'object' || at === null) return undefined;
    at = Array.isArray(at) ? at[Number(step)] : Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

/** The values of all attributes whose keys begin with the prefix, by what stands behind it. */
export function valuesBehind({ buf, prefixed }: AttributeList, prefix: string): Map<string, JsonValue> {
  const values = new Map<string, JsonValue>();
  for (const { key, type, start, end } of prefixed) {
    if (key.startsWith(prefix)) values.set(key.slice(prefix.length), plainValue(buf, type, start, end));
  }
  return values;
}

/** Is the attribute at `at` one of the texts? */
export function isOneOf(
  { view, types, starts, ends }: AttributeList,
  at: number,
  texts: readonly Words[],
): boolean {
  if (types[at] !== VALUE.string) return false;
  for (const text of texts) if (holds(view, starts[at]!, ends[at]!, text)) return true;
  return false;
}
