import { checkRegistry } from '../check.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { loadRegistry, type RegistryFiles } from '../load.ts';
import { instead } from '../nearest.ts';
import { agentSchema } from '../schema/agent.ts';
import { setKeys } from './set-keys.ts';

/** What a deploy pipeline knows of an agent. */
export interface AgentChange {
  readonly version?: string | undefined;
  readonly stage?: string | undefined;
  /** The day of the change, e.g. 2026-04-01. */
  readonly updated: string;
}

export interface AgentEdit {
  /** Path of the agent's file within the registry. */
  readonly file: string;
  /** The whole file as it would be; null when it says all of it already. */
  readonly text: string | null;
  /** Errors that the change would bring in: it must not be written then. */
  readonly errors: readonly Diagnostic[];
}

/**
 * One agent's entry changed. What was wrong before, in this entry or another, holds nobody up; what the change would make
 * wrong does. Throws for an agent that is in no readable file. `now`: ms since the epoch.
 */
export function setAgent(files: RegistryFiles, id: string, change: AgentChange, now: number): AgentEdit {
  const { agents } = loadRegistry(files);
  const entry = agents.find((agent) => agent.value.id === id);
  if (entry === undefined) {
    const hint = instead(
      id,
      agents.map((agent) => agent.value.id),
    );
    throw new Error(`there is no agent ${id}${hint === null ? '' : `: ${hint}`}`);
  }
  const { value, source } = entry;
  const { version = value.version, stage = value.stage, updated } = change;
  if (version === value.version && stage === value.stage)
    return { file: source.file, text: null, errors: [] };
  const values = {
    ...(stage !== value.stage && { stage }),
    ...(version !== undefined && version !== value.version && { version }),
    updated,
  };
  const text = setKeys(files.get(source.file)!, values, Object.keys(agentSchema.shape));
  const known = new Set(errorsOf(files, now).map(identity));
  const errors = errorsOf(new Map([...files, [source.file, text]]), now).filter(
    (diagnostic) => !known.has(identity(diagnostic)),
  );
  return { file: source.file, text, errors };
}

function errorsOf(files: RegistryFiles, now: number): Diagnostic[] {
  return checkRegistry(files, now).filter((diagnostic) => diagnostic.severity === 'error');
}

/** Lines move; what is wrong does not. */
function identity({ file, code, path, message }: Diagnostic): string {
  return JSON.stringify([file, code, path, message]);
}
