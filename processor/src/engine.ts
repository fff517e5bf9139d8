import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  formatDiagnostics,
  loadRegistry,
  type RegistryDocument,
  readRegistryFiles,
} from '@agentops/registry';
import { createChain } from './chain/chain.ts';
import { createKnownTraces } from './chain/known-traces.ts';
import { type AgentHistories, createHistories } from './loops/index.ts';
import type { StreamSource } from './model.ts';
import { createPipeline, type Pipeline, type PipelineLimits, type PipelineOptions } from './pipeline.ts';
import { type CompiledTimeline, createTimeline } from './registry/facts.ts';
import { publishedVersions, publishRegistry } from './registry/publish.ts';
import { openEmbedded, type Store } from './store/client.ts';
import { publishedHistories } from './store/histories.ts';
import { createLoader } from './store/loader.ts';
import { createTables, createViews, type SchemaOptions, schemaIsCurrent } from './store/migrate.ts';
import { createTurns, type Turns } from './turns.ts';

export interface EngineOptions {
  readonly dataDir: string;
  /** Folder of the registry; without one every agent is unregistered. */
  readonly registryDir?: string | undefined;
  readonly limits?: Partial<PipelineLimits> | undefined;
}

/** The store of a data folder and the one chain over it. */
export interface Engine {
  readonly store: Store;
  /** What the views of this folder were made with. */
  readonly schema: Omit<SchemaOptions, 'database'>;
  readonly turns: Turns;
  /** What agents needed before: `keepHistories` makes new ones. */
  readonly histories: AgentHistories;
  /** A pipeline from a source through the chain; several may run at a time. */
  pipeline(source: StreamSource, options: PassOptions): Pipeline;
}

export type PassOptions = Pick<PipelineOptions, 'onChunk' | 'patience'> & {
  /** Spans that started longer before their receipt are dead letters; the chain's own bound when left out. */
  readonly sinceDays?: number | undefined;
};

const DAY_NS = 86_400_000_000_000n;

/** Days and money are the business's, also when nobody names the registry again. */
export function schemaOptions(timeline: CompiledTimeline): Omit<SchemaOptions, 'database'> {
  const organisation = timeline.latest.document?.organisation;
  return {
    retentionDays: 0,
    timeZone: organisation?.time_zone ?? 'UTC',
    currency: organisation?.currency ?? 'USD',
  };
}

/** The store of a data folder for reading, its views brought to this version when another one wrote them. */
export async function openForReading(dataDir: string): Promise<Store> {
  const store = openEmbedded(join(dataDir, 'db'));
  try {
    const options = schemaOptions(createTimeline(await publishedVersions(store)));
    if (!(await schemaIsCurrent(store, options))) {
      await createTables(store, options);
      await createViews(store, options);
    }
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Opens the store of a data folder that is locked for this process, brings it up to date, publishes the registry and
 * builds the chain over it.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, registryDir, limits } = options;
  const document = registryDir === undefined ? null : readRegistry(registryDir);
  // Blocks on their way into the store when an earlier process died; they are made anew.
  rmSync(join(dataDir, 'spool'), { recursive: true, force: true });
  const store = openEmbedded(join(dataDir, 'db'));
  try {
    await createTables(store, { retentionDays: 0 });
    const versions =
      document === null
        ? await publishedVersions(store)
        : await publishRegistry(store, document, BigInt(Date.now()) * 1_000_000n);
    const timeline = createTimeline(versions);
    const schema = schemaOptions(timeline);
    await createViews(store, schema);
    const known = createKnownTraces();
    const loader = createLoader(store);
    await loader.known(known);
    const histories = createHistories(await publishedHistories(store));
    const { reader, state, folder } = createChain({
      timeline,
      known,
      histories,
      secret: secretOf(dataDir),
    });
    const turns = createTurns();
    return {
      store,
      schema,
      turns,
      histories,
      pipeline: (source, { sinceDays, ...pass }) =>
        createPipeline({
          source,
          reader: sinceDays === undefined ? reader : { ...reader, retentionNs: BigInt(sinceDays) * DAY_NS },
          state,
          folder,
          loader,
          store,
          turns,
          ...pass,
          ...(limits && { limits }),
        }),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Reads a registry folder. Throws with every problem, as `registry check` prints them, when it is broken. */
export function readRegistry(folder: string): RegistryDocument {
  const { document, diagnostics } = loadRegistry(readRegistryFiles(folder));
  if (document === null)
    throw new Error(`the registry in ${folder} is broken:\n${formatDiagnostics(diagnostics)}`);
  return document;
}

/** The installation's key for digests and pseudonyms, made once; `AGENTOPS_SECRET` (hex) where several must agree. */
export function secretOf(dataDir: string): Uint8Array {
  const given = process.env['AGENTOPS_SECRET'];
  if (given !== undefined && given !== '') return Buffer.from(given, 'hex');
  const file = join(dataDir, 'secret.key');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
}
