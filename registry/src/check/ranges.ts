import { error, type Finding } from '../diagnostic.ts';
import type { Agent } from '../schema/agent.ts';
import { parseMoney } from '../schema/common.ts';

type Approval = Agent['approvals'][number];

/** The amounts that a rule concerns: greater than `over`, up to and including `under`. */
interface Range {
  readonly index: number;
  readonly tool: string | undefined;
  readonly over: number;
  readonly under: number;
}

/**
 * Of every tool, the amounts that two rules claim and the amounts between rules that none claims. What lies below the
 * lowest rule is automatic by intent; an open top is not: the greatest amounts would be the ones that nobody sees.
 */
export function* checkRanges(approvals: readonly Approval[]): Generator<Finding> {
  yield* checkOrder(approvals);
  // A threshold without its amount is reported as such; what it would claim is unknown.
  const rules = [...approvals.entries()].filter(
    ([, rule]) => rule.rule !== 'threshold' || rule.over !== undefined,
  );
  for (const tool of new Set(rules.map(([, rule]) => rule.tool))) {
    // A rule without a tool concerns every tool.
    const concerned = rules.filter(([, rule]) => rule.tool === tool || rule.tool === undefined);
    const what = tool === undefined ? 'calls' : `calls of ${tool}`;
    const currencies = [...new Set(concerned.flatMap(([, rule]) => currenciesOf(rule)))];
    const [currency = '', second] = currencies;
    if (second !== undefined) {
      const [index] = concerned.find(([, rule]) => currenciesOf(rule).includes(second))!;
      yield error(
        'approval-rule',
        ['approvals', index],
        `rules for ${what} are in ${currencies.join(' and ')}: their amounts cannot be compared`,
        'write the rules of one tool in one currency',
      );
      continue;
    }
    const ranges = concerned
      .map(([index, rule]) => range(index, rule))
      .filter(({ over, under }) => over < under);
    ranges.sort((a, b) => a.over - b.over || a.under - b.under || a.index - b.index);
    yield* compare(ranges, tool, what, currency);
  }
}

function* checkOrder(approvals: readonly Approval[]): Generator<Finding> {
  for (const [index, rule] of approvals.entries()) {
    const { over, under } = range(index, rule);
    if (over < under || currenciesOf(rule).length > 1) continue;
    yield error(
      'approval-rule',
      ['approvals', index, 'under'],
      `no amount is over ${rule.over} and up to ${rule.under}`,
      'raise under or lower over',
    );
  }
}

/** `ranges` in order of where they begin. */
function* compare(
  ranges: readonly Range[],
  tool: string | undefined,
  what: string,
  currency: string,
): Generator<Finding> {
  let top: Range | undefined;
  for (const next of ranges) {
    // What rules for every tool say of each other is said once, not for each tool again.
    const ours = next.tool === tool || top?.tool === tool;
    if (top !== undefined && ours && next.over < top.under) {
      const both = interval(next.over, Math.min(top.under, next.under), currency);
      yield error(
        'approval-overlap',
        ['approvals', next.index],
        `two rules concern ${what}${both}: this one and rule ${top.index + 1}`,
        'end one rule where the other begins: under of the lower = over of the higher',
      );
    } else if (top !== undefined && ours && next.over > top.under) {
      yield error(
        'approval-gap',
        ['approvals', next.index],
        `no rule concerns ${what}${interval(top.under, next.over, currency)}, but both sides have one`,
        'let one rule begin where the other ends, or add a rule between',
      );
    }
    if (top === undefined || next.under > top.under) top = next;
  }
  if (top === undefined || top.tool !== tool || top.under === Number.POSITIVE_INFINITY) return;
  yield error(
    'approval-gap',
    ['approvals', top.index],
    `no rule concerns ${what}${interval(top.under, Number.POSITIVE_INFINITY, currency)}: the greatest pass unseen`,
    `add {rule: threshold, over: ${top.under} ${currency}, …}`,
  );
}

function range(index: number, { rule, tool, over, under }: Approval): Range {
  if (rule === 'always')
    return { index, tool, over: Number.NEGATIVE_INFINITY, under: Number.POSITIVE_INFINITY };
  return {
    index,
    tool,
    over: over === undefined ? Number.NEGATIVE_INFINITY : Number(parseMoney(over).amount),
    under: under === undefined ? Number.POSITIVE_INFINITY : Number(parseMoney(under).amount),
  };
}

function currenciesOf({ over, under }: Approval): string[] {
  const found = [over, under].flatMap((money) => (money === undefined ? [] : [parseMoney(money).currency]));
  return [...new Set(found)];
}

function interval(over: number, under: number, currency: string): string {
  const low = over === Number.NEGATIVE_INFINITY ? '' : ` over ${over} ${currency}`;
  const high = under === Number.POSITIVE_INFINITY ? '' : ` up to ${under} ${currency}`;
  if (low === '' && high === '') return ' of every amount';
  return low !== '' && high !== '' ? `${low} and${high}` : `${low}${high}`;
}
