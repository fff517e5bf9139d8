import type { AlertDefinition } from '@agentops/alerts';
import type { Fired } from '@agentops/cli/alerts';
import type { Change, Profile } from '@agentops/cli/simulate';
import type { RegistryDocument } from '@agentops/registry';

/**
 * Several companies share one store, each a seed of its own: what a rule costs is planning it, which then is done once for
 * all of them. Names of agents, departments and sources end with the company's, so that nothing of theirs meets.
 */
export type CompanyName = `s${number}`;

const of = (id: string, company: CompanyName): string => `${id}-${company}`;

export function profileOf(profile: Profile, company: CompanyName): Profile {
  return {
    ...profile,
    agent: of(profile.agent, company),
    service: of(profile.service, company),
    departments: profile.departments.map((department) => of(department, company)),
  };
}

/** A model without a price is each company's own. */
export function changeOf({ agent, profile, ...change }: Change, company: CompanyName): Change {
  const { model } = profile;
  return {
    ...change,
    agent: of(agent, company),
    profile: model === undefined ? profile : { ...profile, model: of(model, company) },
  };
}

export function registryOf(
  { organisation, agents }: RegistryDocument,
  companies: readonly CompanyName[],
): RegistryDocument {
  const all = <T>(make: (company: CompanyName) => readonly T[]): T[] => companies.flatMap(make);
  return {
    organisation: {
      ...organisation,
      departments: all((company) =>
        organisation.departments.map((one) => ({
          ...one,
          id: of(one.id, company),
          cost_centers: one.cost_centers.map((center) => of(center, company)),
        })),
      ),
      budgets: all((company) =>
        organisation.budgets.map((one) =>
          'department' in one ? { ...one, department: of(one.department!, company) } : one,
        ),
      ),
    },
    agents: all((company) =>
      agents.map((agent) => ({
        ...agent,
        id: of(agent.id, company),
        department: of(agent.department, company),
        ...(agent.cost_center !== undefined && { cost_center: of(agent.cost_center, company) }),
        match: agent.match.map((rule) => ({
          ...rule,
          ...(rule.service !== undefined && { service: of(rule.service, company) }),
        })),
      })),
    ),
  };
}

/** A rule as each company's evaluator would ask it: that on all telemetry is asked of each one's own. */
export function ruleOf(alert: AlertDefinition, companies: readonly CompanyName[]): AlertDefinition {
  if (alert.id !== 'telemetry-stale') return alert;
  const own = companies.map((company) =>
    alert.sql
      .replace("'all' AS scope", `'${of('all', company)}' AS scope`)
      .replace('agentops.balance', `(SELECT * FROM agentops.balance WHERE source = '${company}')`),
  );
  return { ...alert, sql: own.join(' UNION ALL ') };
}

/** What fired of a company, in its own names. What bears no company's name is everyone's. */
export function firedOf(fired: readonly Fired[], company: CompanyName): Fired[] {
  return fired.flatMap((one) => {
    const { labels, annotations } = one.notification;
    const isNamed = (name: string): boolean =>
      Object.values(labels).some((value) => value === name || value.endsWith(`-${name}`));
    if (Object.values(labels).some((value) => /(?:^|-)s\d+$/.test(value)) && !isNamed(company)) return [];
    const plain = (texts: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(texts).map(([key, text]) => [
          key,
          text.replaceAll(new RegExp(`-${company}\\b`, 'g'), ''),
        ]),
      );
    return [
      {
        ...one,
        notification: { ...one.notification, labels: plain(labels), annotations: plain(annotations) },
      },
    ];
  });
}
