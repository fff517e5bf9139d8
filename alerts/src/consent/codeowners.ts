import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { platformTeam } from '../routing/platform.ts';

/** Who has to agree to a change of a file of the registry, one role after the other; by team. */
interface Consent {
  readonly pattern: string;
  readonly owners: readonly string[];
  readonly operators: readonly string[];
}

const BEGIN = '# agentops: begin';
const END = '# agentops: end';

/** Wherever the registry stands in its repository. Of two patterns that match the last one counts, as CODEOWNERS has it. */
function consents(registry: RegistryDocument): Consent[] {
  const platform = platformTeam(registry);
  const { budgets } = registry.organisation;
  const operators = platform === '' ? [] : [platform];
  return [
    // What is called otherwise than its agent must not escape.
    { pattern: '**/agents/*.yaml', owners: [], operators },
    { pattern: '**/agents/*.yml', owners: [], operators },
    { pattern: '**/organisation.yaml', owners: budgets.flatMap(({ owner }) => owner ?? []), operators },
    ...registry.agents.map(({ id, owner, operator }) => ({
      pattern: `**/agents/${id}.yaml`,
      owners: [owner],
      operators: [operator],
    })),
  ];
}

/** The names that CODEOWNERS knows of these teams, each once. */
function handles({ organisation }: RegistryDocument, teams: readonly string[]): string[] {
  const known = new Map(organisation.teams.map(({ id, code_owner }) => [id, code_owner]));
  return [...new Set(teams.flatMap((team) => known.get(team) ?? []))];
}

/** Sections for CODEOWNERS, where the organisation file says how teams are called there. */
export function codeOwners(registry: RegistryDocument): GeneratedFile[] {
  if (registry.organisation.teams.every(({ code_owner }) => code_owner === undefined)) return [];
  return [
    { path: 'alerts/generated/codeowners/github', text: section(github(registry)) },
    { path: 'alerts/generated/codeowners/gitlab', text: section(gitlab(registry)) },
  ];
}

function github(registry: RegistryDocument): string[] {
  return [
    '# Owner and operator of an agent are asked for any change of its entry; of the organisation file whoever answers for',
    '# budgets, and the platform team. GitHub is content when one of them agrees: where both have to, a rule of the branch',
    '# must ask for both teams. Loosenings and who has to agree to them are in the plan of a pull request.',
    ...consents(registry).flatMap(({ pattern, owners, operators }) =>
      line(pattern, handles(registry, [...owners, ...operators])),
    ),
  ];
}

/** Each section has to be agreed to by one of its own: both roles are asked, and both have to agree. */
function gitlab(registry: RegistryDocument): string[] {
  const all = consents(registry);
  return [
    '[agentops owners]',
    ...all.flatMap(({ pattern, owners }) => line(pattern, handles(registry, owners))),
    '[agentops operators]',
    ...all.flatMap(({ pattern, operators }) => line(pattern, handles(registry, operators))),
  ];
}

const line = (pattern: string, owners: readonly string[]): string[] =>
  owners.length === 0 ? [] : [[pattern, ...owners].join(' ')];

const section = (lines: readonly string[]): string => `${[BEGIN, ...lines, END].join('\n')}\n`;

/**
 * A CODEOWNERS file with our section in it: in its old place, else at the end, since the last pattern that matches counts. Theirs
 * is not changed. Throws where a section begins and does not end.
 */
export function mergeCodeOwners(theirs: string, ours: string): string {
  const from = theirs.indexOf(BEGIN);
  if (from < 0) {
    const before = theirs === '' || theirs.endsWith('\n') ? theirs : `${theirs}\n`;
    return `${before}${before === '' ? '' : '\n'}${ours}`;
  }
  const to = theirs.indexOf(END, from);
  if (to < 0) throw new Error(`the section of agentops has no end: a line "${END}" is missing`);
  return `${theirs.slice(0, from)}${ours.trimEnd()}${theirs.slice(to + END.length)}`;
}
