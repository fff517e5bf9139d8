import { DOMAINS, type RegistryDocument } from '@agentops/registry';
import { type Channel, type Destination, destinations, REPEAT } from './channels.ts';
import { acknowledgeWithinMs, ESCALATED_LABEL, escalationChain } from './escalation.ts';
import { labelMapping } from './labels.ts';
import { ALWAYS, windowNames } from './maintenance.ts';

/** What an alert's label must be, by the names and values that the company knows. */
export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~';
  /** Of `=~` the values, one of which it must be; a pattern where that is one. */
  readonly values: readonly string[];
}

/** A branch of the tree of routes: the first child that matches takes an alert, what a child leaves out it inherits. */
export interface RouteNode {
  readonly matchers: readonly Matcher[];
  readonly channel?: Channel;
  readonly repeat?: string;
  /** Names of time intervals in which nobody is told. They are not inherited. */
  readonly mute?: readonly string[];
  readonly routes?: readonly RouteNode[];
}

export interface RoutingTree extends RouteNode {
  readonly channel: Channel;
  readonly groupBy: readonly string[];
  readonly repeat: string;
  readonly routes: readonly RouteNode[];
}

/** How long a group waits for more of it, and between two notices of changes in it. */
export const GROUP_WAIT = '30s';
export const GROUP_INTERVAL = '5m';

/** What Grafana itself says of a rule that it cannot evaluate: they bear the rule’s labels, and are the pipeline’s. */
const FAILURES = ['DatasourceError', 'DatasourceNoData'];

/**
 * Our branch of the tree of routes: whose domain it is, by agent, else by department, else by whoever gets the rest. Both the
 * routes of an Alertmanager and Grafana’s notification policies are made of it. null where nobody can be told.
 */
export function routingTree(registry: RegistryDocument): RoutingTree | null {
  const all = destinations(registry);
  const fallback = all.at(-1)?.channel;
  if (fallback === undefined) return null;
  const watchdog = watchdogOf(registry);
  const { name, value } = labelMapping(registry);
  const is = (label: string, text: string): Matcher => ({
    label: name(label),
    op: '=',
    values: [value(label, text)],
  });
  const among = (label: string, texts: readonly string[]): Matcher =>
    texts.length === 1
      ? is(label, texts[0]!)
      : { label: name(label), op: '=~', values: texts.map((text) => value(label, text)) };

  const leaf = ({ matchers, channel, mute }: Branch): RouteNode => ({
    matchers,
    channel,
    ...(mute.length > 0 && { mute }),
    routes: [
      {
        matchers: [is('severity', 'ticket')],
        repeat: REPEAT.ticket,
        ...(mute.length > 0 && { mute }),
      },
    ],
  });

  const branches = DOMAINS.flatMap((domain): Branch[] => {
    const inDomain = all.filter((one) => one.domain === domain);
    const rest = inDomain.find(({ agent, department }) => agent === '' && department === '')!;
    const muteRest = windowNames(registry, domain, '');
    const ofAgents = inDomain
      .filter(({ agent }) => agent !== '')
      .map((one) => ({ ...one, mute: windowNames(registry, domain, one.agent) }))
      // What goes the way of the rest needs no route of its own, unless a department's stands between.
      .filter(
        ({ channel, mute }) =>
          domain === 'business' || channel !== rest.channel || !sameNames(mute, muteRest),
      );
    return [
      ...grouped(ofAgents).map(({ channel, mute, members }) => ({
        channel,
        mute,
        matchers: [
          is('domain', domain),
          among(
            'agent',
            members.map(({ agent }) => agent),
          ),
        ],
      })),
      ...inDomain
        .filter(({ agent, department }) => agent === '' && department !== '')
        .map(({ channel, department }) => ({
          channel,
          mute: muteRest,
          matchers: [is('domain', domain), is('department', department)],
        })),
      { channel: rest.channel, mute: muteRest, matchers: [is('domain', domain)] },
    ];
  });

  return {
    matchers: [OURS],
    channel: fallback,
    groupBy: ['alert', 'agent', 'subject'].map(name),
    repeat: REPEAT.page,
    routes: [
      {
        matchers: [is('alert', 'watchdog')],
        channel: watchdog ?? fallback,
        repeat: REPEAT.info,
        ...(watchdog === undefined && { mute: [ALWAYS] }),
      },
      ...escalatedTo(registry, all).map((channel) => ({
        matchers: [{ label: ESCALATED_LABEL, op: '=', values: [channel.id] } as const],
        channel,
      })),
      {
        matchers: [{ label: 'alertname', op: '=~', values: FAILURES }],
        channel: fallback,
        repeat: REPEAT.ticket,
      },
      ...branches.map(leaf),
    ],
  };
}

/** The label by which an alert is known for ours. */
export const OURS: Matcher = { label: 'product', op: '=', values: ['agentops'] };

interface Branch {
  readonly matchers: readonly Matcher[];
  readonly channel: Channel;
  readonly mute: readonly string[];
}

const sameNames = (one: readonly string[], other: readonly string[]): boolean =>
  one.join('\n') === other.join('\n');

/** Agents that are told in one way, together. */
function grouped<Of extends Destination & { readonly mute: readonly string[] }>(
  all: readonly Of[],
): { channel: Channel; mute: readonly string[]; members: Of[] }[] {
  const groups = new Map<string, { channel: Channel; mute: readonly string[]; members: Of[] }>();
  for (const one of all) {
    const key = [one.channel.id, ...one.mute].join('\n');
    const group = groups.get(key) ?? { channel: one.channel, mute: one.mute, members: [] };
    group.members.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Channels to which a page may go because nobody has taken it. */
function escalatedTo(registry: RegistryDocument, all: readonly Destination[]): Channel[] {
  if (acknowledgeWithinMs(registry) === null) return [];
  const later = all.flatMap(({ agent, domain, department }) =>
    escalationChain(registry, { agent, domain, department }).slice(1),
  );
  return [...new Map(later.map((channel) => [channel.id, channel])).values()];
}

/** Who is to hear that the alerts work. */
export function watchdogOf({ organisation }: RegistryDocument): Channel | undefined {
  return organisation.channels.find(({ id }) => id === organisation.alerting?.watchdog);
}

/** Every channel that the tree names. */
export function channelsOf(registry: RegistryDocument): Channel[] {
  const watchdog = watchdogOf(registry);
  const named = [
    ...destinations(registry).map(({ channel }) => channel),
    ...(watchdog === undefined ? [] : [watchdog]),
  ];
  return [...new Map(named.map((channel) => [channel.id, channel])).values()];
}
