import { DOMAINS, type Domain, type RegistryDocument, seconds } from '@agentops/registry';
import { type Channel, destinations } from './channels.ts';

/** Label of a page that goes to the next one: the channel that is called. */
export const ESCALATED_LABEL = 'escalated_to';

/** A page as far as it matters to who is called next. Times are ms since the epoch. */
export interface Page {
  /** '' for what concerns no single agent. */
  readonly agent: string;
  readonly domain: string;
  /** Where it is of one. */
  readonly department: string;
  /** When the first one was told; null: nobody has been yet. */
  readonly notifiedAt: number | null;
  /** Channels that were called after that one, in order. */
  readonly escalatedTo: readonly string[];
  readonly escalatedAt: number | null;
  /** When somebody who had taken it gave it back. */
  readonly givenBackAt: number | null;
}

/** ms after which a page that nobody has taken goes on; null where the registry does not say: then none does. */
export function acknowledgeWithinMs({ organisation }: RegistryDocument): number | null {
  const { acknowledge_within: within } = organisation;
  return within === undefined ? null : seconds(within) * 1_000;
}

/**
 * The channels that are called one after another while nobody takes a page, as the matrix names them: first whose domain it
 * is, then the owner's, then the operator's, then security, last whoever gets what is nobody's. Each once.
 */
export function escalationChain(
  registry: RegistryDocument,
  { agent, domain, department }: Pick<Page, 'agent' | 'domain' | 'department'>,
): Channel[] {
  const all = destinations(registry);
  const told = (domain: Domain): Channel | undefined =>
    all.find((one) => one.domain === domain && one.agent === agent && one.agent !== '')?.channel ??
    all.find((one) => one.domain === domain && one.agent === '' && one.department === department)?.channel ??
    all.find((one) => one.domain === domain && one.agent === '' && one.department === '')?.channel;
  const own = DOMAINS.find((one) => one === domain) ?? 'pipeline';
  const chain = [own, 'business', 'operations', 'security', 'pipeline'] as const;
  const channels = chain.flatMap((one) => told(one) ?? []);
  return [...new Map(channels.map((channel) => [channel.id, channel])).values()];
}

/** Who is to be called now because nobody has taken a page; null: nobody yet, or nobody is left. */
export function nextCall(
  chain: readonly Channel[],
  { notifiedAt, escalatedTo, escalatedAt, givenBackAt }: Page,
  withinMs: number,
  now: number,
): Channel | null {
  if (notifiedAt === null) return null;
  const since = Math.max(notifiedAt, escalatedAt ?? 0, givenBackAt ?? 0);
  if (now - since < withinMs) return null;
  return chain.slice(1).find(({ id }) => !escalatedTo.includes(id)) ?? null;
}
