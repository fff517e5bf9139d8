import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readKafkaSettings } from './config.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-kafka-config-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

describe('settings of Kafka from the environment', () => {
  test('brokers alone are enough', () => {
    expect(readKafkaSettings({ KAFKA_BROKERS: 'one:9092, [::1]:9093' })).toEqual({
      client: { clientId: 'agentops-processor', brokers: ['one:9092', '[::1]:9093'], ssl: false },
      groupId: 'agentops',
      topics: { spans: 'otlp_spans', logs: 'otlp_logs' },
      deadLetterTopic: null,
    });
  });

  test('TLS, a client certificate, and a password from a file, less its line feed', () => {
    const settings = readKafkaSettings({
      KAFKA_BROKERS: 'one:9093',
      KAFKA_TLS_CA_FILE: file('ca', 'CA'),
      KAFKA_TLS_CERT_FILE: file('cert', 'CERT'),
      KAFKA_TLS_KEY_FILE: file('key', 'KEY'),
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'agentops',
      KAFKA_SASL_PASSWORD_FILE: file('password', 'secret\n'),
      KAFKA_TOPIC_DEAD_LETTERS: 'otlp_dead_letters',
      KAFKA_GROUP_ID: '',
    });
    expect(settings).toMatchObject({
      client: {
        ssl: { ca: ['CA'], cert: 'CERT', key: 'KEY' },
        sasl: { mechanism: 'scram-sha-512', username: 'agentops', password: 'secret' },
      },
      groupId: 'agentops',
      deadLetterTopic: 'otlp_dead_letters',
    });
  });

  test('TLS by the authorities that the system trusts', () => {
    expect(readKafkaSettings({ KAFKA_BROKERS: 'one:9093', KAFKA_TLS: '1' })).toMatchObject({
      client: { ssl: {} },
    });
  });

  test('every problem is told at once, by the name of its variable, and no value of a secret with it', () => {
    const problems = readKafkaSettings({
      KAFKA_BROKERS: 'one:9092;two',
      KAFKA_TOPIC_SPANS: 'spans and more',
      KAFKA_TLS: 'yes',
      KAFKA_TLS_CERT_FILE: '/nowhere/cert.pem',
      KAFKA_SASL_MECHANISM: 'oauth',
      KAFKA_SASL_PASSWORD: 'hunter2',
    });
    expect(problems).toEqual([
      { name: 'KAFKA_BROKERS', message: 'is not of the form host:port,host:port' },
      { name: 'KAFKA_TOPIC_SPANS', message: 'is no name of a topic' },
      { name: 'KAFKA_TLS', message: 'is true or false' },
      { name: 'KAFKA_SASL_MECHANISM', message: 'is one of plain, scram-sha-256, scram-sha-512' },
      { name: 'KAFKA_SASL_USERNAME', message: 'is missing: KAFKA_SASL_MECHANISM needs it' },
      { name: 'KAFKA_TLS_KEY_FILE', message: 'is missing: the key of KAFKA_TLS_CERT_FILE' },
      {
        name: 'KAFKA_TLS_CERT_FILE',
        message: expect.stringContaining('names a file that cannot be read: ENOENT'),
      },
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test.each([
    [{}, 'KAFKA_BROKERS', /is missing/],
    [
      { KAFKA_BROKERS: 'one', KAFKA_SASL_MECHANISM: 'plain' },
      'KAFKA_SASL_USERNAME',
      /KAFKA_SASL_MECHANISM needs it/,
    ],
    [
      { KAFKA_BROKERS: 'one', KAFKA_TOPIC_LOGS: 'otlp_spans' },
      'KAFKA_TOPIC_LOGS',
      /is the topic of the spans/,
    ],
    [
      { KAFKA_BROKERS: 'one', KAFKA_TLS_CA_FILE: '/nowhere/ca.pem' },
      'KAFKA_TLS_CA_FILE',
      /cannot be read: ENOENT/,
    ],
  ])('%j lacks %s', (env, name, message) => {
    expect(readKafkaSettings(env)).toContainEqual({ name, message: expect.stringMatching(message) });
  });
});
