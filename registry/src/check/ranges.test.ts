import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Agent } from '../schema/agent.ts';
import { checkRanges } from './ranges.ts';

type Approval = Agent['approvals'][number];

const TOOLS = ['pay', 'book'] as const;
/** Rules begin and end at multiples of 10; the amounts between tell whom each interval belongs to. */
const AMOUNTS = [5, 15, 25, 35, 45];

const bound = fc.integer({ min: 1, max: 4 }).map((tens) => tens * 10);
const rule: fc.Arbitrary<Approval> = fc
  .record({
    tool: fc.constantFrom(undefined, ...TOOLS),
    over: fc.option(bound, { nil: undefined }),
    under: fc.option(bound, { nil: undefined }),
  })
  .filter(({ over, under }) => over === undefined || under === undefined || over < under)
  .map(({ tool, over, under }) => ({
    rule: 'sample',
    percent: 5,
    sla: '4h',
    on_timeout: 'reject',
    tool,
    over: over === undefined ? undefined : `${over} JPY`,
    under: under === undefined ? undefined : `${under} JPY`,
  }));

function claims({ tool, over, under }: Approval, called: string, amount: number): boolean {
  if (tool !== undefined && tool !== called) return false;
  return (
    (over === undefined || amount > Number.parseInt(over, 10)) &&
    (under === undefined || amount <= Number.parseInt(under, 10))
  );
}

/** Amount by amount and tool by tool, also for a tool that no rule names. */
function recount(rules: readonly Approval[]): { overlap: boolean; gap: boolean } {
  let overlap = false;
  let gap = false;
  for (const called of [...TOOLS, 'any other']) {
    const counts = AMOUNTS.map((amount) => rules.filter((each) => claims(each, called, amount)).length);
    overlap ||= counts.some((count) => count > 1);
    const first = counts.findIndex((count) => count > 0);
    gap ||= first !== -1 && counts.slice(first).includes(0);
  }
  return { overlap, gap };
}

test('overlaps and gaps are found exactly where counting every amount finds them', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 5 }), (rules) => {
      const codes = [...checkRanges(rules)].map((finding) => finding.code);
      expect({
        overlap: codes.includes('approval-overlap'),
        gap: codes.includes('approval-gap'),
      }).toEqual(recount(rules));
    }),
    { numRuns: 2000 },
  );
});
