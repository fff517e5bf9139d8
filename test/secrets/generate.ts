import { FORMATS } from './formats.ts';
import { type KeyValue, type Placement, POSITIONS } from './positions.ts';
import { HEX, seeded } from './random.ts';

/** Telemetry full of secrets and personal data: every format in every position, each value only once. */
export interface Planted {
  /** OTLP/JSON Export…ServiceRequests. */
  readonly traces: readonly object[];
  readonly logs: readonly object[];
  /** Bodies of trace requests that end in the middle. */
  readonly broken: readonly string[];
  /** What must be found nowhere afterwards, in every way in which it was written. */
  readonly secrets: readonly string[];
}

export interface PlantOptions {
  /** Nanoseconds since the epoch of the first span. */
  readonly start?: bigint;
}

const SECOND = 1_000_000_000n;

export function plant(seed: number, options: PlantOptions = {}): Planted {
  const random = seeded(seed);
  const traces: object[] = [];
  const logs: object[] = [];
  const broken: string[] = [];
  const secrets = new Set<string>();
  let at = options.start ?? 1_795_000_000n * SECOND;
  for (const format of FORMATS) {
    for (const position of POSITIONS) {
      const { text, secrets: planted } = format.make(random);
      for (const secret of planted) {
        secrets.add(secret);
        secrets.add(encodeURIComponent(secret));
        secrets.add(JSON.stringify(secret).slice(1, -1));
      }
      const placement = position.place(text);
      const ids = { traceId: random.text(32, HEX), spanId: random.text(16, HEX) };
      at += SECOND;
      if (placement.log !== undefined) logs.push(logRequest(placement, ids, at));
      else {
        const request = traceRequest(placement, ids, at);
        if (placement.truncated) broken.push(JSON.stringify(request).slice(0, -9));
        else traces.push(request);
      }
    }
  }
  return { traces, logs, broken, secrets: [...secrets] };
}

const PREFIX = 6;

/** Which planted secrets stand in a text. One pass over it, whatever their number. */
export function findPlanted(masked: string, secrets: readonly string[]): string[] {
  const byPrefix = new Map<string, string[]>();
  for (const secret of secrets) {
    const prefix = secret.slice(0, PREFIX);
    const others = byPrefix.get(prefix);
    if (others === undefined) byPrefix.set(prefix, [secret]);
    else others.push(secret);
  }
  const found = new Set<string>();
  for (let at = 0; at + PREFIX <= masked.length; at++) {
    for (const secret of byPrefix.get(masked.slice(at, at + PREFIX)) ?? []) {
      if (masked.startsWith(secret, at)) found.add(secret);
    }
  }
  return [...found];
}

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
}

const text = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } });

/** Attributes of the base, where the position does not say otherwise. */
function merged(base: readonly KeyValue[], own: readonly KeyValue[] = []): readonly KeyValue[] {
  return [...base.filter(({ key }) => own.every((other) => other.key !== key)), ...own];
}

function traceRequest(placement: Placement, ids: Ids, at: bigint): object {
  const span = {
    ...ids,
    name: 'execute_tool lookup',
    kind: 1,
    startTimeUnixNano: String(at),
    endTimeUnixNano: String(at + SECOND / 2n),
    attributes: merged(
      [
        text('gen_ai.operation.name', 'execute_tool'),
        text('gen_ai.tool.name', 'lookup'),
        text('gen_ai.agent.name', 'support'),
        { key: 'gen_ai.usage.input_tokens', value: { intValue: '4111' } },
      ],
      placement.attributes,
    ),
    status: { code: 1 },
    ...placement.span,
  };
  return {
    resourceSpans: [{ ...origin(placement), scopeSpans: [{ scope: scope(placement), spans: [span] }] }],
  };
}

function logRequest(placement: Placement, ids: Ids, at: bigint): object {
  const record = {
    ...ids,
    timeUnixNano: String(at),
    severityNumber: 9,
    eventName: 'gen_ai.client.inference.operation.details',
    ...placement.log,
  };
  return {
    resourceLogs: [{ ...origin(placement), scopeLogs: [{ scope: scope(placement), logRecords: [record] }] }],
  };
}

function origin({ resource }: Placement): object {
  return { resource: { attributes: merged([text('service.name', 'support-service')], resource) } };
}

function scope(placement: Placement): object {
  return { name: 'app', version: '1.4.2', ...placement.scope };
}
