import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { testFile } from '../servers/tools.ts';

const run = promisify(execFile);
const POM = testFile('deploy/kafka-tools/pom.xml');
const SCRIPT = testFile('../deploy/kafka/topics.sh');
const TOOLS = {
  'kafka-topics.sh': 'org.apache.kafka.tools.TopicCommand',
  'kafka-configs.sh': 'kafka.admin.ConfigCommand',
} as const;

/** Kafka's own tools, as its distribution has them: a folder with bin/. */
async function installTools(dir: string): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const cache = join(homedir(), '.cache/agentops-tests', `kafka-tools-${hash}`);
  if (!existsSync(join(cache, 'complete'))) {
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    const copy = ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', '-DincludeScope=runtime'];
    await run('mvn', [...copy, `-DoutputDirectory=${join(cache, 'jars')}`]);
    writeFileSync(join(cache, 'complete'), '');
  }
  mkdirSync(join(dir, 'bin'));
  for (const [name, main] of Object.entries(TOOLS)) {
    const file = join(dir, 'bin', name);
    writeFileSync(
      file,
      `#!/bin/sh\nexec java -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp '${cache}/jars/*' ${main} "$@"\n`,
    );
    chmodSync(file, 0o755);
  }
  return dir;
}

describe.runIf(haveKafka())('the script that makes the topics', () => {
  let dir: string;
  let kafka: KafkaServer;
  let home: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'agentops-topics-'));
    home = await installTools(dir);
    kafka = await startKafka();
  }, 300_000);
  afterAll(async () => {
    await kafka.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const topics = (partitions: number): Promise<unknown> =>
    run('bash', [SCRIPT], {
      env: {
        ...process.env,
        KAFKA_HOME: home,
        BROKERS: kafka.broker,
        PARTITIONS: `${partitions}`,
        REPLICAS: '1',
      },
    });

  test('makes them alike, twice over, and never changes how many partitions they have', async () => {
    await topics(3);
    await topics(3);
    const admin = kafka.client.admin();
    await admin.connect();
    const names = ['otlp_spans', 'otlp_logs', 'otlp_dead_letters'];
    const { topics: there } = await admin.fetchTopicMetadata({ topics: names });
    expect(there.map(({ name, partitions }) => [name, partitions.length]).sort()).toEqual(
      names.map((name) => [name, 3]).sort(),
    );
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: 'otlp_spans' }],
    });
    const settings = new Map(
      resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]),
    );
    expect(settings.get('max.message.bytes')).toBe('16777216');
    expect(settings.get('retention.ms')).toBe('604800000');
    await expect(topics(6)).rejects.toThrow('otlp_spans has 3 partitions, not 6');
    await admin.disconnect();
  }, 300_000);
});
