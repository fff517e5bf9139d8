import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { parse } from 'yaml';
import { codeOwnersOf, consentOf } from './consent.ts';
import { type Difference, differences } from './difference.ts';
import { loosening } from './loosening.ts';

export interface RegistryChange extends Difference {
  /** Agent, or `organisation`. */
  readonly subject: string;
  readonly loosens: string | null;
  /** Teams that have to agree; nobody unless it loosens something. */
  readonly asks: readonly string[];
}

export interface FileChange {
  readonly path: string;
  readonly what: 'added' | 'changed' | 'removed';
  /** What changes in it: a panel, a rule, a route, with the parts of it that do. */
  readonly parts: readonly PartChange[];
}

export interface PartChange {
  readonly name: string;
  readonly what: 'added' | 'changed' | 'removed';
  /** What of the part differs, in words; empty unless it changed. */
  readonly fields: readonly string[];
}

export interface Plan {
  readonly registry: readonly RegistryChange[];
  /** All that have to agree, by the names that CODEOWNERS knows. */
  readonly reviewers: readonly string[];
  readonly files: readonly FileChange[];
}

interface State {
  readonly document: RegistryDocument;
  readonly files: readonly GeneratedFile[];
}

/** What a change of the registry changes: entries, and everything that is generated from them. Pure. */
export function planOf(before: State, after: State): Plan {
  const registry = [
    ...changesOf('organisation', before.document.organisation, after.document.organisation),
    ...agentChanges(before.document, after.document),
  ].map(
    (one): RegistryChange => ({
      ...one,
      asks: one.loosens === null ? [] : consentOf(before.document, one.subject, one.path),
    }),
  );
  return {
    registry,
    reviewers: codeOwnersOf(
      before.document,
      registry.flatMap(({ asks }) => asks),
    ),
    files: fileChanges(before.files, after.files),
  };
}

type Found = Omit<RegistryChange, 'asks'>;

function agentChanges(before: RegistryDocument, after: RegistryDocument): Found[] {
  const was = new Map(before.agents.map((agent) => [agent.id, agent]));
  const is = new Map(after.agents.map((agent) => [agent.id, agent]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((id) => {
    const [old, now] = [was.get(id), is.get(id)];
    if (old !== undefined && now !== undefined) return changesOf(id, old, now);
    return [
      {
        subject: id,
        path: 'agent',
        before: old?.name,
        after: now?.name,
        loosens: now === undefined ? 'nobody answers for it any more' : null,
      },
    ];
  });
}

function changesOf(subject: string, before: unknown, after: unknown): Found[] {
  return differences(before, after).map((one) => ({ ...one, subject, loosens: loosening(one) }));
}

/** Where a panel stands says nothing, and follows from the others. */
const PLACE = new Set(['gridPos', 'id']);

function fileChanges(before: readonly GeneratedFile[], after: readonly GeneratedFile[]): FileChange[] {
  const was = new Map(before.map(({ path, text }) => [path, text]));
  const is = new Map(after.map(({ path, text }) => [path, text]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((path): FileChange[] => {
    const [old, now] = [was.get(path), is.get(path)];
    if (old === now) return [];
    if (old === undefined) return [{ path, what: 'added', parts: [] }];
    if (now === undefined) return [{ path, what: 'removed', parts: [] }];
    return [{ path, what: 'changed', parts: partsOf(read(path, old), read(path, now)) }];
  });
}

/** JSON and YAML as what they say; other files by their lines. */
function read(path: string, text: string): unknown {
  if (path.endsWith('.json')) return JSON.parse(text);
  return /\.ya?ml$/.test(path) ? parse(text, { logLevel: 'silent' }) : text.split('\n');
}

/** Differences by the innermost named element that they stand in. */
function partsOf(before: unknown, after: unknown): PartChange[] {
  const parts = new Map<string, PartChange>();
  for (const { path, before: was, after: is } of differences(before, after, PLACE)) {
    const { name, field } = partOf(path);
    const what =
      field !== '' ? 'changed' : was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    const known = parts.get(name);
    const fields = [...(known?.fields ?? []), ...(field === '' ? [] : [wordFor(field)])];
    parts.set(name, { name, what: known === undefined ? what : 'changed', fields: [...new Set(fields)] });
  }
  return [...parts.values()];
}

/** Lists whose elements a reader knows by name; what they hold is theirs. */
const LISTS = /^(.*?\b(?:panels|rules|receivers|contactPoints|routes|muteTimes|list)\[(.+?)\])(?:\.(.*))?$/;

function partOf(path: string): { readonly name: string; readonly field: string } {
  const found = LISTS.exec(path);
  if (found === null) {
    const [name = '', ...rest] = path.split('.');
    return { name, field: rest.join('.') };
  }
  return { name: found[2]!, field: found[3] ?? '' };
}

/** Paths of Grafana's JSON and what a reader calls them; of others their first part. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/rawSql$/, 'query'],
  [/thresholds|\.params/, 'thresholds'],
  [/overrides/, 'columns'],
  [/mappings/, 'values in words'],
  [/links/, 'links'],
  [/unit$/, 'unit'],
];

function wordFor(field: string): string {
  return WORDS.find(([path]) => path.test(field))?.[1] ?? field.split(/[.[]/)[0]!;
}
