import type { z } from 'zod';
import { error, type Finding, formatPath, type Path } from './diagnostic.ts';
import { instead, nearest } from './nearest.ts';

/** What zod finds wrong with a file's form, in the words of the people who write the file. */
export function fromIssue(issue: z.core.$ZodIssue, schema: z.ZodType): Finding[] {
  const path = issue.path as Path;
  const where = formatPath(path) || 'the file';
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      return error(
        'unknown-key',
        [...path, key],
        `${key} is no key of ${where}`,
        near === null ? `remove it; known keys: ${known.join(', ')}` : `did you mean ${near}?`,
      );
    });
  }
  const meaning = meaningOf(schemaAt(schema, path));
  const last = path.at(-1);
  if (issue.input === undefined && typeof last === 'string') {
    const fix = meaning === undefined ? `add ${last}` : `add ${last}: ${meaning}`;
    return [error('schema', path, `${where} is missing`, fix)];
  }
  return [error('schema', path, `${where}: ${problem(issue)}`, remedy(issue, where, meaning))];
}

function problem(issue: z.core.$ZodIssue): string {
  const given = show(issue.input);
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${noun(issue.expected)}, found ${given}`;
    case 'invalid_value':
      return `${given} is none of the values that it takes`;
    case 'invalid_union':
      return `${given} is nothing that it takes`;
    case 'too_big':
      return `${given} is more than ${issue.maximum}`;
    case 'too_small':
      if (issue.origin === 'array' || issue.origin === 'string') return 'must not be empty';
      return `${given} is less than ${issue.inclusive === false ? 'or equal to ' : ''}${issue.minimum}`;
    case 'invalid_format':
      return issue.format === 'date' ? `${given} is no day of the calendar` : issue.message;
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}

function remedy(issue: z.core.$ZodIssue, where: string, meaning: string | undefined): string {
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    return instead(String(issue.input), values) ?? `mend ${where}`;
  }
  // YAML reads `version: 1.10` as the number 1.1.
  if (issue.code === 'invalid_type' && issue.expected === 'string' && isScalar(issue.input)) {
    return 'write it in quotes, so that it is text';
  }
  // A malformed text is told its form already.
  if (meaning === undefined || issue.code === 'invalid_format') return `mend ${where}`;
  return `mend ${where}: ${meaning}`;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
};

function noun(type: string): string {
  return NOUNS[type] ?? type;
}

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  const text = String(value);
  return text === '' ? 'an empty text' : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The schema that stands at a path, with what it is wrapped in. */
function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  // biome-ignore lint/suspicious/noExplicitAny: a walk over zod's own definition
  let at: any = schema;
  for (const step of path) {
    at = bare(at);
    at = typeof step === 'number' ? at?.def?.element : at?.def?.shape?.[step];
  }
  return at;
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  return Object.keys(bare(schemaAt(schema, path))?.def?.shape ?? {});
}

/** The description of a schema, or of what it wraps. */
// biome-ignore lint/suspicious/noExplicitAny: a walk over zod's own definition
function meaningOf(schema: any): string | undefined {
  let at = schema;
  while (at?.description === undefined && at?.def?.innerType !== undefined) at = at.def.innerType;
  return at?.description;
}

/** Without `optional`, `default` and the like. */
// biome-ignore lint/suspicious/noExplicitAny: a walk over zod's own definition
function bare(schema: any): any {
  let at = schema;
  while (at?.def?.innerType !== undefined) at = at.def.innerType;
  return at;
}
