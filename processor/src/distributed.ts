import { createChain } from './chain/chain.ts';
import { createKnownTraces } from './chain/known-traces.ts';
import { type ChunkStats, createChunkStats } from './chunk-stats.ts';
import { schemaOptions } from './engine.ts';
import { createHealth, type Health, type PipelineFailedError } from './health.ts';
import { createHistories } from './loops/index.ts';
import type { StreamSource } from './model.ts';
import { type ChunkReport, createPipeline, type PipelineLimits } from './pipeline.ts';
import { createTimeline } from './registry/facts.ts';
import { publishedVersions } from './registry/publish.ts';
import { type Patience, persist } from './retry.ts';
import { createMaintainer, keepRollups } from './rollup/index.ts';
import type { Assignment } from './source/kafka/assignment.ts';
import type { KafkaSettings } from './source/kafka/config.ts';
import { openDeadLetterTopic } from './source/kafka/dead-letters.ts';
import { joinGroup, type KafkaGroup } from './source/kafka/group.ts';
import type { Store } from './store/client.ts';
import { keepHistories, publishedHistories } from './store/histories.ts';
import { createLoader } from './store/loader.ts';
import { missingTables } from './store/migrate.ts';
import { addTotals, noTotals, type Totals } from './totals.ts';
import { createWatchdog } from './watchdog.ts';

export interface ProcessorOptions {
  readonly kafka: KafkaSettings;
  readonly store: Store;
  /** The installation's key for digests and pseudonyms: the same in every processor. */
  readonly secret: Uint8Array;
  readonly limits?: Partial<PipelineLimits>;
  readonly onLog?: (message: string) => void;
  /** Is told of every chunk that was stored and committed. */
  readonly onChunk?: (done: ChunkReport) => void;
  /** How often the registry's versions are read again, ms; default 15,000: well below the time to their validity. */
  readonly registryMs?: number;
  readonly sessionTimeoutMs?: number;
  /** No progress for so long, ms, while records wait and the store works, is a failure; default 120,000. */
  readonly stalledMs?: number;
}

/** Totals are since the start of this process. */
export interface ProcessorStats extends Totals {
  readonly health: Health;
  /** Partitions that this processor has now. */
  readonly partitions: readonly string[];
  readonly assignments: number;
  readonly chunks: ChunkStats;
  readonly records: number;
  /** From receipt to stored, of the latest chunk's oldest record, ms; or how long something has been waiting, if longer. */
  readonly freshnessMs: number;
  /** Records that wait in the topics, by source name, as asked last. */
  readonly lag: ReadonlyMap<string, number>;
  readonly buffered: number;
  readonly traces: number;
  readonly items: number;
}

export interface Processor {
  stats(): ProcessorStats;
  /** Resolves when it cannot go on: end the process, and start another. */
  readonly failed: Promise<PipelineFailedError>;
  /** Stores what it has taken, commits, and leaves the group. */
  stop(): Promise<void>;
}

const LAG_MS = 5_000;
/** Registry and histories are published a minute before they are valid: nothing is folded by what was read longer ago. */
const INPUTS_MAX_AGE_MS = 30_000;

/**
 * The chain of the embedded mode between Kafka and a ClickHouse server. Between two rebalances it works on one assignment;
 * with each new one it begins with nothing in memory, and reads what it needs from the store.
 */
export async function startProcessor(options: ProcessorOptions): Promise<Processor> {
  const { store, secret, kafka, onLog = () => {}, stalledMs = 120_000 } = options;
  // The store may be on its way up as well. That it does not answer is not final; what it answers is.
  const startPatience: Patience = {
    isFinal: (error) => !/^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? ''),
    onError: (error, attempt) => {
      if (attempt === 1) onLog(`the store is not reached, and waited for: ${error.message}`);
    },
  };
  const missing = await persist(() => missingTables(store, { retentionDays: 0 }), startPatience);
  if (missing.length > 0) {
    throw new Error(
      `the store lacks tables of this version (${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}): run agentops migrate on it first`,
    );
  }
  const timeline = createTimeline(await persist(() => publishedVersions(store), startPatience));
  const histories = createHistories(await persist(() => publishedHistories(store), startPatience));
  const keeper = keepHistories(store, histories, onLog, options.registryMs ?? 15_000);
  let inputsReadAt = Date.now();
  async function readInputs(): Promise<void> {
    const begun = Date.now();
    timeline.replace(await publishedVersions(store));
    histories.replace(await publishedHistories(store));
    inputsReadAt = begun;
  }
  const loader = createLoader(store);
  const known = createKnownTraces();
  const health = createHealth(Date.now, onLog);
  const ending = new AbortController();
  const patience: Patience = {
    signal: ending.signal,
    onError: health.refused,
    onRecovery: health.recovered,
  };
  const totals = noTotals();
  let current: { readonly assignment: Assignment; readonly state: { traces: number; items: number } } | null =
    null;
  let assignments = 0;
  const chunks = createChunkStats();
  let records = 0;
  let freshnessMs = 0;
  let lag: ReadonlyMap<string, number> = new Map();
  const watchdog = createWatchdog(stalledMs, Date.now());
  const deadLetters = await openDeadLetterTopic(kafka, onLog);
  const group: KafkaGroup = await joinGroup({
    settings: kafka,
    onError: onLog,
    ...(options.sessionTimeoutMs !== undefined && { sessionTimeoutMs: options.sessionTimeoutMs }),
  });

  /** Two processors must make the same rows of one set: by the same registry and the same histories. */
  function withCurrentInputs(source: StreamSource): StreamSource {
    return {
      ...source,
      async poll(limits) {
        if (Date.now() - inputsReadAt > INPUTS_MAX_AGE_MS) await persist(readInputs, patience);
        return source.poll(limits);
      },
      get exhausted() {
        return source.exhausted;
      },
    };
  }

  async function work(assignment: Assignment): Promise<void> {
    const { source } = assignment;
    try {
      // Others have stored traces meanwhile.
      await persist(() => loader.known(known), patience);
      const chain = createChain({ timeline, known, histories, secret });
      current = { assignment, state: chain.state };
      const pipeline = createPipeline({
        source: withCurrentInputs(source),
        ...chain,
        loader,
        store,
        patience,
        ...(deadLetters !== null && { onDeadLetters: deadLetters.send }),
        ...(options.limits && { limits: options.limits }),
        onChunk: (done) => {
          addTotals(totals, done);
          chunks.add(done);
          records += done.records;
          const now = Date.now();
          watchdog.progressed(now);
          freshnessMs = now - done.oldestReceipt;
          options.onChunk?.(done);
        },
      });
      await pipeline.run();
    } finally {
      await source.close();
    }
  }

  const running = (async () => {
    for (;;) {
      const assignment = await group.next();
      if (assignment === null) return;
      assignments++;
      onLog(
        assignment.partitions.length === 0
          ? 'the group has no partition for this processor'
          : `assigned: ${assignment.partitions.join(', ')}`,
      );
      await work(assignment);
    }
  })().catch((error: Error) => health.fail(error));

  const registry = setInterval(() => {
    readInputs().catch((error: Error) =>
      onLog(`the registry cannot be read from the store: ${error.message}`),
    );
  }, options.registryMs ?? 15_000);
  const watch = setInterval(
    () => {
      group
        .lag()
        .then((found) => {
          lag = found;
          const mine = current?.assignment.partitions ?? [];
          const waiting = mine.some((name) => (found.get(name) ?? 0) > 0);
          if (watchdog.look(Date.now(), { waiting, storeWorks: health.now.state === 'running' }))
            health.fail(new Error(`no progress for ${Math.round(stalledMs / 1000)} s though records wait`));
        })
        .catch((error: Error) => onLog(`the brokers do not tell how much waits: ${error.message}`));
    },
    Math.min(LAG_MS, stalledMs / 4),
  );
  registry.unref();
  watch.unref();
  // Whoever has a first partition keeps the rollups; for a moment two may, which does no harm.
  const rollups = keepRollups(
    createMaintainer(store, schemaOptions(timeline)),
    onLog,
    () => current?.assignment.partitions.some((name) => name.endsWith('/0')) ?? false,
  );

  return {
    failed: health.failed,
    stats: () => ({
      ...totals,
      health: health.now,
      partitions: current?.assignment.partitions ?? [],
      assignments,
      chunks,
      records,
      freshnessMs: Math.max(freshnessMs, watchdog.waitingMs(Date.now())),
      lag,
      buffered: current?.assignment.buffered ?? 0,
      traces: current?.state.traces ?? 0,
      items: current?.state.items ?? 0,
    }),
    async stop() {
      clearInterval(registry);
      clearInterval(watch);
      await keeper.close();
      await rollups.stop();
      const closing = group.close();
      ending.abort();
      await closing;
      await running;
      await deadLetters?.close();
    },
  };
}
