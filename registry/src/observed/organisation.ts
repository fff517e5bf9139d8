import { inlineMap } from './inline.ts';

/** A first organisation file: departments as the telemetry names them, people to be filled in. */
export function adoptOrganisation(departments: readonly string[]): string {
  const ids = departments.filter((department) => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(department)).sort();
  const entry = (id: string): string =>
    `  - ${inlineMap({ id, name: id[0]!.toUpperCase() + id.slice(1).replaceAll('-', ' ') })}`;
  return [
    'name: # name of the company',
    'currency: USD',
    'time_zone: UTC',
    '',
    ids.length === 0 ? 'departments: []' : 'departments:',
    ...ids.map(entry),
    '',
    '# Who owns agents, and who is on call for them: other people. One line a team:',
    '#   - { id: agent-sre, name: Agent SRE, members: [first.person, second.person] }',
    'teams: []',
    '',
  ].join('\n');
}
