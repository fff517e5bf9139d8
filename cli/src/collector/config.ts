import type { RegistryDocument } from '@agentops/registry';
import { digestGroups } from './digest.ts';
import { enrichment } from './enrich.ts';
import { env } from './env.ts';
import { maskGroups, redaction, restoreGroups } from './mask.ts';

/** `kafka`: the production way. `agentops`: straight to the OTLP receiver of `agentops up`. */
export type Destination = 'kafka' | 'agentops';

/** The parts of a Collector configuration that this product writes. */
export interface CollectorConfig {
  readonly receivers?: Record<string, unknown>;
  readonly processors?: Record<string, unknown>;
  readonly exporters?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
  readonly service?: Record<string, unknown>;
}

const SIGNALS = ['traces', 'logs'] as const;
const STORAGE = 'file_storage/agentops';
const BRANCH = 'otlp_http/agentops-branch';
const HOP = `127.0.0.1:${env('AGENTOPS_BRANCH_PORT', '4338')}`;
const EXPORTERS = { kafka: 'kafka/agentops', agentops: 'otlp_http/agentops' } as const;

/**
 * For a Collector that a company already runs: `--config theirs.yaml --config bundle.yaml`. Every name has `/agentops` in
 * it and no list of theirs is touched. The branch begins at their receiver, before any sampler. A batch processor keeps
 * every error from their clients; a queue in memory that refuses when it is full, and a hop over loopback behind it, keep
 * masking, the disk and Kafka from ever holding up their pipelines. What the branch loses so, its exporter counts.
 */
export function bundle(registry: RegistryDocument, destination: Destination): CollectorConfig {
  const branch = {
    receivers: env('AGENTOPS_RECEIVERS', '[otlp]'),
    processors: ['batch/agentops'],
    exporters: [BRANCH],
  };
  return {
    receivers: { 'otlp/agentops': { protocols: { http: hop() } } },
    processors: {
      'batch/agentops': { timeout: '200ms', send_batch_size: 512, send_batch_max_size: 1024 },
      ...processors(registry),
    },
    exporters: {
      [BRANCH]: {
        endpoint: `http://${HOP}`,
        compression: 'none',
        timeout: '60s',
        retry_on_failure: { ...RETRY, max_elapsed_time: '60s' },
        sending_queue: {
          sizer: 'bytes',
          queue_size: env('AGENTOPS_BRANCH_BYTES', '67108864'),
          // So many cores at most mask at a time.
          num_consumers: env('AGENTOPS_BRANCH_CORES', '1'),
          block_on_overflow: false,
        },
      },
      // The name of a file_storage extension that already runs there, or nothing: then the queue is in memory.
      [EXPORTERS[destination]]: exporter(destination, env('AGENTOPS_QUEUE_STORAGE', '')),
    },
    service: {
      pipelines: {
        ...Object.fromEntries(SIGNALS.map((signal) => [`${signal}/agentops-branch`, branch])),
        ...pipelines(destination),
      },
    },
  };
}

/**
 * A queue on disk of its own for the bundle. Extensions are a list of the service: the Collector appends to it only
 * under `--feature-gates=confmap.enableMergeAppendOption`, and replaces it otherwise. The empty lists of exporters see to
 * it that it does not start then, instead of losing the extensions that were there.
 */
export function diskQueue(destination: Destination): CollectorConfig {
  return {
    extensions: { [STORAGE]: storage() },
    exporters: { [EXPORTERS[destination]]: { sending_queue: { storage: STORAGE } } },
    service: {
      extensions: [STORAGE],
      pipelines: Object.fromEntries(SIGNALS.map((signal) => [`${signal}/agentops`, { exporters: [] }])),
    },
  };
}

/**
 * The same as a whole. Here nobody else is held up: a full queue refuses (503), and clients send again; nothing that
 * was answered with 200 is only in memory.
 */
export function wholeCollector(registry: RegistryDocument, destination: Destination): CollectorConfig {
  return {
    receivers: { 'otlp/agentops': otlp('127.0.0.1') },
    processors: processors(registry),
    exporters: { [EXPORTERS[destination]]: exporter(destination, STORAGE) },
    extensions: {
      [STORAGE]: storage(),
      'health_check/agentops': { endpoint: env('AGENTOPS_HEALTH', '127.0.0.1:13133') },
    },
    service: {
      extensions: [STORAGE, 'health_check/agentops'],
      telemetry: {
        logs: { encoding: 'json' },
        metrics: {
          level: 'detailed',
          readers: [
            {
              pull: {
                exporter: {
                  prometheus: {
                    host: env('AGENTOPS_METRICS_HOST', '127.0.0.1'),
                    port: env('AGENTOPS_METRICS_PORT', '8888'),
                  },
                },
              },
            },
          ],
        },
      },
      pipelines: pipelines(destination),
    },
  };
}

/** Over the whole configuration, where other machines send: they have to show a token. */
export function listening(): CollectorConfig {
  const auth = { authenticator: 'bearertokenauth/agentops' };
  const { protocols } = otlp('0.0.0.0');
  return {
    extensions: { 'bearertokenauth/agentops': { filename: env('AGENTOPS_TOKEN_FILE') } },
    receivers: {
      'otlp/agentops': {
        protocols: { grpc: { ...protocols.grpc, auth }, http: { ...protocols.http, auth } },
      },
    },
    service: { extensions: [STORAGE, 'health_check/agentops', 'bearertokenauth/agentops'] },
  };
}

/** Over the listening one, where the network in between is not trusted. */
export function encrypted(): CollectorConfig {
  const tls = { cert_file: env('AGENTOPS_CERT_FILE'), key_file: env('AGENTOPS_KEY_FILE') };
  return { receivers: { 'otlp/agentops': { protocols: { grpc: { tls }, http: { tls } } } } };
}

const CHAIN = [
  'memory_limiter/agentops',
  'transform/agentops',
  'redaction/agentops',
  'transform/agentops-after',
];

function processors(registry: RegistryDocument): Record<string, unknown> {
  return {
    'memory_limiter/agentops': { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
    'transform/agentops': {
      // Fails closed: what cannot be masked is not passed on.
      error_mode: 'propagate',
      trace_statements: [...enrichment(registry, 'span'), ...digestGroups(), ...maskGroups(registry, 'span')],
      log_statements: [...enrichment(registry, 'log'), ...maskGroups(registry, 'log')],
    },
    'redaction/agentops': redaction(),
    'transform/agentops-after': {
      error_mode: 'propagate',
      trace_statements: restoreGroups('span'),
      log_statements: restoreGroups('log'),
    },
  };
}

function pipelines(destination: Destination): Record<string, unknown> {
  const pipeline = {
    receivers: ['otlp/agentops'],
    processors: CHAIN,
    exporters: [EXPORTERS[destination]],
  };
  return Object.fromEntries(SIGNALS.map((signal) => [`${signal}/agentops`, pipeline]));
}

function otlp(host: string) {
  const listen = env('AGENTOPS_LISTEN', host);
  return {
    protocols: {
      grpc: { endpoint: `${listen}:${env('AGENTOPS_GRPC_PORT', '4317')}`, max_recv_msg_size_mib: 16 },
      http: { endpoint: `${listen}:${env('AGENTOPS_HTTP_PORT', '4318')}`, max_request_body_size: 67_108_864 },
    },
  };
}

/** A batch of the branch may hold many long texts: what could leave the agents has to fit. */
const hop = (): object => ({ endpoint: HOP, max_request_body_size: 1_073_741_824 });

function storage(): object {
  const directory = env('AGENTOPS_QUEUE_DIR', '/var/lib/otelcol/agentops');
  return {
    directory,
    create_directory: true,
    fsync: true,
    compaction: { directory, on_start: true, on_rebound: true, cleanup_on_start: true },
  };
}

const RETRY = { enabled: true, initial_interval: '500ms', max_interval: '5s', max_elapsed_time: '0s' };

/**
 * Bytes: a batch becomes one request to `agentops up`, or the records of its traces in Kafka. A span that is larger than
 * a batch may be would silently take its neighbours with it: texts are cut, and 200 of them still fit.
 */
const BATCH = { sizer: 'bytes', min_size: 200_000, max_size: 15_000_000, flush_timeout: '200ms' };

function queue(storage: string): object {
  return {
    storage,
    sizer: 'bytes',
    queue_size: env('AGENTOPS_QUEUE_BYTES', '268435456'),
    num_consumers: 4,
    // Waiting for room would hold up whoever sends: what does not fit is refused, and counted.
    block_on_overflow: false,
    batch: BATCH,
  };
}

function exporter(destination: Destination, storage: string): object {
  return destination === 'kafka' ? kafka(storage) : otlpHttp(storage);
}

/** One record per trace of a batch; its key is the trace id, hashed as kafkajs hashes, so that a trace stays together. */
function kafka(storage: string): object {
  return {
    brokers: env('AGENTOPS_KAFKA_BROKERS', '[127.0.0.1:9092]'),
    client_id: 'agentops-collector',
    tls: env('AGENTOPS_KAFKA_TLS', ''),
    auth: env('AGENTOPS_KAFKA_AUTH', ''),
    traces: { topic: 'otlp_spans', encoding: 'otlp_proto' },
    logs: { topic: 'otlp_logs', encoding: 'otlp_proto' },
    partition_traces_by_id: true,
    partition_logs_by_trace_id: true,
    record_partitioner: { sticky_key: { hasher: 'murmur2' } },
    producer: {
      required_acks: -1,
      compression: 'snappy',
      max_message_bytes: 16_000_000,
      allow_auto_topic_creation: false,
    },
    timeout: '10s',
    retry_on_failure: RETRY,
    sending_queue: queue(storage),
  };
}

function otlpHttp(storage: string): object {
  return {
    endpoint: env('AGENTOPS_ENDPOINT', 'http://127.0.0.1:4318'),
    headers: env('AGENTOPS_ENDPOINT_HEADERS', ''),
    compression: 'gzip',
    timeout: '30s',
    retry_on_failure: RETRY,
    sending_queue: queue(storage),
  };
}
