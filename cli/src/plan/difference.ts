/** One value that differs between two documents; `undefined` where it is not there. */
export interface Difference {
  /** `slos[task_success].objective`: elements of lists by what names them, not by where they stand. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What names an element of a list, the first that it has: the order of a list is no difference. */
const NAMES: readonly (readonly string[])[] = [
  ['uid'],
  ['id'],
  ['sli'],
  ['department', 'per'],
  ['user', 'per'],
  ['tool'],
  ['per'],
  ['team'],
  ['title'],
  ['name'],
  ['refId'],
  ['provider', 'model'],
  ['model'],
  ['from', 'valid_from'],
];

/** Differences of two documents of JSON, outermost first; keys of `ignored` are not looked at. */
export function differences(
  before: unknown,
  after: unknown,
  ignored: ReadonlySet<string> = new Set(),
  path = '',
): Difference[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys
      .filter((key) => !ignored.has(key))
      .flatMap((key) => differences(before[key], after[key], ignored, path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [was, is] = [named(before, ignored), named(after, ignored)];
    const names = [...new Set([...was.keys(), ...is.keys()])];
    return names.flatMap((name) => differences(was.get(name), is.get(name), ignored, `${path}[${name}]`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function named(list: readonly unknown[], ignored: ReadonlySet<string>): Map<string, unknown> {
  const out = new Map<string, unknown>();
  list.forEach((element, index) => {
    const name = nameOf(element, ignored) ?? String(index);
    let unique = name;
    for (let n = 2; out.has(unique); n++) unique = `${name} #${n}`;
    out.set(unique, element);
  });
  return out;
}

function nameOf(element: unknown, ignored: ReadonlySet<string>): string | null {
  if (typeof element === 'string') return element;
  if (!isObject(element)) return null;
  const keys = NAMES.find((some) => some.every((key) => !ignored.has(key) && isScalar(element[key])));
  return keys?.map((key) => String(element[key])).join(' ') ?? null;
}

const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
