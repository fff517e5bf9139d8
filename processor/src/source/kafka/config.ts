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
const DEFAULT_TOPICS = { spans: 'otlp_spans', logs: 'otlp_logs' };
const flag = z
  .enum(['true', 'false', '1', '0'], 'is true or false')
  .transform((text) => text === 'true' || text === '1');
const topic = z.string().regex(/^[A-Za-z0-9._-]{1,249}$/, 'is no name of a topic');

const schema = z.object({
  KAFKA_BROKERS: z
    .string('is missing: the brokers, as host:port,host:port')
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .refine((brokers) => brokers.every((broker) => /^[^\s:]+(:\d+)?$|^\[[\da-f:]+\]:\d+$/i.test(broker)), {
      message: 'is not of the form host:port,host:port',
    }),
  KAFKA_GROUP_ID: z.string().min(1).default('agentops'),
  KAFKA_CLIENT_ID: z.string().min(1).default('agentops-processor'),
  KAFKA_TOPIC_SPANS: topic.default(DEFAULT_TOPICS.spans),
  KAFKA_TOPIC_LOGS: topic.default(DEFAULT_TOPICS.logs),
  KAFKA_TOPIC_DEAD_LETTERS: topic.optional(),
  KAFKA_TLS: flag.default(false),
  KAFKA_TLS_CA_FILE: z.string().optional(),
  KAFKA_TLS_CERT_FILE: z.string().optional(),
  KAFKA_TLS_KEY_FILE: z.string().optional(),
  KAFKA_SASL_MECHANISM: z.enum(MECHANISMS, `is one of ${MECHANISMS.join(', ')}`).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SASL_PASSWORD_FILE: z.string().optional(),
});

/** A setting that is wrong: its name, and what is wrong with it. */
export interface SettingProblem {
  readonly name: string;
  readonly message: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the settings of Kafka from an environment; every problem at once, and no secret in any of them. */
export function readKafkaSettings(env: Env): KafkaSettings | readonly SettingProblem[] {
  const given: Env = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  const problems: SettingProblem[] = (parsed.error?.issues ?? []).map(({ path, message }) => {
    return { name: String(path[0] ?? ''), message };
  });
  problems.push(...missingOnes(given));
  const file = (name: keyof z.infer<typeof schema>): string | undefined => {
    const path = given[name];
    if (path === undefined) return undefined;
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
  const password = file('KAFKA_SASL_PASSWORD_FILE')?.trim();
  if (problems.length > 0 || !parsed.success) return problems;
  const { data } = parsed;
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
          password: password ?? data.KAFKA_SASL_PASSWORD ?? '',
        } as SASLOptions,
      }),
    },
    groupId: data.KAFKA_GROUP_ID,
    topics: { spans: data.KAFKA_TOPIC_SPANS, logs: data.KAFKA_TOPIC_LOGS },
    deadLetterTopic: data.KAFKA_TOPIC_DEAD_LETTERS ?? null,
  };
}

/** What other variables ask for, told also where these are wrong themselves. */
function* missingOnes(env: Env): Generator<SettingProblem> {
  const lacks = (name: string): boolean => env[name] === undefined;
  if (!lacks('KAFKA_SASL_MECHANISM')) {
    if (lacks('KAFKA_SASL_USERNAME'))
      yield { name: 'KAFKA_SASL_USERNAME', message: 'is missing: KAFKA_SASL_MECHANISM needs it' };
    if (lacks('KAFKA_SASL_PASSWORD') && lacks('KAFKA_SASL_PASSWORD_FILE'))
      yield {
        name: 'KAFKA_SASL_PASSWORD',
        message: 'is missing: or name a file with it by KAFKA_SASL_PASSWORD_FILE',
      };
  }
  if (lacks('KAFKA_TLS_KEY_FILE') && !lacks('KAFKA_TLS_CERT_FILE'))
    yield { name: 'KAFKA_TLS_KEY_FILE', message: 'is missing: the key of KAFKA_TLS_CERT_FILE' };
  if (lacks('KAFKA_TLS_CERT_FILE') && !lacks('KAFKA_TLS_KEY_FILE'))
    yield { name: 'KAFKA_TLS_CERT_FILE', message: 'is missing: the certificate of KAFKA_TLS_KEY_FILE' };
  const spans = env['KAFKA_TOPIC_SPANS'] ?? DEFAULT_TOPICS.spans;
  if (spans === (env['KAFKA_TOPIC_LOGS'] ?? DEFAULT_TOPICS.logs))
    yield { name: 'KAFKA_TOPIC_LOGS', message: 'is the topic of the spans' };
}
