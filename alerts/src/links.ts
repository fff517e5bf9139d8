import type { RegistryDocument } from '@agentops/registry';
import type { AlertDefinition } from './catalogue/types.ts';

/** Where links of alerts lead; relative where nobody has said. */
export interface LinkBases {
  /** Of the Grafana that shows the dashboards. */
  readonly grafana?: string | undefined;
  /** Of the folder that holds `runbooks/`. */
  readonly runbooks?: string | undefined;
}

export function linkBases({ organisation }: Pick<RegistryDocument, 'organisation'>): LinkBases {
  const { grafana_url: grafana, runbooks_url: runbooks } = organisation.alerting ?? {};
  return { grafana, runbooks };
}

const under = (base: string | undefined, path: string): string =>
  base === undefined ? path : `${base.replace(/\/+$/, '')}/${path.replace(/^\//, '')}`;

/** Where the runbook of an alert can be read, else its place in the folder of generated alerts. */
export function runbookOf(id: string, bases: LinkBases = {}): string {
  return under(bases.runbooks, `runbooks/${id}.md`);
}

const TASKS = { dashboard: 'agentops-run' };

/** The worst recent task of an agent, step by step. */
export function worstTaskOf(agent: string, bases: LinkBases = {}): string {
  return dashboardOf(TASKS, agent, bases);
}

/** The agent of an alert's labels as a parameter of a link: a template of Grafana and Prometheus. */
export const AGENT_OF_LABELS = '{{ if $labels.agent }}?var-agent={{ urlquery $labels.agent }}{{ end }}';

/** {@link worstTaskOf} as such a template; empty where the alert is of no agent. */
export function worstTaskTemplate(bases: LinkBases): string {
  return `{{ if $labels.agent }}${dashboardOf(TASKS, '', bases)}?var-agent={{ urlquery $labels.agent }}{{ end }}`;
}

/** The dashboard that shows an alert, with its agent chosen where it is of one. */
export function dashboardOf(
  { dashboard }: Pick<AlertDefinition, 'dashboard'>,
  agent: string,
  bases: LinkBases = {},
): string {
  return `${under(bases.grafana, `/d/${dashboard}`)}${agent === '' ? '' : `?var-agent=${encodeURIComponent(agent)}`}`;
}
