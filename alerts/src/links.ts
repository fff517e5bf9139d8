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

/** The dashboard that shows an alert, with its agent chosen where it is of one. */
export function dashboardOf(
  { dashboard }: Pick<AlertDefinition, 'dashboard'>,
  agent: string,
  bases: LinkBases = {},
): string {
  return `${under(bases.grafana, `/d/${dashboard}`)}${agent === '' ? '' : `?var-agent=${encodeURIComponent(agent)}`}`;
}
