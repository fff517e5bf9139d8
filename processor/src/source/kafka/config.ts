import { readFileSync } from 'node:fs';
import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { z } from 'zod';

/** Where telemetry waits, and as whom to read it. */
export interface KafkaSettings {
  readonly client: KafkaConfig;
  readonly groupId: string;
  /** Equal numbers of partitions, so that a trace's spans and logs go to the same member. */
  readonly topics: { readonly spans: string; readonly logs: string };
  /** What could not be read is told there as well; null tells the store alone. */
  readonly deadLetterTopic: string | null;
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const flag = z
  .enum(['true', 'false', '1', '0'], 'is true or false')
  .transform((text) => text === 'true' || text === '1');
const topic = z.string().regex(/^[A-Za-z0-9._-]{1,249}$/, 'is no name of a topic');

const schema = z
  .object({
    KAFKA_BROKERS: z
      .string('is missing: the brokers, as host:port,host:port')
      .transform((text) => text.split(',').map((broker) => broker.trim()))
      .refine((brokers) => brokers.every((broker) => /^[^\s:]+(:\d+)?$|^\[[\da-f:]+\]:\d+$/i.test(broker)), {
        message: 'is not of the form host:port,host:port',
      }),
    KAFKA_GROUP_ID: z.string().min(1).default('agentops'),
    KAFKA_CLIENT_ID: z.string().min(1).default('agentops-processor'),
    KAFKA_TOPIC_SPANS: topic.default('otlp_spans'),
    KAFKA_TOPIC_LOGS: topic.default('otlp_logs'),
    KAFKA_TOPIC_DEAD_LETTERS: topic.optional(),
    KAFKA_TLS: flag.default(false),
    KAFKA_TLS_CA_FILE: z.string().optional(),
    KAFKA_TLS_CERT_FILE: z.string().optional(),
    KAFKA_TLS_KEY_FILE: z.string().optional(),
    KAFKA_SASL_MECHANISM: z.enum(MECHANISMS, `is one of ${MECHANISMS.join(', ')}`).optional(),
    KAFKA_SASL_USERNAME: z.string().optional(),
    KAFKA_SASL_PASSWORD: z.string().optional(),
    KAFKA_SASL_PASSWORD_FILE: z.string().optional(),
  })
  .superRefine((env, context) => {
    const require = (name: keyof typeof env, why: string): void => {
      if (env[name] === undefined) context.addIssue({ code: 'custom', path: [name], message: why });
    };
    if (env.KAFKA_SASL_MECHANISM !== undefined) {
      require('KAFKA_SASL_USERNAME', 'is missing: KAFKA_SASL_MECHANISM needs it');
      if (env.KAFKA_SASL_PASSWORD_FILE === undefined)
        require('KAFKA_SASL_PASSWORD', 'is missing: or name a file with it by KAFKA_SASL_PASSWORD_FILE');
    }
    if (env.KAFKA_TLS_CERT_FILE !== undefined)
      require('KAFKA_TLS_KEY_FILE', 'is missing: the key of KAFKA_TLS_CERT_FILE');
    if (env.KAFKA_TLS_KEY_FILE !== undefined)
      require('KAFKA_TLS_CERT_FILE', 'is missing: the certificate of KAFKA_TLS_KEY_FILE');
    if (env.KAFKA_TOPIC_SPANS === env.KAFKA_TOPIC_LOGS) {
      context.addIssue({ code: 'custom', path: ['KAFKA_TOPIC_LOGS'], message: 'is the topic of the spans' });
    }
  });

/** A setting that is wrong: its name, and what is wrong with it. */
export interface SettingProblem {
  readonly name: string;
  readonly message: string;
}

/** Reads the settings of Kafka from an environment; every problem at once, and no secret in any of them. */
export function readKafkaSettings(
  env: Readonly<Record<string, string | undefined>>,
): KafkaSettings | readonly SettingProblem[] {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => ({ name: String(path[0] ?? ''), message }));
  }
  const { data } = parsed;
  const problems: SettingProblem[] = [];
  const file = (name: keyof typeof data): string | undefined => {
    const path = data[name];
    if (typeof path !== 'string') return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      problems.push({ name, message: `names a file that cannot be read: ${(error as Error).message}` });
      return undefined;
    }
  };
  const ca = file('KAFKA_TLS_CA_FILE');
  const cert = file('KAFKA_TLS_CERT_FILE');
  const key = file('KAFKA_TLS_KEY_FILE');
  const password = file('KAFKA_SASL_PASSWORD_FILE')?.trim() ?? data.KAFKA_SASL_PASSWORD ?? '';
  if (problems.length > 0) return problems;
  const tls = data.KAFKA_TLS || ca !== undefined || cert !== undefined;
  return {
    client: {
      clientId: data.KAFKA_CLIENT_ID,
      brokers: data.KAFKA_BROKERS,
      ssl: tls ? { ...(ca && { ca: [ca] }), ...(cert && { cert }), ...(key && { key }) } : false,
      ...(data.KAFKA_SASL_MECHANISM && {
        sasl: {
          mechanism: data.KAFKA_SASL_MECHANISM,
          username: data.KAFKA_SASL_USERNAME ?? '',
          password,
        } as SASLOptions,
      }),
    },
    groupId: data.KAFKA_GROUP_ID,
    topics: { spans: data.KAFKA_TOPIC_SPANS, logs: data.KAFKA_TOPIC_LOGS },
    deadLetterTopic: data.KAFKA_TOPIC_DEAD_LETTERS ?? null,
  };
}
