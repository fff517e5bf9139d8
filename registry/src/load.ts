import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import { type Agent, agentSchema } from './schema/agent.ts';
import { type Organisation, organisationSchema } from './schema/organisation.ts';

/** The registry as plain data, agents in order of id: what is hashed, published and compiled. */
export interface RegistryDocument {
  readonly organisation: Organisation;
  readonly agents: readonly Agent[];
}

/** A parsed file that can say where something stands in it. */
export interface SourceFile {
  readonly file: string;
  at(path: readonly (string | number)[]): { line: number; column: number };
}

export interface LoadedRegistry {
  /** null when a file could not be read as what it should be. */
  readonly document: RegistryDocument | null;
  readonly organisationFile: SourceFile | null;
  /** By agent id. */
  readonly agentFiles: ReadonlyMap<string, SourceFile>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Files by their path relative to the registry's folder. */
export type RegistryFiles = ReadonlyMap<string, string>;

/** Reads `organisation.yaml` and `agents/*.yaml` of a folder. Throws when there is no such folder. */
export function readRegistryFiles(folder: string): RegistryFiles {
  const files = new Map<string, string>();
  for (const name of readdirSync(folder).sort()) {
    if (/^organisation\.ya?ml$/.test(name)) files.set(name, readFileSync(join(folder, name), 'utf8'));
  }
  let agents: string[] = [];
  try {
    agents = readdirSync(join(folder, 'agents')).sort();
  } catch {
    // A registry may begin with the organisation alone.
  }
  for (const name of agents) {
    if (/\.ya?ml$/.test(name))
      files.set(`agents/${name}`, readFileSync(join(folder, 'agents', name), 'utf8'));
  }
  return files;
}

/** Parses and validates every file; every problem of every file is reported. Pure. */
export function loadRegistry(files: RegistryFiles): LoadedRegistry {
  const diagnostics: Diagnostic[] = [];
  const agents: Agent[] = [];
  const agentFiles = new Map<string, SourceFile>();
  let organisation: Organisation | null = null;
  let organisationFile: SourceFile | null = null;
  for (const [file, text] of files) {
    if (file.startsWith('agents/')) {
      const loaded = parseFile(file, text, agentSchema, diagnostics);
      if (loaded.value === null) continue;
      if (agentFiles.has(loaded.value.id)) {
        diagnostics.push(
          report(
            loaded.source,
            ['id'],
            'duplicate-id',
            `agent id ${loaded.value.id} stands in ${agentFiles.get(loaded.value.id)!.file} too`,
            'give each agent an id of its own',
          ),
        );
        continue;
      }
      agents.push(loaded.value);
      agentFiles.set(loaded.value.id, loaded.source);
    } else {
      const loaded = parseFile(file, text, organisationSchema, diagnostics);
      organisation = loaded.value;
      organisationFile = loaded.source;
    }
  }
  if (organisationFile === null) {
    diagnostics.push({
      severity: 'error',
      code: 'missing-file',
      file: 'organisation.yaml',
      line: 1,
      column: 1,
      message: 'there is no organisation file',
      fix: 'add organisation.yaml with at least a name: departments, teams and channels are declared there',
    });
  }
  agents.sort((a, b) => (a.id < b.id ? -1 : 1));
  const broken = diagnostics.some((d) => d.severity === 'error');
  return {
    document: organisation === null || broken ? null : { organisation, agents },
    organisationFile,
    agentFiles,
    diagnostics,
  };
}

export function report(
  source: SourceFile,
  path: readonly (string | number)[],
  code: DiagnosticCode,
  message: string,
  fix: string,
  severity: Diagnostic['severity'] = 'error',
): Diagnostic {
  return { severity, code, file: source.file, ...source.at(path), message, fix };
}

function parseFile<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
  diagnostics: Diagnostic[],
): { source: SourceFile; value: z.output<S> | null } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const source: SourceFile = { file, at: (path) => locate(document, lines, path) };
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    diagnostics.push({
      severity: 'error',
      code: 'yaml',
      file,
      line,
      column: col,
      message: error.message,
      fix: 'mend the YAML here',
    });
  }
  if (document.errors.length > 0) return { source, value: null };
  const result = schema.safeParse(document.toJS());
  if (result.success) return { source, value: result.data };
  for (const issue of result.error.issues) diagnostics.push(...fromIssue(issue, source, schema));
  return { source, value: null };
}

function fromIssue(issue: z.core.$ZodIssue, source: SourceFile, schema: z.ZodType): Diagnostic[] {
  const path = issue.path as (string | number)[];
  const where = path.join('.') || 'the file';
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      return report(
        source,
        [...path, key],
        'unknown-key',
        `${key} is no key of ${where}`,
        near === null ? `remove it; known keys: ${known.join(', ')}` : `did you mean ${near}?`,
      );
    });
  }
  const fix =
    issue.code === 'invalid_value'
      ? `use one of: ${issue.values.join(', ')}`
      : issue.code === 'invalid_type' && issue.message.includes('undefined')
        ? `add ${path.at(-1)}`
        : `mend ${where}`;
  const message = issue.message.replace(/^Invalid input: /, '');
  return [report(source, path, 'schema', `${where}: ${message}`, fix)];
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  // biome-ignore lint/suspicious/noExplicitAny: a walk over zod's own definition
  let at: any = schema;
  const unwrap = (): void => {
    while (at?.def?.innerType !== undefined) at = at.def.innerType;
  };
  for (const step of path) {
    unwrap();
    at = typeof step === 'number' ? at?.def?.element : at?.def?.shape?.[step];
  }
  unwrap();
  return Object.keys(at?.def?.shape ?? {});
}

function nearest(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let least = 3;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Where a path stands in the file: its key, or the nearest thing above it that is there. */
function locate(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): { line: number; column: number } {
  for (let length = path.length; length >= 0; length--) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset === null) continue;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }
  return { line: 1, column: 1 };
}

function offsetOf(document: Document, path: readonly (string | number)[]): number | null {
  const last = path.at(-1);
  if (last === undefined) return 0;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isNode(item.key) && String(item.key) === String(last),
    );
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? null;
    return null;
  }
  const node = document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
