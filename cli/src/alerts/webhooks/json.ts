/** What was posted, checked as it is read. Every function throws which field is wrong. */
export type Fields = Readonly<Record<string, unknown>>;

/** Longer texts are cut: they are shown, not computed with. */
const LONGEST = 1_000;

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Error('the body is no JSON');
  }
}

export function fields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${name} is no object`);
  return value as Fields;
}

/** '' for what is absent or null. */
export function text(value: unknown, name: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new Error(`${name} is no text`);
  return value.slice(0, LONGEST);
}

export function requiredText(value: unknown, name: string): string {
  const found = text(value, name);
  if (found === '') throw new Error(`${name} is missing`);
  return found;
}

/** RFC 3339 → ms since the epoch. */
export function time(value: unknown, name: string): number {
  const ms = Date.parse(requiredText(value, name));
  if (!Number.isFinite(ms)) throw new Error(`${name} is no time`);
  if (ms < 0 || ms > LAST_MS) throw new Error(`${name} is out of range`);
  return ms;
}

/** What a DateTime64(3) of the store holds. */
const LAST_MS = Date.UTC(2261, 11, 31);

/** A flat object of texts, at most 64 of them. */
export function texts(value: unknown, name: string): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  const entries = Object.entries(fields(value, name));
  if (entries.length > 64) throw new Error(`${name} has more than 64 entries`);
  return Object.fromEntries(entries.map(([key, one]) => [key.slice(0, 256), text(one, `${name}.${key}`)]));
}

export function list(value: unknown, name: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${name} is no list`);
  if (value.length > most) throw new Error(`${name} has more than ${most} entries`);
  return value;
}
