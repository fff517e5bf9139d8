import { generateAlerts } from '@agentops/alerts';
import type { RegistryDocument } from '@agentops/registry';
import { parse } from 'yaml';
import type { Policy } from '../alerts/routing-files.ts';
import type { Config } from './site.ts';

/** A tree of Grafana’s notification policies as an Alertmanager has it: what files interpolate, interpolated. */
function routeOf({ object_matchers: matchers = [], routes, ...rest }: Policy): Config['route'] {
  const plain = (text: string): string => text.replaceAll('$$', '$');
  return {
    ...rest,
    ...(matchers.length > 0 && {
      matchers: matchers.map(([label, op, value]) => `${label}${op}${JSON.stringify(plain(value))}`),
    }),
    ...(routes !== undefined && { routes: routes.map(routeOf) }),
  } as Config['route'];
}

/** The text of a file under alerts/generated/. */
export function generated(of: RegistryDocument, path: string): string {
  return generateAlerts(of).find((file) => file.path === `alerts/generated/${path}`)!.text;
}

/** The files of Grafana as the configuration of an Alertmanager. */
export function grafanaConfig(
  of: RegistryDocument,
  policies = generated(of, 'grafana/policies.yaml'),
): Config {
  const [tree] = (parse(policies) as { policies: (Policy & { orgId?: number })[] }).policies;
  const { orgId: _, ...root } = tree!;
  const { contactPoints } = parse(generated(of, 'grafana/contact-points.yaml')) as {
    contactPoints: { name: string }[];
  };
  const others = ['ops', 'shop'].map((name) => ({ name }));
  return {
    route: routeOf({ ...root, object_matchers: [] }),
    receivers: [...contactPoints.map(({ name }) => ({ name })), ...others],
  };
}
