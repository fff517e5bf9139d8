import {
  isMuted,
  type LabelMapping,
  type Labels,
  type LinkBases,
  labelMapping,
  linkBases,
} from '@agentops/alerts';
import { publishedVersions, type Store } from '@agentops/processor';
import type { RegistryDocument } from '@agentops/registry';

type Readable = Pick<Store, 'database' | 'query'>;

/** The registry that is valid at a time, ms since the epoch; null before there is one. */
export async function validRegistry(store: Readable, now: number): Promise<RegistryDocument | null> {
  const versions = await publishedVersions(store);
  return versions.findLast(({ validFrom }) => validFrom <= BigInt(now) * 1_000_000n)?.document ?? null;
}

/** How a registry wants alerts to be told. */
export interface Manner {
  readonly links: LinkBases;
  readonly labels: LabelMapping;
  /** Is nobody to be told of an alert of these labels at a time, ms since the epoch? */
  isMuted(labels: Labels, now: number): boolean;
}

export function mannerOf(registry: RegistryDocument): Manner {
  return {
    links: linkBases(registry),
    labels: labelMapping(registry),
    isMuted: ({ alert = '', domain = '', agent = '' }, now) =>
      isMuted(registry, { alert, domain, agent }, now),
  };
}

/** Where no registry says anything: by our own labels, at any time. */
export const PLAIN: Manner = {
  links: {},
  labels: labelMapping({ organisation: {} as RegistryDocument['organisation'] }),
  isMuted: () => false,
};

/** A change of the labels is known to whoever reads webhooks after this long, ms. */
const LABELS_VALID_MS = 60_000;

/** The labels that alerts are told by now, as the published registry has them. */
export function createLabelReader(store: Readable): (now: number) => Promise<LabelMapping> {
  let known: { readonly labels: LabelMapping; readonly at: number } | null = null;
  return async (now) => {
    if (known !== null && now - known.at < LABELS_VALID_MS) return known.labels;
    const registry = await validRegistry(store, now);
    known = { labels: registry === null ? PLAIN.labels : labelMapping(registry), at: now };
    return known.labels;
  };
}
