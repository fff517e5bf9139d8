import {
  createChain,
  createKnownTraces,
  createLoader,
  createPipeline,
  createTimeline,
  joinGroup,
  type PipelineFailedError,
  type ProcessorOptions,
  publishedVersions,
  type Store,
  type StreamSource,
} from '@agentops/processor';

/** What the protocol rests on, taken away one at a time: the torture run has to see each. */
export const SABOTAGES = [
  'committed before stored',
  'state is kept',
  'nothing is read back',
  'versions do not grow',
  'nothing is claimed',
] as const;
export type Sabotage = (typeof SABOTAGES)[number];

const LATE_MS = 400;
const LATEST_COPY_MS = 6_000;
const LATE_SHARE = 0.1;

/** The store with one promise broken. */
export function sabotaged(store: Store, sabotage: Sabotage | null): Store {
  switch (sabotage) {
    case 'committed before stored':
      return {
        ...store,
        async insert(block) {
          setTimeout(() => store.insert(block).catch(() => {}), LATE_MS);
        },
      };
    case 'nothing is read back':
      return {
        ...store,
        query: async (sql, params) => (/FROM \w+\.steps FINAL/.test(sql) ? [] : store.query(sql, params)),
      };
    case 'versions do not grow':
      return { ...store, insert: (block) => store.insert({ ...block, data: sameVersions(block) }) };
    default:
      return store;
  }
}

/** The network of a bad day: what a client gave up, or sent twice, arrives once more when others have gone on. */
export function withLateCopies(store: Store): Store {
  return {
    ...store,
    async insert(block) {
      const copy = Math.random() < LATE_SHARE ? { ...block, data: Buffer.from(block.data) } : null;
      await store.insert(block);
      if (copy !== null) setTimeout(() => store.insert(copy).catch(() => {}), Math.random() * LATEST_COPY_MS);
    },
  };
}

/** Overwrites the column `version` of a block in Native format: its name, its type, then 8 bytes a row. */
function sameVersions({ data, rows }: Parameters<Store['insert']>[0]): Buffer {
  const head = Buffer.from('\x07version\x06UInt64');
  const out = Buffer.from(data);
  const at = out.indexOf(head);
  if (at === -1) return out;
  for (let row = 0; row < rows; row++) out.writeBigUInt64LE(1n, at + head.length + row * 8);
  return out;
}

/**
 * The processor with a loop of its own over assignments: with one chain for all of them, so that what it had in memory stays
 * there while others go on; or without telling the group what may be on its way to the store.
 */
export async function startSabotaged(
  options: ProcessorOptions,
  sabotage: Sabotage,
): Promise<{ readonly failed: Promise<PipelineFailedError>; stop(): Promise<void> }> {
  const { kafka, store, secret, limits, onLog = () => {} } = options;
  const group = await joinGroup({
    settings: kafka,
    onError: onLog,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 0,
  });
  const loader = createLoader(store);
  const timeline = createTimeline(await publishedVersions(store));
  let known = createKnownTraces();
  let chain = createChain({ timeline, known, secret });
  const patience = { signal: AbortSignal.timeout(3_600_000) };
  const running = (async () => {
    for (let next = await group.next(); next !== null; next = await group.next()) {
      const { source } = next;
      if (sabotage !== 'state is kept') {
        known = createKnownTraces();
        chain = createChain({ timeline, known, secret });
      }
      await loader.known(known);
      await createPipeline({
        source: sabotage === 'nothing is claimed' ? unclaimed(source) : source,
        ...chain,
        loader,
        store,
        patience,
        ...(limits && { limits }),
      }).run();
      await source.close();
    }
  })();
  return {
    failed: new Promise(() => {}),
    async stop() {
      await group.close();
      await running;
    },
  };
}

function unclaimed(source: StreamSource): StreamSource {
  return {
    ...source,
    claim: async () => !source.exhausted,
    get exhausted() {
      return source.exhausted;
    },
  };
}
