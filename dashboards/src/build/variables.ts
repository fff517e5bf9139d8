import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { DATA_SOURCE, dedent } from './query.ts';

/** A list of values, asked of the store; several may be chosen, all of them at first. */
export function listVariable(name: string, label: string, sql: string): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(variableQuery(name, sql))
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** One value of a list; the first one at first. */
export function oneOf(name: string, label: string, sql: string): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(variableQuery(name, sql))
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .multi(false)
    .includeAll(false);
}

/** What follows from the variables before it, for queries: the one value of its query. Nobody sees or chooses it. */
export function derived(name: string, sql: string): dashboard.QueryVariableBuilder {
  return oneOf(name, name, sql).hide(dashboard.VariableHide.HideVariable);
}

/** A value that is typed, or comes with a link. */
export function typed(name: string, label: string): dashboard.TextBoxVariableBuilder {
  return new dashboard.TextBoxVariableBuilder(name).label(label).defaultValue('');
}

/** One of a few words; the first one at first. */
export function choice(
  name: string,
  label: string,
  [first, ...others]: readonly [string, ...string[]],
): dashboard.CustomVariableBuilder {
  return new dashboard.CustomVariableBuilder(name)
    .label(label)
    .values([first, ...others].join(','))
    .current({ selected: true, text: first, value: first })
    .options([first, ...others].map((value) => ({ selected: value === first, text: value, value })));
}

function variableQuery(name: string, sql: string): Record<string, unknown> {
  return { refId: name, queryType: 'sql', rawSql: dedent(sql) };
}

const SEEN = 'FROM agentops.task_totals WHERE $__timeFilter(at)';

export const environment = (): dashboard.QueryVariableBuilder =>
  listVariable('environment', 'Environment', `SELECT DISTINCT environment ${SEEN} ORDER BY environment`);
export const department = (): dashboard.QueryVariableBuilder =>
  listVariable('department', 'Department', `SELECT DISTINCT department ${SEEN} ORDER BY department`);
export const agents = (): dashboard.QueryVariableBuilder =>
  listVariable('agent', 'Agent', `SELECT DISTINCT arrayJoin(agents) AS agent ${SEEN} ORDER BY agent`);
export const stage = (): dashboard.QueryVariableBuilder =>
  listVariable('stage', 'Stage', `SELECT DISTINCT stage ${SEEN} ORDER BY stage`);

/** Rows of the chosen environments, departments, agents and stages; `columns` says which of them the view has. */
export function chosen(...columns: readonly ('environment' | 'department' | 'agent' | 'stage')[]): string {
  return columns
    .map((name) => `$__conditionalAll(${name} IN (\${${name}:singlequote}), $${name})`)
    .join(' AND ');
}
