import { organisationSchema, type RegistryDocument } from '@agentops/registry';
import { describe, expect, test } from 'vitest';
import { codeOwners, mergeCodeOwners } from './codeowners.ts';

const team = (id: string, code_owner?: string) => ({
  id,
  name: id,
  members: [id],
  ...(code_owner && { code_owner }),
});
const registry = (...teams: object[]): RegistryDocument => ({
  organisation: organisationSchema.parse({
    name: 'Kitano',
    departments: [{ id: 'care', name: 'Care' }],
    teams,
    platform: 'sre',
    budgets: [{ department: 'care', per: 'month', hard: '10 USD', owner: 'leads' }],
  }),
  agents: [
    { id: 'support', owner: 'leads', operator: 'sre' },
    { id: 'faq', owner: 'writers', operator: 'sre' },
  ] as unknown as RegistryDocument['agents'],
});
const texts = (...teams: object[]): Record<string, string> =>
  Object.fromEntries(codeOwners(registry(...teams)).map(({ path, text }) => [path.split('/').at(-1)!, text]));
const lines = (text: string): string[] =>
  text.split('\n').filter((one) => one !== '' && !one.startsWith('#'));

describe('who has to agree', () => {
  const { github, gitlab } = texts(team('leads', '@k/leads'), team('sre', '@k/sre'), team('writers'));

  test('on GitHub one of both roles, of what bears no agent’s name the platform team', () => {
    expect(lines(github!)).toEqual([
      '**/agents/*.yaml @k/sre',
      '**/agents/*.yml @k/sre',
      '**/organisation.yaml @k/leads @k/sre',
      '**/agents/support.yaml @k/leads @k/sre',
      '**/agents/faq.yaml @k/sre',
    ]);
  });

  test('on GitLab each role for itself', () => {
    expect(lines(gitlab!)).toEqual([
      '[agentops owners]',
      '**/organisation.yaml @k/leads',
      '**/agents/support.yaml @k/leads',
      '[agentops operators]',
      '**/agents/*.yaml @k/sre',
      '**/agents/*.yml @k/sre',
      '**/organisation.yaml @k/sre',
      '**/agents/support.yaml @k/sre',
      '**/agents/faq.yaml @k/sre',
    ]);
  });

  test('nobody, where no team has a name there', () => {
    expect(texts(team('leads'), team('sre'))).toEqual({});
  });
});

describe('merged into theirs', () => {
  const ours = '# agentops: begin\n**/agents/*.yaml @k/sre\n# agentops: end\n';
  const theirs = '# the shop\n/shop/ @k/shop\n';

  test('at the end, and again in the same place', () => {
    const merged = mergeCodeOwners(theirs, ours);
    expect(merged).toBe(`${theirs}\n${ours}`);
    const more = `${merged}/late/ @k/late\n`;
    expect(mergeCodeOwners(more, ours)).toBe(more);
    expect(mergeCodeOwners(more, ours.replace('@k/sre', '@k/ops'))).toBe(more.replace('@k/sre', '@k/ops'));
  });

  test('nothing of theirs is lost to a section without an end', () => {
    expect(() => mergeCodeOwners(`${theirs}# agentops: begin\n/mine/ @k/me\n`, ours)).toThrow('has no end');
  });

  test('into nothing', () => {
    expect(mergeCodeOwners('', ours)).toBe(ours);
  });
});
