import { stringify } from 'yaml';

/** A text as a YAML value on one line, also within `[ ]` and `{ }`: plain where it may be, else quoted. */
export function inlineText(text: string): string {
  const list = stringify([text], { collectionStyle: 'flow', lineWidth: 0 }).trim();
  // JSON is YAML, and has no line breaks.
  return list.includes('\n') ? JSON.stringify(text) : list.slice(1, -1).trim();
}

/** `{ service: x, agent: y }` */
export function inlineMap(values: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return `{ ${entries.map(([key, value]) => `${key}: ${inlineText(value!)}`).join(', ')} }`;
}

export function inlineList(values: readonly string[]): string {
  return `[${values.map(inlineText).join(', ')}]`;
}
