import { describe, expect, test } from 'vitest';
import type { RegistryFiles } from '../load.ts';
import { setAgent } from './set-agent.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const ORGANISATION = `name: X
departments: [{ id: it, name: IT }]
teams:
  - { id: owners, name: O, members: [a] }
  - { id: sre, name: S, members: [b] }
`;
const agent = (id: string, more = ''): string => `# ${id}, by hand
id: ${id}
name: X
purpose: Works.
stage: pilot # for now
department: it
owner: owners
operator: sre
match: [{ service: ${id} }]
version: 1.0.0
${more}`;
const files = (...entries: readonly string[]): RegistryFiles =>
  new Map([
    ['organisation.yaml', ORGANISATION],
    ...entries.map((text, i): [string, string] => [`agents/${i}.yaml`, text]),
  ]);
const UPDATED = '2026-11-23';

describe('one entry, as a deploy pipeline changes it', () => {
  test('the version and the day, in the file that holds the agent, whatever its name', () => {
    const edit = setAgent(
      files(agent('one'), agent('two')),
      'two',
      { version: '1.10', updated: UPDATED },
      NOW,
    );
    expect(edit).toEqual({
      file: 'agents/1.yaml',
      text: agent('two').replace('version: 1.0.0', `version: "1.10"\nupdated: ${UPDATED}`),
      errors: [],
    });
  });

  test('what it says already is not written again', () => {
    const edit = setAgent(files(agent('one')), 'one', { version: '1.0.0', updated: UPDATED }, NOW);
    expect(edit).toEqual({ file: 'agents/0.yaml', text: null, errors: [] });
  });

  test('an unknown agent is told from a misspelt one', () => {
    expect(() => setAgent(files(agent('first')), 'frist', { version: '2', updated: UPDATED }, NOW)).toThrow(
      'there is no agent frist: did you mean first?',
    );
  });

  test('a change that would make the entry wrong is said to', () => {
    const { errors } = setAgent(files(agent('one')), 'one', { stage: 'production', updated: UPDATED }, NOW);
    expect(errors.map((error) => error.code)).toEqual(['slo-without-objective', 'stop-missing']);
    const { errors: form } = setAgent(files(agent('one')), 'one', { stage: 'prod', updated: UPDATED }, NOW);
    expect(form.map((error) => error.path)).toEqual(['stage']);
  });

  test('what was wrong before, here or elsewhere, holds no deployment up', () => {
    const broken = agent('two').replace('owner: owners', 'owner: nobody');
    const edit = setAgent(
      files(broken, 'id: [', agent('one')),
      'two',
      { version: '2.0.0', updated: UPDATED },
      NOW,
    );
    expect(edit.errors).toEqual([]);
    expect(edit.text).toContain('version: 2.0.0');
  });
});
