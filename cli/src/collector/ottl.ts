/** OTTL, the OpenTelemetry Transformation Language, as the Collector's transform processor runs it. */

/** A string literal. `$` is doubled: the Collector expands `${…}` in every string of its configuration. */
export function literal(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`;
}

/** `span.attributes["key"]` */
export function attribute(context: Context, key: string): string {
  return `${context}.attributes[${literal(key)}]`;
}

export type Context = 'resource' | 'scope' | 'span' | 'spanevent' | 'log';

/** True where `path` fits a registry pattern, in which `*` stands for any text. */
export function matches(path: string, pattern: string): string {
  if (!pattern.includes('*')) return `${path} == ${literal(pattern)}`;
  const source = pattern.split('*').map(quoted).join('.*');
  return `IsMatch(${path}, ${literal(`(?s)^${source}$`)})`;
}

/** The text as a regular expression (RE2). */
export function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** Statements of one context. The Collector runs a flat list of mixed contexts once per span event: never mix. */
export interface StatementGroup {
  readonly context: Context;
  /** The statements run where one of these holds; always when left out. */
  readonly conditions?: readonly string[];
  /** Of the processor when left out. */
  readonly error_mode?: 'propagate' | 'ignore' | 'silent';
  readonly statements: readonly string[];
}
