import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { joinGroup, type KafkaSettings, readKafkaSettings } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { freePorts } from '../servers/process.ts';

const run = promisify(execFile);
const PASSWORD = 'only-for-tests';

describe.runIf(haveKafka())('a broker that asks for TLS and a password', () => {
  let dir: string;
  let kafka: KafkaServer;
  let env: Record<string, string>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'agentops-secured-'));
    const [port] = (await freePorts(1)) as [number];
    const keystore = join(dir, 'broker.p12');
    const ca = join(dir, 'ca.pem');
    const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', PASSWORD, '-alias', 'broker'];
    await run('keytool', [
      '-genkeypair',
      ...store,
      ...['-keyalg', 'RSA', '-dname', 'CN=broker', '-ext', 'SAN=ip:127.0.0.1', '-validity', '2'],
    ]);
    const { stdout } = await run('keytool', ['-exportcert', '-rfc', ...store]);
    writeFileSync(ca, stdout);
    const secured = 'listener.name.secured';
    kafka = await startKafka({
      listener: { name: 'SECURED', protocol: 'SASL_SSL', port },
      scram: `SCRAM-SHA-512=[name=agentops,password=${PASSWORD}]`,
      properties: {
        [`${secured}.ssl.keystore.location`]: keystore,
        [`${secured}.ssl.keystore.password`]: PASSWORD,
        [`${secured}.ssl.keystore.type`]: 'PKCS12',
        [`${secured}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-512',
        [`${secured}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required user_agentops="${PASSWORD}";`,
        [`${secured}.scram-sha-512.sasl.jaas.config`]:
          'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      },
    });
    await kafka.createTopics(1, 'otlp_spans', 'otlp_logs');
    const producer = kafka.client.producer();
    await producer.connect();
    await producer.send({ topic: 'otlp_spans', messages: [{ value: '{}' }] });
    await producer.disconnect();
    env = {
      KAFKA_BROKERS: `127.0.0.1:${port}`,
      KAFKA_TLS_CA_FILE: ca,
      KAFKA_SASL_USERNAME: 'agentops',
      KAFKA_SASL_PASSWORD: PASSWORD,
    };
  }, 180_000);
  afterAll(async () => {
    await kafka.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test.each(['plain', 'scram-sha-512'])(
    'is read with %s',
    async (mechanism) => {
      const settings = readKafkaSettings({
        ...env,
        KAFKA_SASL_MECHANISM: mechanism,
        KAFKA_GROUP_ID: mechanism,
      }) as KafkaSettings;
      const group = await joinGroup({ settings, onError: () => {} });
      const { source } = (await group.next())!;
      const chunk = await source.poll({ maxBytes: 1 << 20, waitMs: 20_000 });
      expect(chunk?.records).toHaveLength(1);
      await source.close();
      await group.close();
    },
    60_000,
  );

  test('says who refused, and why, and not the password', async () => {
    const settings = readKafkaSettings({
      ...env,
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_PASSWORD: 'another one',
    }) as KafkaSettings;
    const heard: string[] = [];
    const joining = joinGroup({ settings, onError: (message) => heard.push(message) });
    await expect(joining).rejects.toThrow(/authentication failed/i);
    expect(heard.join('\n')).not.toContain('another one');
  }, 60_000);
});
