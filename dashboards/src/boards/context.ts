import type { RegistryDocument } from '@agentops/registry';
import type { Board } from '../build/board.ts';

/** What the boards take from the registry. */
export interface Context {
  readonly registry: RegistryDocument;
  /** Grafana's unit of amounts in the reporting currency. */
  readonly money: string;
  readonly currency: string;
  /** IANA name: days are the business's. */
  readonly timeZone: string;
  /** Ids of the agents that are not retired. */
  readonly active: readonly string[];
  /** SQL: the team that owns, or operates, the agent of a column. */
  team(role: 'owner' | 'operator', column: string): string;
  /** What all boards have in common. */
  readonly frame: Pick<Board, 'timeZone' | 'fiscalMonth'>;
}

export function contextOf(registry: RegistryDocument): Context {
  const { organisation, agents } = registry;
  const teams = new Map(organisation.teams.map(({ id, name }) => [id, name]));
  return {
    registry,
    money: `currency${organisation.currency}`,
    currency: organisation.currency,
    timeZone: organisation.time_zone,
    active: agents.filter(({ stage }) => stage !== 'retired').map(({ id }) => id),
    team(role, column) {
      const ids = agents.map(({ id }) => literal(id)).join(', ');
      const names = agents.map((agent) => literal(teams.get(agent[role]) ?? agent[role])).join(', ');
      return ids === '' ? "''" : `transform(${column}, [${ids}], [${names}], '')`;
    },
    frame: { timeZone: organisation.time_zone, fiscalMonth: organisation.fiscal_year_starts - 1 },
  };
}

export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** Links between the boards; they keep time and variables. */
export const LINKS = {
  agent: (field: string) => ({
    field,
    title: 'Look at this agent',
    url: '/d/agentops-agent?var-agent=${__value.raw}&${environment:queryparam}&${__url_time_range}',
  }),
  task: (field: string) => ({
    field,
    title: 'Look at this task, step by step',
    url: '/d/agentops-run?var-task=${__value.raw}&${__url_time_range}',
  }),
  trace: (field: string) => ({
    field,
    title: 'Look at this trace',
    url: '/d/agentops-run?var-traceId=${__value.raw}&${__url_time_range}',
  }),
  loops: { title: 'See the loops', url: '/d/agentops-loops?${__url_time_range}&${__all_variables}' },
  cost: { title: 'See the costs', url: '/d/agentops-cost?${__url_time_range}&${__all_variables}' },
  governance: {
    title: 'See what is against the registry',
    url: '/d/agentops-governance?${__url_time_range}&${__all_variables}',
  },
} as const;

/** Colours of outcomes, the same everywhere. */
export const OUTCOME_COLORS = {
  success: 'green',
  failure: 'red',
  escalated: 'orange',
  stopped: 'dark-orange',
  cancelled: 'gray',
  abandoned: 'purple',
  unknown: '#8e8e8e',
} as const;

export const RATE = ['red', [70, 'dark-orange'], [90, 'green']] as const;
export const NONE_IS_GOOD = ['green', [1, 'red']] as const;
