import { parseMoney, seconds } from '@agentops/registry';
import type { Difference } from './difference.ts';

/** A change that lets an agent do, spend or miss more, or makes less of it seen. */
interface Rule {
  readonly path: RegExp;
  /** Why the change loosens something; null where it does not. */
  readonly why: (before: unknown, after: unknown) => string | null;
}

const when =
  (test: (before: unknown, after: unknown) => boolean, why: string): Rule['why'] =>
  (before, after) =>
    test(before, after) ? why : null;

const gone = (_: unknown, after: unknown): boolean => after === undefined;
const added = (before: unknown): boolean => before === undefined;
const raised = (before: unknown, after: unknown): boolean => !(quantity(after) <= quantity(before));
const lowered = (before: unknown, after: unknown): boolean => !(quantity(after) >= quantity(before));
const goneOrRaised = (before: unknown, after: unknown): boolean =>
  before !== undefined && (gone(before, after) || raised(before, after));
/** Later in the list is stronger; what is not there is the weakest. */
const weakened =
  (...order: readonly string[]) =>
  (before: unknown, after: unknown): boolean =>
    order.indexOf(String(after)) < order.indexOf(String(before));

const RULES: readonly Rule[] = [
  { path: /^slos\[[^\]]+\]$/, why: when(gone, 'an objective goes') },
  {
    path: /^slos\[.+\]\.objective$/,
    why: when((before, after) => before !== undefined && lowered(before, after), 'a lower objective'),
  },
  { path: /^slos\[.+\]\.at_most$/, why: when(goneOrRaised, 'a wider bound') },
  { path: /^budgets\[[^\]]+\]$/, why: when(gone, 'a budget goes') },
  { path: /^budgets\[.+\]\.(soft|hard)$/, why: when(goneOrRaised, 'more may be spent') },
  {
    path: /^budgets\[.+\]\.on_breach$/,
    why: when(weakened('alert', 'hitl', 'stop'), 'a breach does less'),
  },
  { path: /^approvals\[[^\]]+\]$/, why: when(gone, 'an approval is not asked for any more') },
  {
    path: /^approvals\[.+\]\.rule$/,
    why: when(weakened('sample', 'threshold', 'always'), 'fewer calls need approval'),
  },
  {
    path: /^approvals\[.+\]\.over$/,
    why: when((before, after) => after !== undefined && raised(before, after), 'fewer calls need approval'),
  },
  {
    path: /^approvals\[.+\]\.under$/,
    why: when((before, after) => after !== undefined && lowered(before, after), 'fewer calls need approval'),
  },
  {
    path: /^approvals\[.+\]\.percent$/,
    why: when((before, after) => before !== undefined && lowered(before, after), 'a smaller sample'),
  },
  { path: /^approvals\[.+\]\.(sla|timeout)$/, why: when(goneOrRaised, 'a decision may take longer') },
  { path: /^reviewers\[[^\]]+\]$/, why: when(gone, 'a reviewer goes') },
  { path: /^reviewers\[.+\]\.sla$/, why: when(goneOrRaised, 'a decision may take longer') },
  {
    path: /^stage$/,
    why: when((before, after) => before === 'production' && after !== 'production', 'pages nobody any more'),
  },
  {
    path: /^telemetry$/,
    why: when(weakened('unknown', 'sampled', 'complete'), 'less of it is seen'),
  },
  { path: /^expects(\.every)?$/, why: when(goneOrRaised, 'may be silent for longer') },
  { path: /^stop$/, why: when(gone, 'no way to stop it is known') },
  { path: /^escalation\.\w+$/, why: when(gone, 'nobody is called') },
  { path: /^tools\[[^\]]+\]$/, why: when(added, 'may call one more tool') },
  {
    path: /^tools\[.+\]\.effect$/,
    why: when((before) => before === 'read', 'a tool does more than read'),
  },
  {
    path: /^tools\[.+\]\.repeats(\.\w+)?$/,
    why: when(
      (before, after) => after !== undefined && (typeof after !== 'number' || raised(before ?? 0, after)),
      'more repetition is no loop',
    ),
  },
  { path: /^models\[.+\]$/, why: when(added, 'may use one more model') },
  { path: /^data\.(read|write)\[.+\]$/, why: when(added, 'may touch more data') },
  { path: /^content$/, why: when((_, after) => after === 'masked', 'content is kept') },
  { path: /^content_retention$/, why: when(goneOrRaised, 'content is kept for longer') },
  { path: /^task_(timeout|idle)$/, why: when(goneOrRaised, 'a task may stay open for longer') },
  {
    path: /^success_without_verdict$/,
    why: when((_, after) => after === true, 'ends without an error count as success'),
  },
  {
    path: /^expects\.calendar$/,
    why: when((_, after) => after === 'working-hours', 'may be silent for longer'),
  },
  {
    path: /^tools\[.+\]\.effect$/,
    why: when((before, after) => before !== undefined && after === 'read', 'its calls count as reads'),
  },
  { path: /^tools\[.+\]\.risk$/, why: when(weakened('low', 'medium', 'high'), 'a lower risk') },
  { path: /^match\[[^\]]+\]$/, why: when(gone, 'less of it is seen') },
  { path: /^channels\[[^\]]+\]$/, why: when(gone, 'nobody is called there') },
  {
    path: /^channels\[.+\]\.type$/,
    why: when((before, after) => wakes(before) && !wakes(after), 'wakes nobody any more'),
  },
  {
    path: /^channels\[.+\]\.working_hours(\..+)?$/,
    why: when((_, after) => after !== undefined, 'a decision may take longer'),
  },
  {
    path: /^prices\[.+\]\.(input|output|cached_input|cache_write|cache_write_1h)$/,
    why: when((before, after) => before !== undefined && lowered(before, after), 'budgets last longer'),
  },
  { path: /^prices\[[^\]]+\]$/, why: when(added, 'a price of one’s own: budgets may last longer') },
  {
    path: /^exchange_rates\[.+\]\.rate$/,
    why: when((before, after) => before !== undefined && lowered(before, after), 'budgets last longer'),
  },
  {
    path: /^alerting$/,
    why: (before, after) => {
      if (part(after, 'maintenance') !== undefined) return 'nobody is told in a window';
      return part(before, 'watchdog') === undefined ? null : 'nobody hears when the alerts stop';
    },
  },
  {
    path: /^alerting\.maintenance(\[.+)?$/,
    why: when((_, after) => after !== undefined, 'nobody is told in a window'),
  },
  {
    path: /^alerting\.watchdog$/,
    why: when(
      (before, after) => before !== undefined && gone(before, after),
      'nobody hears when the alerts stop',
    ),
  },
  { path: /^acknowledge_within$/, why: when(goneOrRaised, 'a page may wait longer') },
  { path: /^paged_environments\[.+\]$/, why: when(gone, 'pages nobody any more') },
];

/** Channels that get somebody up. */
function wakes(type: unknown): boolean {
  return type === 'pagerduty' || type === 'opsgenie' || type === 'alertmanager';
}

/** A part of what came or went as a whole. */
function part(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** Why a change of an agent's entry or of the organisation loosens something; null where it does not. */
export function loosening({ path, before, after }: Difference): string | null {
  for (const rule of RULES) {
    if (!rule.path.test(path)) continue;
    const why = rule.why(before, after);
    if (why !== null) return why;
  }
  return null;
}

/**
 * A number, a duration in seconds or an amount: what can be compared. NaN for what cannot (`measure`, nothing, another
 * currency is compared by its number): no comparison holds then, and the change counts as one that loosens.
 */
function quantity(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  if (/^\d+[smhd]$/.test(value)) return seconds(value);
  return /^[\d.]+ [A-Z]{3}$/.test(value) ? Number(parseMoney(value).amount) : Number.NaN;
}
