import { platformTeam } from '@agentops/alerts';
import type { RegistryDocument } from '@agentops/registry';

/**
 * Teams that have to agree to what a change loosens: owner and operator of the agent, of the organisation file whoever answers for
 * the budget, and the platform team. As they stand before the change: who is replaced by it is asked, too.
 */
export function consentOf(before: RegistryDocument, subject: string, path: string): string[] {
  const agent = before.agents.find(({ id }) => id === subject);
  if (agent !== undefined) {
    const budget = /^budgets\[(task|day|month)\b/.exec(path)?.[1];
    const owner = agent.budgets.find(({ per }) => per === budget)?.owner;
    return unique([agent.owner, agent.operator, ...(owner === undefined ? [] : [owner])]);
  }
  const [, whose, per] = /^budgets\[(.+) (day|month)\b/.exec(path) ?? [];
  const budget = before.organisation.budgets.find(
    (one) => per !== undefined && one.per === per && [one.department, one.user].includes(whose),
  );
  return unique([...(budget?.owner === undefined ? [] : [budget.owner]), platformTeam(before)]);
}

/** The same teams by the names that CODEOWNERS knows, where the organisation file says them. */
export function codeOwnersOf({ organisation }: RegistryDocument, teams: readonly string[]): string[] {
  return unique(teams.flatMap((team) => organisation.teams.find(({ id }) => id === team)?.code_owner ?? []));
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].filter((name) => name !== '');
