import { type Message, messagesOf } from '../kafka/produce.ts';
import { type FleetSpan, isForeign, makeFleet } from '../tools/fleet.ts';
import { attributes, type Chance, chance, type JsonSpan, span, traceRequest } from '../tools/otlp.ts';

export interface Load {
  readonly deliveries: readonly Delivery[];
  /** Trace and span id of every span that has to be stored. */
  readonly spans: ReadonlySet<string>;
}

export interface Delivery {
  readonly message: Message;
  /** Through the Collector, or straight into the topic as an exporter that writes JSON does. */
  readonly way: 'collector' | 'broker';
}

const BY_COLLECTOR = 0.7;
const AGAIN = 0.06;
/** Of the run. */
const MOMENT = 0.05;
const LARGE = 5 << 20;

/**
 * What is sent. The spans of half of the traces are spread over the whole run, so that many owners see each of them; those
 * of the others come within a moment, so that one batch may show a trace otherwise than the next.
 */
export function makeLoad(seed: number, traces: number): Load {
  const random = chance(seed);
  // Foreign spans are held in memory only, by whoever saw them: outside what is promised here.
  const fleet = makeFleet(random, traces).filter((item) => !isForeign(item));
  const spans = messagesOf(inTime(fleet, random), random);
  const logs = random.shuffle(fleet.filter(({ span }) => span.spanId < '3')).map(scoreOf);
  // Collectors send again what they sent, at other offsets; some of it comes by the other way, and says other things.
  const again = [...spans, ...logs].filter(() => random.next() < AGAIN);
  const damaged = damagedMessages(random.hex(16));
  const deliver = (message: Message): Delivery => ({
    message,
    way: random.next() < BY_COLLECTOR ? 'collector' : 'broker',
  });
  const whenever = [
    ...[...logs, ...again].map(deliver),
    ...damaged.map((message): Delivery => ({ message, way: 'broker' })),
  ];
  const ids = [...fleet.map((item) => item.span), ...goodOf(damaged)];
  return {
    deliveries: strewn(spans.map(deliver), whenever, random),
    spans: new Set(ids.map(({ traceId, spanId }) => traceId + spanId)),
  };
}

/** The second ones anywhere among the first, which keep their order. */
function strewn<T>(ordered: readonly T[], others: readonly T[], random: Chance): T[] {
  const placed = [
    ...ordered.map((item, i) => ({ item, at: i / ordered.length })),
    ...others.map((item) => ({ item, at: random.next() })),
  ];
  return placed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

function inTime(fleet: readonly FleetSpan[], random: Chance): FleetSpan[] {
  const begins = new Map<string, number | null>();
  const placed = fleet.map((item) => {
    const { traceId } = item.span;
    if (!begins.has(traceId)) begins.set(traceId, random.next() < 0.5 ? random.next() : null);
    const begin = begins.get(traceId) ?? null;
    return { item, at: begin === null ? random.next() : begin + MOMENT * random.next() };
  });
  return placed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

const END = 1_795_000_500_000;

/** No telemetry at all, one bad span in a hundred, and a span of 5 MB. */
function damagedMessages(traceId: string): Message[] {
  const spanOf = (index: number, name = 'chat gpt-4o'): JsonSpan =>
    span({
      traceId,
      spanId: (index + 1).toString(16).padStart(16, '0'),
      name,
      start: END - 1_000,
      end: END,
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
    });
  const hundred = Array.from({ length: 100 }, (_, i) => spanOf(i));
  hundred[41] = { ...hundred[41]!, traceId: 'beef' };
  const of = (spans: readonly JsonSpan[]): Buffer =>
    Buffer.from(JSON.stringify(traceRequest({ 'service.name': 'support' }, [...spans])));
  const values = [
    Buffer.from('this is no telemetry at all'),
    of(hundred),
    of([spanOf(100, 'x'.repeat(LARGE))]),
  ];
  return values.map((value) => ({ topic: 'otlp_spans', key: traceId, value }));
}

function goodOf(messages: readonly Message[]): JsonSpan[] {
  return messages
    .filter(({ value }) => value[0] === 0x7b)
    .flatMap(({ value }) => JSON.parse(value.toString()).resourceSpans[0].scopeSpans[0].spans)
    .filter(({ traceId }: JsonSpan) => traceId.length === 32);
}

/** An evaluation of one of our spans, as a log record of its trace. */
function scoreOf({ span }: FleetSpan): Message {
  const record = {
    timeUnixNano: span.endTimeUnixNano,
    traceId: span.traceId,
    spanId: span.spanId,
    eventName: 'gen_ai.evaluation.result',
    attributes: attributes({ 'gen_ai.evaluation.name': 'tone', 'gen_ai.evaluation.score.value': 0.25 }),
  };
  const resource = { attributes: attributes({ 'service.name': 'judge' }) };
  const request = { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] };
  return { topic: 'otlp_logs', key: span.traceId, value: Buffer.from(JSON.stringify(request)) };
}
