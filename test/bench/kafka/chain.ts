/**
 * Our source with, behind it, `decode`: the decoder alone; or `rows`: the whole chain, whose rows are encoded for the store
 * and thrown away. Offsets are claimed and committed as in production.
 */
import {
  createChain,
  createKnownTraces,
  createPipeline,
  createTimeline,
  joinGroup,
  type StreamSource,
} from '@agentops/processor';
import { tellSamples } from './samples.ts';
import type { SubjectOptions } from './subject.ts';

const { broker, group: groupId, what } = JSON.parse(process.argv[2]!) as SubjectOptions;
const NOTHING = { origin() {}, span() {}, bad() {} };
const never = new Error('there is no store here');
const NO_STORE = {
  database: 'none',
  command: () => Promise.reject(never),
  query: () => Promise.reject(never),
  text: () => Promise.reject(never),
  insert: async () => {},
  close: async () => {},
};
const NO_LOADER = { load: async () => [], known: async () => {} };

let spans = 0;
const group = await joinGroup({
  settings: {
    client: { clientId: 'bench', brokers: [broker] },
    groupId,
    topics: { spans: 'otlp_spans', logs: 'otlp_logs' },
    deadLetterTopic: null,
  },
  onError: (message) => console.error(message),
});
tellSamples(() => spans);
for (let next = await group.next(); next !== null; next = await group.next()) {
  const chain = createChain({
    timeline: createTimeline(),
    known: createKnownTraces(),
    secret: Buffer.alloc(32, 1),
  });
  if (what === 'decode') await decode(next.source, chain.reader.decoder);
  else {
    await createPipeline({
      source: next.source,
      ...chain,
      loader: NO_LOADER,
      store: NO_STORE,
      onChunk: (done) => {
        spans += done.stored;
      },
    }).run();
  }
  await next.source.close();
}

async function decode(source: StreamSource, { traces }: { traces: DecodeTraces }): Promise<void> {
  while (!source.exhausted) {
    const chunk = await source.poll({ maxBytes: 24 << 20, waitMs: 1_000 });
    for (const { body } of chunk?.records ?? []) spans += traces(body, NOTHING);
  }
}

type DecodeTraces = ReturnType<typeof createChain>['reader']['decoder']['traces'];
