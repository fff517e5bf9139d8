import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, type Pair, parseDocument, Scalar, stringify } from 'yaml';

/**
 * A YAML file with top-level keys set to texts. Only these values change: comments, order, quotes and layout of all else
 * stay as they were, byte for byte. A key that is not there is added below the nearest one that stands before it in
 * `order`. Throws when the text is no mapping, or when a key holds more than a single value.
 */
export function setKeys(
  text: string,
  values: Readonly<Record<string, string>>,
  order: readonly string[] = [],
): string {
  let out = text;
  for (const [key, value] of Object.entries(values)) out = setKey(out, key, value, order);
  return out;
}

function setKey(text: string, key: string, value: string, order: readonly string[]): string {
  const document = parseDocument(text, { prettyErrors: false });
  const [fault] = document.errors;
  if (fault !== undefined) throw new Error(fault.message);
  const root = document.contents;
  if (!isMap<Scalar, unknown>(root)) throw new Error('the file holds no keys');
  const pair = root.items.find((item) => item.key.value === key);
  const expected = { ...document.toJS(), [key]: value };
  let out: string;
  if (pair !== undefined) out = replaceValue(text, pair, value);
  else if (root.flow) {
    document.set(key, value);
    out = document.toString({ lineWidth: 0 });
  } else out = insertLine(text, root.items, `${key}: ${scalar(value, undefined)}`, key, order);
  if (!isDeepStrictEqual(parseDocument(out).toJS(), expected)) {
    throw new Error(`${key} cannot be set without touching what stands around it: set it by hand`);
  }
  return out;
}

function replaceValue(text: string, { key, value }: Pair<Scalar, unknown>, next: string): string {
  if (value !== null && !isScalar(value)) throw new Error(`${key.value} holds more than a single value`);
  const [start, end] = value?.range ?? [0, 0];
  const written = scalar(next, value?.type as Scalar.Type | undefined);
  // A folded text ends behind its last line break.
  const rest = end > start && text[end - 1] === '\n' ? end - 1 : end;
  if (end > start) return text.slice(0, start) + written + text.slice(rest);
  // `owner:` alone, or with a comment behind it: the value goes right behind the colon.
  const colon = text.indexOf(':', key.range![1]) + 1;
  return `${text.slice(0, colon)} ${written}${text.slice(colon)}`;
}

/** As YAML on one line, quoted as it was before, and where it would else be no text. */
function scalar(value: string, type: Scalar.Type | undefined): string {
  const node = new Scalar(value);
  if (type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE) node.type = type;
  return stringify(node, { lineWidth: 0 }).trimEnd();
}

function insertLine(
  text: string,
  items: readonly Pair<Scalar, unknown>[],
  line: string,
  key: string,
  order: readonly string[],
): string {
  const rank = order.indexOf(key);
  const before = items.filter((item) => {
    const own = order.indexOf(String(item.key.value));
    return own !== -1 && own < rank;
  });
  const after = before.at(-1) ?? items.at(-1);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const end = after === undefined ? 0 : endOf(after);
  // A collection of lines ends behind its last line break, anything else within its line.
  const at = end === 0 || text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1;
  if (at === 0 && end > 0) return `${text}${newline}${line}${newline}`;
  return `${text.slice(0, at)}${line}${newline}${text.slice(at)}`;
}

function endOf({ key, value }: Pair<Scalar, unknown>): number {
  const range = (value as { range?: readonly number[] } | null)?.range;
  return Math.max(range?.[1] ?? 0, key.range![1]);
}
