import { loadRegistry, type RegistryDocument } from '../load.ts';
import type { Observation } from './observation.ts';

export const DAY = 86_400_000;
/** A Monday, noon. */
export const NOW = Date.parse('2026-11-23T12:00:00Z');

/** An observation of the last day. */
export function seen(
  agent: string,
  what: Observation['what'],
  name = '',
  more: Partial<Observation> = {},
): Observation {
  const service = agent.replace(/^unregistered:/, '');
  const { first = NOW - DAY, last = NOW - 1000 } = more;
  return { agent, service, namespace: '', what, name, effect: '', count: 1, ...more, first, last };
}

/** A registry of entries that are right but for what `more` lines say. */
export function registry(entries: Readonly<Record<string, string>>): RegistryDocument {
  const files = new Map([
    [
      'organisation.yaml',
      'name: X\ntime_zone: Asia/Tokyo\ndepartments: [{ id: it, name: IT }]\nteams: [{ id: a, name: A, members: [x] }, { id: b, name: B, members: [y] }]\n',
    ],
  ]);
  for (const [id, more] of Object.entries(entries)) {
    const stage = more.includes('stage:') ? '' : 'stage: pilot\n';
    const match = more.includes('match:') ? '' : `match: [{ service: ${id} }]\n`;
    files.set(
      `agents/${id}.yaml`,
      `id: ${id}\nname: X\npurpose: Works.\ndepartment: it\nowner: a\noperator: b\n${stage}${match}${more}`,
    );
  }
  const { document, diagnostics } = loadRegistry(files);
  if (document === null) throw new Error(JSON.stringify(diagnostics));
  return document;
}
