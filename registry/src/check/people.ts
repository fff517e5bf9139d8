import { error, type Finding } from '../diagnostic.ts';
import type { Agent } from '../schema/agent.ts';
import type { Organisation } from '../schema/organisation.ts';

type Teams = Organisation['teams'];

/** Owner and operator must differ, and differ in people: a team that watches itself watches nobody. */
export function* checkPeople(agent: Agent, teams: Teams): Generator<Finding> {
  if (agent.owner === agent.operator) {
    yield error(
      'owner-operates',
      ['operator'],
      `${agent.owner} owns and operates the agent`,
      'name an operator team whose people do not own the agent',
    );
    return;
  }
  const operators = members(teams, agent.operator);
  const both = members(teams, agent.owner).filter((person) => operators.includes(person));
  if (both.length === 0) return;
  yield error(
    'owner-operates',
    ['operator'],
    `${both.join(', ')} ${both.length === 1 ? 'stands' : 'stand'} in the owner team ${agent.owner} and in the operator team ${agent.operator}`,
    'owner and operator must be different people: change one of the teams',
  );
}

/** People are compared as people write them: neither case nor spaces make another person. */
function members(teams: Teams, id: string): string[] {
  const found = teams.filter((team) => team.id === id).flatMap((team) => team.members);
  return [...new Set(found.map((person) => person.trim().toLowerCase()))];
}
