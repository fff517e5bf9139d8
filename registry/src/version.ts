import { createHash } from 'node:crypto';
import { canonicalJson } from './contract/digest.ts';
import type { RegistryDocument } from './load.ts';

/** A published version: the registry is a dated input, and a change moves no past row. */
export interface RegistryVersion {
  /** SHA-256 of the canonical document, hex. */
  readonly hash: string;
  /** Nanoseconds since the epoch. */
  readonly validFrom: bigint;
  /** null: the time before there was a registry. */
  readonly document: RegistryDocument | null;
}

export function hashRegistry(document: RegistryDocument): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex');
}

/** The version valid at a time; before the first one, the first, and `backfilled` says so. `null`: there is none. */
export function versionAt(
  versions: readonly RegistryVersion[],
  timeNs: bigint,
): { readonly version: RegistryVersion; readonly backfilled: boolean } | null {
  const [first] = versions;
  if (first === undefined) return null;
  let found: RegistryVersion | null = null;
  for (const version of versions) if (version.validFrom <= timeNs) found = version;
  return found === null ? { version: first, backfilled: true } : { version: found, backfilled: false };
}

/** In order of validity; of versions valid from the same moment the last published one counts. */
export function sortVersions(versions: readonly RegistryVersion[]): RegistryVersion[] {
  return [...versions].sort((a, b) => (a.validFrom < b.validFrom ? -1 : a.validFrom > b.validFrom ? 1 : 0));
}
