import { hashRegistry, type RegistryDocument, type RegistryVersion } from '@agentops/registry';
import { createBlock } from '../store/block.ts';
import type { Store } from '../store/client.ts';
import { dateTime64, text } from '../store/native.ts';

/** Every published version, in order of validity. */
export async function publishedVersions(
  store: Pick<Store, 'database' | 'query'>,
): Promise<RegistryVersion[]> {
  const rows = await store.query<{ hash: string; from: string; document: string }>(
    `SELECT hash, toUnixTimestamp64Nano(valid_from) AS from, document
     FROM ${store.database}.registry_versions FINAL ORDER BY valid_from, published_at`,
  );
  return rows.map((row) => ({
    hash: row.hash,
    validFrom: BigInt(row.from),
    document: JSON.parse(row.document) as RegistryDocument | null,
  }));
}

/**
 * Publishes a registry, valid from `validFromNs` (in the near future, so that every processor has it by then). Nothing
 * happens when it is the version that is valid last already. Returns the versions as they stand then.
 */
export async function publishRegistry(
  store: Store,
  document: RegistryDocument,
  validFromNs: bigint,
): Promise<RegistryVersion[]> {
  const versions = await publishedVersions(store);
  const hash = hashRegistry(document);
  if (versions.at(-1)?.hash === hash) return versions;
  if (versions.length === 0 && (await hasSteps(store))) {
    // What came before there was a registry stays as it was seen then: unregistered.
    await insertVersion(store, 0n, '', null);
  }
  await insertVersion(store, validFromNs, hash, document);
  return publishedVersions(store);
}

async function hasSteps(store: Store): Promise<boolean> {
  return (await store.query(`SELECT 1 FROM ${store.database}.steps LIMIT 1`)).length > 0;
}

async function insertVersion(
  store: Store,
  validFromNs: bigint,
  hash: string,
  document: RegistryDocument | null,
): Promise<void> {
  // In the body of the request: a company's registry is too long for a URL.
  const block = createBlock('registry_versions', {
    valid_from: dateTime64(),
    hash: text(),
    document: text(),
  });
  const row = block.add();
  block.columns.valid_from.set(row, validFromNs);
  block.columns.hash.set(row, hash);
  block.columns.document.set(row, JSON.stringify(document));
  await store.insert(block.take());
}
