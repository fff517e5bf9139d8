import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { NotificationPolicyBuilder } from '@grafana/grafana-foundation-sdk/alerting';
import { escapePattern } from '../alertmanager/config.ts';
import { receiverName } from '../alertmanager/receiver.ts';
import { timeIntervals } from '../routing/maintenance.ts';
import {
  GROUP_INTERVAL,
  GROUP_WAIT,
  type Matcher,
  type RouteNode,
  type RoutingTree,
  routingTree,
} from '../routing/tree.ts';
import { literalText, provisioningFile } from './file.ts';

/** How Grafana learns whom to tell; nothing of a tree that is there is touched unless the registry asks for it. */
export function grafanaRouting({ organisation }: RegistryDocument): 'contact-points' | 'labels' | 'policies' {
  return organisation.alerting?.grafana ?? 'contact-points';
}

/** Maintenance windows, where there are any. This file is not interpolated. */
export function muteTimings(registry: RegistryDocument): GeneratedFile[] {
  const windows = timeIntervals(registry);
  if (windows.length === 0 || routingTree(registry) === null) return [];
  return [
    provisioningFile('mute-timings', { muteTimes: windows.map((window) => ({ orgId: 1, ...window })) }),
  ];
}

const SAID = [
  'The whole tree of notification policies: Grafana replaces by it whatever tree is there.',
  'Grafana has no inhibition. Where an Alertmanager would hold them back, people are told of all: a ticket beside the page',
  'on the same objective or budget, and alerts on agents beside the page that says that telemetry is broken.',
] as const;

/** The tree of notification policies, where the registry asks for it as a whole. */
export function policies(registry: RegistryDocument): GeneratedFile[] {
  const tree = grafanaRouting(registry) === 'policies' ? routingTree(registry) : null;
  if (tree === null) return [];
  const root = new NotificationPolicyBuilder()
    .receiver(receiverName(tree.channel))
    .groupBy(['grafana_folder', 'alertname'])
    .routes([policyOf(tree)]);
  return [provisioningFile('policies', { policies: [{ orgId: 1, ...root.build() }] }, SAID)];
}

/** Our branch, to be added to a tree that is there. */
export function grafanaBranch(tree: RoutingTree): object {
  return JSON.parse(JSON.stringify(policyOf(tree).build()));
}

function policyOf(node: RouteNode | RoutingTree): NotificationPolicyBuilder {
  const { matchers, channel, repeat, mute, routes } = node;
  const policy = new NotificationPolicyBuilder().objectMatchers(matchers.map(objectMatcher));
  if (channel !== undefined) policy.receiver(receiverName(channel));
  if ('groupBy' in node) {
    policy
      .groupBy([...node.groupBy])
      .groupWait(GROUP_WAIT)
      .groupInterval(GROUP_INTERVAL);
  }
  if (repeat !== undefined) policy.repeatInterval(repeat);
  if (mute !== undefined) policy.muteTimeIntervals([...mute]);
  if (routes !== undefined) policy.routes(routes.map(policyOf));
  return policy;
}

/** Values are interpolated when the file is read. */
function objectMatcher({ label, op, values }: Matcher): string[] {
  return [label, op, literalText(op === '=~' ? values.map(escapePattern).join('|') : values[0]!)];
}
