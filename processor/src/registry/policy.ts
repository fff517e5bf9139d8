import { type Agent, globMatcher, type Organisation, parseMoney } from '@agentops/registry';
import { multiplyUnits, parseUnits, type Units } from '../cost/decimal.ts';
import type { AgentPolicy, Requirement } from '../fold/ports.ts';
import { compileRates, DEFAULT_CURRENCY } from './rates.ts';

export const NO_REQUIREMENT: Requirement = { rule: '', percent: 0 };
const UNKNOWN: Requirement = { rule: 'unknown', percent: 0 };

/** Nothing is declared, so nothing is against it. */
export const NO_POLICY: AgentPolicy = {
  version: '',
  declaresTool: () => true,
  declaresModel: () => true,
  declaresData: () => true,
  approval: () => NO_REQUIREMENT,
};

/** What an entry allows its agent, ready to hold a call against. */
export function compilePolicy(agent: Agent, organisation: Organisation | null): AgentPolicy {
  const tools = new Set(agent.tools.map(({ name }) => name));
  const models = agent.models.map((model) => globMatcher(model));
  const written = new Set(agent.data.write);
  const read = new Set([...agent.data.read, ...agent.data.write]);
  const rules = agent.approvals.map((rule) => ({
    ...rule,
    over: bound(rule.over),
    under: bound(rule.under),
  }));
  const currency = organisation?.currency ?? DEFAULT_CURRENCY;
  const rate = compileRates(organisation);

  /** An amount in the reporting currency; null without a rate. */
  function convert({ amount, currency: from }: Bound, atMs: number): Units | null {
    if (from === currency) return amount;
    const found = rate(from, atMs);
    return found === null ? null : multiplyUnits(amount, found);
  }

  /** −1, 0 or 1; null where the currencies cannot be compared. */
  function compare(a: Bound, b: Bound, atMs: number): number | null {
    const left = a.currency === b.currency ? a.amount : convert(a, atMs);
    const right = a.currency === b.currency ? b.amount : convert(b, atMs);
    if (left === null || right === null) return null;
    return left < right ? -1 : left > right ? 1 : 0;
  }

  /** Does the call's amount lie in the rule's range? null: nobody can say. */
  function inRange(rule: (typeof rules)[number], call: Bound | null, atMs: number): boolean | null {
    if (rule.over === null && rule.under === null) return true;
    if (call === null) return null;
    const over = rule.over === null ? 1 : compare(call, rule.over, atMs);
    const under = rule.under === null ? -1 : compare(call, rule.under, atMs);
    if (over === null || under === null) return null;
    return over > 0 && under <= 0;
  }

  return {
    version: agent.version ?? '',
    declaresTool: (name) => tools.has(name),
    declaresModel: (...names) => names.some((name) => name !== '' && models.some((fits) => fits(name))),
    declaresData: (resource, effect) => (effect === 'read' || effect === '' ? read : written).has(resource),
    approval(tool, amount, amountCurrency, atMs) {
      if (rules.length === 0) return NO_REQUIREMENT;
      const call = amount === '' ? null : { amount: parseUnits(amount), currency: amountCurrency };
      let strictest = NO_REQUIREMENT;
      for (const rule of rules) {
        if (rule.tool !== undefined && rule.tool !== tool) continue;
        const applies = inRange(rule, call, atMs);
        if (applies === false) continue;
        const asked = applies === null ? UNKNOWN : { rule: rule.rule, percent: rule.percent ?? 0 };
        if (STRICTNESS.indexOf(asked.rule) > STRICTNESS.indexOf(strictest.rule)) strictest = asked;
      }
      return strictest;
    },
  };
}

/** Where several rules concern a call, the last of these counts. */
const STRICTNESS: readonly Requirement['rule'][] = ['', 'sample', 'unknown', 'threshold', 'always'];

interface Bound {
  readonly amount: Units;
  readonly currency: string;
}

function bound(text: string | undefined): Bound | null {
  if (text === undefined) return null;
  const { amount, currency } = parseMoney(text);
  return { amount: parseUnits(amount), currency };
}
