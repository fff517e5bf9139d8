import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, error } from './diagnostic.ts';
import { parseFile, place, type SourceFile } from './parse.ts';
import type { Salvaged } from './salvage.ts';
import { type Agent, agentSchema } from './schema/agent.ts';
import { type Organisation, organisationSchema } from './schema/organisation.ts';

/** The registry as plain data, agents in order of id: what is hashed, published and compiled. */
export interface RegistryDocument {
  readonly organisation: Organisation;
  readonly agents: readonly Agent[];
}

/** A file's content and the file that it came from. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: SourceFile;
}

export interface LoadedRegistry {
  /** null when a file could not be read as what it should be. */
  readonly document: RegistryDocument | null;
  /** What could be read, also when `document` is null; an id may stand here twice. */
  readonly organisation: Sourced<Organisation> | null;
  readonly agents: readonly Sourced<Agent>[];
  /** Agents of files whose form is wrong in places: to be checked, never to be used. */
  readonly salvaged: readonly (Sourced<Agent> & { readonly as: Salvaged<Agent> })[];
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
  const agents: Sourced<Agent>[] = [];
  const rest: (Sourced<Agent> & { readonly as: Salvaged<Agent> })[] = [];
  let organisation: Sourced<Organisation> | null = null;
  let organisationFile: string | null = null;
  for (const [file, text] of files) {
    if (file.startsWith('agents/')) {
      const { value, source, salvaged, diagnostics: found } = parseFile(file, text, agentSchema);
      diagnostics.push(...found);
      if (value !== null) agents.push({ value, source });
      else if (salvaged !== null) rest.push({ value: salvaged.value, source, as: salvaged });
      continue;
    }
    const { value, source, diagnostics: found } = parseFile(file, text, organisationSchema);
    diagnostics.push(...found);
    if (organisationFile !== null) {
      diagnostics.push(
        place(
          error('duplicate', [], `${organisationFile} describes the organisation too`, 'keep one of the two'),
          source,
        ),
      );
      continue;
    }
    organisationFile = file;
    if (value !== null) organisation = { value, source };
  }
  if (organisationFile === null) diagnostics.push(NO_ORGANISATION);
  diagnostics.push(...duplicateIds(agents));
  agents.sort((a, b) => (a.value.id < b.value.id ? -1 : a.value.id > b.value.id ? 1 : 0));
  const broken = diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  return {
    document:
      organisation === null || broken
        ? null
        : { organisation: organisation.value, agents: agents.map((agent) => agent.value) },
    organisation,
    agents,
    salvaged: rest,
    diagnostics,
  };
}

const NO_ORGANISATION: Diagnostic = {
  severity: 'error',
  code: 'missing-file',
  file: 'organisation.yaml',
  line: 1,
  column: 1,
  path: '',
  message: 'there is no organisation file',
  fix: 'add organisation.yaml with at least a name: departments, teams and channels are declared there',
};

function duplicateIds(agents: readonly Sourced<Agent>[]): Diagnostic[] {
  const files = new Map<string, string>();
  return agents.flatMap(({ value: { id }, source }) => {
    const other = files.get(id);
    if (other === undefined) {
      files.set(id, source.file);
      return [];
    }
    const message = `agent id ${id} stands in ${other} too`;
    return [place(error('duplicate-id', ['id'], message, 'give each agent an id of its own'), source)];
  });
}
