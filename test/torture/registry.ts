import { fileURLToPath } from 'node:url';
import { loadRegistry, type RegistryDocument, readRegistryFiles } from '@agentops/registry';

/** Whose agent it was when the work was done, a week ago; and whose it becomes, again and again, while all is broken. */
export const OWNERS = { before: 'it', after: 'marketing' } as const;

/** As the sample company's organisation file has it: rollups are counted in its currency. */
export const SCHEMA = { retentionDays: 0, timeZone: 'Asia/Tokyo', currency: 'JPY' };

const AGENT = 'it-helpdesk';
/** The service of the load. */
const SERVICE = 'support';

/** The sample company with the load's agent; every revision after the first moves it, raises its budget and its model's price. */
export function registryOf(revision: number): RegistryDocument {
  const company = fileURLToPath(new URL('../../../registry/company', import.meta.url));
  const { document } = loadRegistry(readRegistryFiles(company));
  const changed = structuredClone(document!) as unknown as {
    agents: Writable<RegistryDocument['agents'][number]>[];
  };
  const agent = changed.agents.find(({ id }) => id === AGENT)!;
  agent.match = [{ service: SERVICE }];
  if (revision > 0) {
    agent.department = OWNERS.after;
    agent.budgets = [{ ...agent.budgets[0]!, hard: `${80_000 + revision} JPY` }];
    agent.prices = [{ model: 'gpt-4o*', currency: 'JPY', input: 1e6, output: 1e6 }];
  }
  return changed as unknown as RegistryDocument;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
