import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServer, publishRegistry } from '@agentops/processor';
import { type Message, produce } from '../kafka/produce.ts';
import { type KafkaServer, startKafka } from '../servers/kafka.ts';
import { type Chance, chance } from '../tools/otlp.ts';
import { type Child, startChild } from './child.ts';
import { countHeld, readHeld } from './held.ts';
import type { Judgement } from './judge.ts';
import { makeLoad } from './load.ts';
import { registryOf } from './registry.ts';
import type { Sabotage } from './sabotage.ts';

export interface TortureOptions {
  readonly seed: number;
  readonly traces: number;
  /** How long messages are sent, and everything is broken meanwhile. */
  readonly seconds: number;
  readonly sabotage: Sabotage | null;
  readonly say: (message: string) => void;
}

/** How often each thing was done to it. */
export type Torments = Record<keyof typeof TORMENTS | 'the broker is killed', number>;

export interface TortureResult extends Judgement {
  readonly messages: number;
  readonly torments: Torments;
  /** Processors that ended themselves; a supervisor would have started them again, as this does. */
  readonly gaveUp: number;
  /** From the end of sending to the last row, s. */
  readonly drained: number;
}

const TOPICS = ['otlp_spans', 'otlp_logs'] as const;
const PARTITIONS = 6;
const SECRET = '07'.repeat(32);
const TOKEN = 'writer-token';
/** Longer than the session of a processor: it goes on as one that the group has given up. */
const FREEZE_MS = 4_500;
const SLICE_MS = 250;
const DRAIN_MS = 120_000;
/** A broker is back within this time. */
const SEND_MS = 60_000;
const QUIET_MS = 8_000;
const ATTEMPTS = 20;

interface Stage {
  readonly random: Chance;
  readonly processors: Set<Child>;
  start(): void;
  /** One of them, at random. */
  victim(): Child | undefined;
  store: Child;
  startStore(): Promise<void>;
  /** Valid from now on. */
  changeRegistry(): Promise<void>;
}

/** What is done to the processors and to ClickHouse, each as often as its weight among all says. */
const TORMENTS = {
  'a processor is killed': {
    weight: 9,
    async run({ processors, victim, start, random }: Stage) {
      const child = victim();
      if (child === undefined) return;
      processors.delete(child);
      await child.kill();
      await pause(random.int(800));
      start();
    },
  },
  'a processor stands still beyond its session': {
    weight: 2,
    async run({ victim }: Stage) {
      victim()?.freeze(FREEZE_MS);
    },
  },
  'a processor is stopped and another started': {
    weight: 2,
    async run({ processors, victim, start }: Stage) {
      const child = victim();
      if (child === undefined) return;
      processors.delete(child);
      start();
      await child.end();
    },
  },
  'one more processor, or one fewer': {
    weight: 2,
    async run({ processors, victim, start }: Stage) {
      if (processors.size < 3) start();
      else {
        const child = victim()!;
        processors.delete(child);
        await child.end();
      }
    },
  },
  'ClickHouse is killed': {
    weight: 2,
    async run(stage: Stage) {
      await stage.store.kill();
      await pause(stage.random.int(3_000));
      await stage.startStore();
    },
  },
  'the registry is changed': {
    weight: 2,
    async run({ changeRegistry }: Stage) {
      await changeRegistry();
    },
  },
  'ClickHouse does not answer for a while': {
    weight: 2,
    async run({ store, random }: Stage) {
      store.freeze(500 + random.int(4_000));
    },
  },
} as const;

/** Load, while everything is broken; then every table against one pass over the same messages. Throws when it cannot run. */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const { seed, sabotage, say } = options;
  const dir = mkdtempSync(join(tmpdir(), 'agentops-torture-'));
  const random = chance(seed);
  const messages = makeLoad(seed, options.traces);
  const children = new Set<Child>();
  let kafka: KafkaServer | null = null;
  try {
    kafka = await startKafka();
    const broker = kafka;
    await broker.createTopics(PARTITIONS, ...TOPICS);
    let port = 0;
    let over = false;
    let gaveUp = 0;
    let revision = 0;
    const processors = new Set<Child>();

    const stage: Stage = {
      random,
      processors,
      victim: () => [...processors][random.int(processors.size)],
      store: undefined as unknown as Child,
      async startStore() {
        stage.store = startChild('store', { dir, port, token: TOKEN });
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
      start() {
        const child = startChild('processor', {
          broker: broker.broker,
          url: `http://writer:${TOKEN}@127.0.0.1:${port}`,
          secret: SECRET,
          sabotage,
        });
        children.add(child);
        processors.add(child);
        child.process.once('exit', (code) => {
          if (!processors.delete(child) || over) return;
          gaveUp++;
          say(`a processor ended with ${code}: ${child.said().slice(-600)}`);
          stage.start();
        });
      },
    };
    await stage.startStore();
    await stage.changeRegistry();
    stage.start();
    stage.start();

    const torments = Object.fromEntries(
      [...Object.keys(TORMENTS), 'the broker is killed'].map((name) => [name, 0]),
    ) as Torments;
    const sending = send(broker, messages, options.seconds * 1_000);
    let sent = false;
    const ended = (): void => {
      sent = true;
    };
    sending.then(ended, ended);
    const breaking = breakThings(stage, torments, () => sent, say);
    const restarts = restartBroker(broker, options.seconds, torments, say);
    await Promise.all([sending, breaking, restarts]);

    const begun = performance.now();
    const held = await countHeld(broker, TOPICS);
    await drained(broker, held, `http://writer:${TOKEN}@127.0.0.1:${port}`);
    const seconds = (performance.now() - begun) / 1_000;
    over = true;
    for (const child of [...processors]) {
      const code = await child.end();
      if (code !== 0) say(`a processor ended with ${code}: ${child.said()}`);
    }
    await stage.store.kill();
    const file = join(dir, 'messages.jsonl');
    const values = await readHeld(broker, TOPICS);
    writeFileSync(file, values.map((value) => value.toString()).join('\n'));
    const judge = startChild('judge', { dir, messages: file });
    children.add(judge);
    const judgement = await judge.told<Judgement>('judgement');
    return { ...judgement, messages: held, torments, gaveUp, drained: seconds };
  } finally {
    for (const { process } of children) process.kill('SIGKILL');
    await kafka?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function send(kafka: KafkaServer, messages: readonly Message[], ms: number): Promise<void> {
  const slices = Math.max(1, Math.floor(ms / SLICE_MS));
  const begun = performance.now();
  for (let i = 0; i < slices; i++) {
    const from = Math.floor((messages.length * i) / slices);
    const to = Math.floor((messages.length * (i + 1)) / slices);
    await produceAtLast(kafka, messages.slice(from, to));
    await pause(begun + (i + 1) * SLICE_MS - performance.now());
  }
}

/** A broker that is killed takes nothing: as a Collector does, what was not acknowledged is sent again. */
async function produceAtLast(kafka: KafkaServer, messages: readonly Message[]): Promise<void> {
  for (let waited = 0; ; waited += SLICE_MS) {
    try {
      return await produce(kafka, messages);
    } catch (error) {
      if (waited >= SEND_MS) throw error;
      await pause(SLICE_MS);
    }
  }
}

async function breakThings(
  stage: Stage,
  torments: Torments,
  over: () => boolean,
  say: (message: string) => void,
): Promise<void> {
  const list = Object.entries(TORMENTS) as [
    keyof typeof TORMENTS,
    (typeof TORMENTS)[keyof typeof TORMENTS],
  ][];
  const bag = list.flatMap(([name, torment]) =>
    Array.from({ length: torment.weight }, () => ({ name, torment })),
  );
  while (!over()) {
    // Now and then there is time to get something done.
    await pause(stage.random.next() < 0.2 ? 6_000 : 300 + stage.random.int(2_500));
    const { name, torment } = bag[stage.random.int(bag.length)]!;
    say(name);
    torments[name]++;
    await torment.run(stage);
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
      const [row] = await store.query<{ n: string }>(
        'SELECT uniqExact(source, source_offset) AS n FROM agentops.ingest_ledger',
      );
      if (Number(row?.n ?? 0) >= messages) {
        quiet += SLICE_MS;
        // Whatever a sabotaged processor still has under way.
        if (quiet >= SLICE_MS * 8) return;
      } else {
        quiet = (await lagOf(admin)) === 0 ? quiet + SLICE_MS : 0;
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
