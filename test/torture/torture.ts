import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServer, publishRegistry } from '@agentops/processor';
import { generated } from '../collector/configs.ts';
import { type CollectorServer, haveCollector, startCollector } from '../servers/collector.ts';
import { type KafkaServer, startKafka } from '../servers/kafka.ts';
import { chance } from '../tools/otlp.ts';
import { type Child, startChild } from './child.ts';
import { readHeld } from './held.ts';
import type { Judgement } from './judge.ts';
import { makeLoad } from './load.ts';
import { type Network, startNetwork } from './network.ts';
import { registryOf } from './registry.ts';
import type { Sabotage } from './sabotage.ts';
import { atLast, type Doors, sendAll, settled, TOPICS } from './sending.ts';
import { breakThings, noTorments, type Stage, type Torments } from './torments.ts';

export interface TortureOptions {
  readonly seed: number;
  readonly traces: number;
  /** How long messages are sent, and everything is broken meanwhile. */
  readonly seconds: number;
  readonly sabotage: Sabotage | null;
  /** Tables drop a block that equals one before, as replicated ones do, and as ours are configured in production. */
  readonly deduplicating: boolean;
  readonly say: (message: string) => void;
}

export interface TortureResult extends Judgement {
  readonly messages: number;
  readonly torments: Torments;
  /** Processors that ended themselves; a supervisor would have started them again, as this does. */
  readonly gaveUp: number;
  /** From the end of sending to the last row, s. */
  readonly drained: number;
}

const PARTITIONS = 6;
const SECRET = '07'.repeat(32);
const TOKEN = 'writer-token';
const SLICE_MS = 250;
const DRAIN_MS = 120_000;
const QUIET_MS = 8_000;
const ATTEMPTS = 20;

/** Load, while everything is broken; then every table against one pass over the same messages. Throws when it cannot run. */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const { seed, sabotage, say } = options;
  const dir = mkdtempSync(join(tmpdir(), 'agentops-torture-'));
  const random = chance(seed);
  const load = makeLoad(seed, options.traces);
  const children = new Set<Child>();
  let kafka: KafkaServer | null = null;
  let collector: CollectorServer | null = null;
  const networks: Network[] = [];
  try {
    kafka = await startKafka();
    const broker = kafka;
    await broker.createTopics(PARTITIONS, ...TOPICS);
    const openCollector = async (): Promise<void> => {
      collector = await startCollector({
        configs: [generated('kafka/collector.yaml')],
        env: { AGENTOPS_KAFKA_BROKERS: `[${broker.broker}]` },
        dir,
      });
    };
    if (haveCollector()) await openCollector();
    const doors: Doors = { kafka: broker, collector: () => collector };
    let port = 0;
    let over = false;
    let gaveUp = 0;
    let revision = 0;
    const processors = new Map<Child, Network>();

    const stage: Stage = {
      random,
      processors,
      victim: () => [...processors.keys()][random.int(processors.size)],
      store: undefined as unknown as Child,
      async startStore() {
        stage.store = startChild('store', { dir, port, token: TOKEN, deduplicating: options.deduplicating });
        children.add(stage.store);
        port = await stage.store.told<number>('port');
      },
      async changeRegistry() {
        // The store may be frozen, or away: whoever changes a registry tries again.
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const store = openServer(`http://writer:${TOKEN}@127.0.0.1:${port}`);
          const validFrom = revision === 0 ? 1n : BigInt(Date.now()) * 1_000_000n;
          const published = await publishRegistry(store, registryOf(revision), validFrom).catch(() => null);
          await store.close();
          if (published !== null) break;
          await pause(SLICE_MS);
        }
        revision++;
      },
      async restartCollector() {
        if (collector === null) return;
        await collector.kill();
        await pause(random.int(2_000));
        await openCollector();
      },
      async start() {
        const network = await startNetwork(() => port);
        networks.push(network);
        const child = startChild('processor', {
          broker: broker.broker,
          url: `http://writer:${TOKEN}@127.0.0.1:${network.port}`,
          secret: SECRET,
          sabotage,
        });
        children.add(child);
        processors.set(child, network);
        child.process.once('exit', (code) => {
          if (!processors.delete(child) || over) return;
          gaveUp++;
          say(`a processor ended with ${code}: ${child.said().slice(-600)}`);
          void stage.start();
        });
      },
    };
    await stage.startStore();
    await stage.changeRegistry();
    await stage.start();
    await stage.start();

    const torments = noTorments();
    const sending = sendAll(doors, load.deliveries, options.seconds * 1_000);
    let sent = false;
    const ended = (): void => {
      sent = true;
    };
    sending.then(ended, ended);
    const breaking = breakThings(stage, torments, () => sent, say);
    const restarts = restartBroker(broker, options.seconds, torments, say);
    await Promise.all([sending, breaking, restarts]);
    const held = await settled(doors);

    const begun = performance.now();
    await drained(broker, held, `http://writer:${TOKEN}@127.0.0.1:${port}`);
    const seconds = (performance.now() - begun) / 1_000;
    over = true;
    for (const child of [...processors.keys()]) {
      const code = await child.end();
      if (code !== 0) say(`a processor ended with ${code}: ${child.said()}`);
    }
    await Promise.all(networks.map((network) => network.idle()));
    await stage.store.kill();
    const [messages, spans] = [join(dir, 'messages.jsonl'), join(dir, 'spans.txt')];
    const lines = (await atLast(() => readHeld(broker, TOPICS))).map(({ topic, value }) =>
      JSON.stringify({ topic, value: value.toString('base64') }),
    );
    writeFileSync(messages, lines.join('\n'));
    writeFileSync(spans, [...load.spans].join('\n'));
    const judge = startChild('judge', { dir, messages, spans });
    children.add(judge);
    const judgement = await judge.told<Judgement>('judgement');
    return { ...judgement, messages: held, torments, gaveUp, drained: seconds };
  } finally {
    for (const { process } of children) process.kill('SIGKILL');
    await Promise.all(networks.map((network) => network.close()));
    await (collector as CollectorServer | null)?.kill();
    await kafka?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A third and two thirds of the way, and once a minute in a long run. */
async function restartBroker(
  kafka: KafkaServer,
  seconds: number,
  torments: Torments,
  say: (message: string) => void,
): Promise<void> {
  const times = Math.max(1, Math.floor(seconds / 60));
  for (let i = 0; i < times; i++) {
    await pause((seconds * 1_000) / (times + 1));
    say('the broker is killed');
    torments['the broker is killed']++;
    await kafka.kill();
    await kafka.restart();
  }
}

/** Until all messages stand in the ledger; or all are committed, and what is lacking will never come. */
async function drained(kafka: KafkaServer, messages: number, url: string): Promise<void> {
  const store = openServer(url);
  const admin = kafka.client.admin();
  await admin.connect();
  try {
    let quiet = 0;
    for (let waited = 0; waited < DRAIN_MS; waited += SLICE_MS) {
      const [row] = await atLast(() =>
        store.query<{ n: string }>(
          'SELECT uniqExact(source, source_offset) AS n FROM agentops.ingest_ledger',
        ),
      );
      if (Number(row?.n ?? 0) >= messages) {
        quiet += SLICE_MS;
        // Whatever a sabotaged processor still has under way.
        if (quiet >= SLICE_MS * 8) return;
      } else {
        quiet = (await atLast(() => lagOf(admin))) === 0 ? quiet + SLICE_MS : 0;
        if (quiet >= QUIET_MS) return;
      }
      await pause(SLICE_MS);
    }
    throw new Error(`not drained after ${DRAIN_MS / 1_000} s`);
  } finally {
    await admin.disconnect();
    await store.close();
  }
}

async function lagOf(admin: ReturnType<KafkaServer['client']['admin']>): Promise<number> {
  let lag = 0;
  for (const { topic, partitions } of await admin.fetchOffsets({
    groupId: 'torture',
    topics: [...TOPICS],
  })) {
    const ends = await admin.fetchTopicOffsets(topic);
    for (const { partition, offset } of partitions) {
      const end = Number(ends.find((one) => one.partition === partition)?.high ?? 0);
      lag += end - Math.max(0, Number(offset));
    }
  }
  return lag;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
