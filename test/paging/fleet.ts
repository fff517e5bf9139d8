import { FLEET, type Profile } from '@agentops/cli/simulate';
import type { RegistryDocument } from '@agentops/registry';
import { company } from '../incidents/world.ts';

/**
 * The simulated fleet as a company that is well would have it: nobody pays without asking, reviewers answer, objectives are
 * met, but for that of customer support, which stands above what was measured (70 % of 75 %). What the fleet shows by
 * chance stays: short circles, single dear tasks, tool errors, verdicts that people correct later.
 */
const WELL: Readonly<Record<string, Partial<Profile>>> = {
  'expense-reimbursement': { success: 0.965 },
  'customer-support': { tasksPerDay: 240, pays: { tool: 'issue_refund', median: 18_000, share: 0.04 } },
  'invoice-matching': { success: 0.99 },
  'it-helpdesk': { tasksPerDay: 200, success: 0.95, loops: 0.02 },
  'inventory-reordering': { tasksPerDay: 48, success: 0.965 },
  'code-review': {},
  'marketing-copy': {},
};
const STEADY = { forgotten: 0, unanswered: 0, spread: 0.35 } as const;

/** An agent that nobody has registered; it has nothing to do until somebody starts it. */
export const STRANGER = 'travel-planner';

export function fleetThatIsWell(): Profile[] {
  const own = FLEET.flatMap((profile) => {
    const { approval, ...rest } = profile;
    const change = WELL[profile.agent];
    if (change === undefined) return [];
    return [{ ...rest, ...change, ...(approval !== undefined && { approval: { ...approval, ...STEADY } }) }];
  });
  const stranger = {
    ...FLEET.find(({ agent }) => agent === 'lead-scraper')!,
    ...{ agent: STRANGER, service: STRANGER },
  };
  return [...own, { ...stranger, tasksPerDay: 30, traffic: 0, loops: 0 }];
}

/**
 * The sample company, but for how soon it misses two agents, whose nights are quieter than their entries say, and a price
 * that its entries lack.
 */
export function registryOfTheWeek(): RegistryDocument {
  const registry = company();
  const change = (id: string, to: object): void => {
    Object.assign(registry.agents.find((one) => one.id === id)!, to);
  };
  change('customer-support', { expects: { calendar: 'always', every: '8h' } });
  change('inventory-reordering', {
    expects: { calendar: 'always', every: '12h' },
    prices: [{ model: 'kitano-forecast-*', currency: 'JPY', input: 60, output: 120 }],
  });
  return registry;
}
