import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { freePorts, type RunningServer, startServer, untilReady } from './process.ts';
import { have, testFile } from './tools.ts';

const run = promisify(execFile);
const POM = testFile('servers/kafka/pom.xml');
const START_MS = 60_000;

/** A real broker, alone in its cluster. */
export interface KafkaServer {
  readonly broker: string;
  readonly client: Kafka;
  /** Where the log segments are. */
  readonly dataDir: string;
  createTopics(partitions: number, ...names: string[]): Promise<void>;
  /** By SIGKILL; what was acknowledged stays. */
  kill(): Promise<void>;
  /** After {@link kill}: again on its port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Java and Maven are there. Loud where they are not; an error where CI is set. */
export function haveKafka(): boolean {
  return have('Apache Kafka', 'java', 'mvn');
}

export interface KafkaOptions {
  readonly properties?: Readonly<Record<string, string>>;
  /** One more listener, on a port of loopback. */
  readonly listener?: { readonly name: string; readonly protocol: string; readonly port: number };
  /** A user, as `kafka-storage format --add-scram` takes it. */
  readonly scram?: string;
}

/** Starts Apache Kafka (KRaft) on free ports of loopback, fetched by Maven and kept between runs. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const jars = await fetchJars();
  const dir = mkdtempSync(join(tmpdir(), 'agentops-kafka-'));
  const [port, controller] = (await freePorts(2)) as [number, number];
  const config = join(dir, 'server.properties');
  writeFileSync(config, configuration(port, controller, dir, options));
  const java = (main: string, ...args: string[]): string[] => [
    '-Xmx512m',
    '-Djava.awt.headless=true',
    // Killed, it leaves the native libraries there that it unpacked.
    `-Djava.io.tmpdir=${dir}`,
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-cp',
    `${jars}/*`,
    main,
    ...args,
  ];
  const format = ['format', '-c', config, '-t', 'agentopsAgentopsAgentop'.slice(0, 22)];
  if (options.scram !== undefined) format.push('--add-scram', options.scram);
  await run('java', java('kafka.tools.StorageTool', ...format));
  const broker = `127.0.0.1:${port}`;
  const client = new Kafka({
    clientId: 'test',
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 60 },
  });
  let server: RunningServer;
  async function start(): Promise<void> {
    server = startServer('java', java('kafka.Kafka', config), { cwd: dir });
    await untilReady(
      () => reachable(port),
      START_MS,
      () => server.said(),
    );
    const admin = client.admin();
    await admin.connect();
    await admin.describeCluster();
    await admin.disconnect();
  }
  await start();
  return {
    broker,
    client,
    dataDir: join(dir, 'data'),
    async createTopics(partitions, ...names) {
      const admin = client.admin();
      await admin.connect();
      await admin.createTopics({
        waitForLeaders: false,
        topics: names.map((topic) => ({ topic, numPartitions: partitions })),
      });
      // The client's own waiting gives up on a broker under load that does not know the topic yet.
      const isLed = async (): Promise<boolean> => {
        const { topics } = await admin.fetchTopicMetadata({ topics: names }).catch(() => ({ topics: [] }));
        const led = topics.filter((topic) => topic.partitions.every(({ leader }) => leader >= 0));
        return led.length === names.length;
      };
      while (!(await isLed())) await sleep(100);
      await admin.disconnect();
    },
    kill: () => server.kill(),
    restart: start,
    async stop() {
      await server.kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function fetchJars(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const dir = join(homedir(), '.cache', 'agentops-tests', `kafka-${hash}`);
  const jars = join(dir, 'jars');
  if (existsSync(join(dir, 'complete'))) return jars;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const copy = ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  await run('mvn', [...copy, `-DoutputDirectory=${jars}`]);
  writeFileSync(join(dir, 'complete'), '');
  return jars;
}

function configuration(
  port: number,
  controller: number,
  dir: string,
  { properties: more = {}, listener }: KafkaOptions,
): string {
  const other = (text: string): string => (listener === undefined ? '' : `,${text}`);
  const address = other(`${listener?.name}://127.0.0.1:${listener?.port}`);
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}${address}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${address}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${other(`${listener?.name}:${listener?.protocol}`)}`,
    'log.dirs': join(dir, 'data'),
    'auto.create.topics.enable': 'false',
    // A broker alone: its own topics have one replica, too.
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'message.max.bytes': '16777216',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '16777216',
    // Back sooner after a SIGKILL than with the defaults.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
    ...more,
  };
  return `${Object.entries(properties)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

function reachable(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
