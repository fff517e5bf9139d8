import { shareObjectives } from '@agentops/alerts';
import type { RegistryDocument } from '@agentops/registry';
import { type Counter, UNREGISTERED } from './counting.ts';
import type { Family, MetricLabels, Sample } from './exposition.ts';
import type { Total } from './keeper.ts';

interface Shown {
  readonly counter: Counter;
  readonly name: string;
  readonly help: string;
  /** Of objectives, else of agents. */
  readonly isOfSlo?: boolean;
  readonly isMoney?: boolean;
}

const SHOWN: readonly Shown[] = [
  {
    counter: 'slo_events',
    name: 'agentops_slo_events',
    help: 'Valid events of an objective (tasks, requests, scores), at their first decision.',
    isOfSlo: true,
  },
  {
    counter: 'slo_good',
    name: 'agentops_slo_good_events',
    help: 'Good events of an objective, as they were first decided.',
    isOfSlo: true,
  },
  { counter: 'charges', name: 'agentops_charges', help: 'Charges of model and tool calls.' },
  { counter: 'unpriced', name: 'agentops_unpriced_charges', help: 'Charges without a known cost.' },
  {
    counter: 'cost',
    name: 'agentops_cost',
    help: 'Known cost in the reporting currency: list prices, no invoice.',
    isMoney: true,
  },
  { counter: 'loops', name: 'agentops_loops', help: 'Findings of work in circles.' },
  {
    counter: 'wasted_calls',
    name: 'agentops_loop_wasted_calls',
    help: 'Model and tool calls wasted in circles.',
  },
];

/**
 * Counters as metrics: of every agent and objective of the registry one, also where nothing was counted yet, and none of
 * anybody else; so many there are, whatever telemetry says.
 */
export function counterFamilies(registry: RegistryDocument, totals: readonly Total[]): Family[] {
  const { currency, paged_environments: environments } = registry.organisation;
  const known = new Map(
    totals.map((total) => [[total.counter, total.agent, total.slo, total.environment].join('\n'), total]),
  );
  const agents = [...registry.agents.map(({ id }) => id), UNREGISTERED];
  const slos = shareObjectives(registry).flatMap(({ agent, slo }) =>
    environments.map((environment) => ({ agent, slo, environment })),
  );
  return SHOWN.flatMap(({ counter, name, help, isOfSlo = false, isMoney = false }) => {
    const money: MetricLabels = isMoney ? { currency } : {};
    const series: MetricLabels[] = isOfSlo ? slos : agents.map((agent) => ({ agent }));
    const of = ({ agent, slo = '', environment = '' }: MetricLabels): Total | undefined =>
      known.get([counter, agent, slo, environment].join('\n'));
    const samples = (value: (total: Total | undefined) => string): Sample[] =>
      series.map((labels) => ({ labels: { ...labels, ...money }, value: value(of(labels)) }));
    const corrections = series.flatMap((labels): Sample[] =>
      (['added', 'removed'] as const).map((change) => ({
        labels: { ...labels, ...money, change },
        value: isMoney
          ? addDecimals(of(labels)?.[change] ?? '0', adjusted(known, labels, change))
          : (of(labels)?.[change] ?? '0'),
      })),
    );
    const type = 'counter';
    return [
      { name, type, help, samples: samples((total) => total?.first ?? '0') },
      {
        name: `${name}_late`,
        type,
        help: `${help} Those that were decided more than an hour before they were counted.`,
        samples: samples((total) => total?.late ?? '0'),
      },
      {
        name: `${name}_corrections`,
        type,
        help: `${help} What was corrected since, upwards and downwards.`,
        samples: corrections,
      },
    ];
  });
}

/** What re-rating and invoices have changed of the cost of an agent. */
function adjusted(
  known: ReadonlyMap<string, Total>,
  { agent }: MetricLabels,
  change: 'added' | 'removed',
): string {
  return known.get(['adjustments', agent, '', ''].join('\n'))?.[change] ?? '0';
}

/** The sum of two decimals of up to twelve places, exactly. */
export function addDecimals(one: string, other: string): string {
  const units = (text: string): bigint => {
    const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(text) ?? [];
    if (whole === undefined) throw new Error(`${text} is no decimal`);
    return BigInt(`${sign}${whole}${part.padEnd(12, '0')}`);
  };
  const sum = units(one) + units(other);
  const digits = String(sum < 0n ? -sum : sum).padStart(13, '0');
  const part = digits.slice(-12).replace(/0+$/, '');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -12)}${part === '' ? '' : `.${part}`}`;
}
