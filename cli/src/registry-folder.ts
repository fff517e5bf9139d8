import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from './output/fail.ts';

/** Throws when a registry was named and is none: an empty one would make every agent unregistered without a word. */
export function requireRegistry(registry: string | undefined): void {
  if (registry === undefined) return;
  if (!['organisation.yaml', 'organisation.yml'].some((name) => existsSync(join(registry, name)))) {
    throw usageError(`${registry} is no registry: it has no organisation.yaml`);
  }
}
