import { type Message, messagesOf } from '../kafka/produce.ts';
import { type FleetSpan, isForeign, makeFleet } from '../tools/fleet.ts';
import { attributes, chance } from '../tools/otlp.ts';

/** What is sent: every trace's spans are spread over the whole run, so that many owners see each of them. */
export function makeLoad(seed: number, traces: number): Message[] {
  const random = chance(seed);
  // Foreign spans are held in memory only, by whoever saw them: outside what is promised here.
  const fleet = makeFleet(random, traces).filter((item) => !isForeign(item));
  const spans = messagesOf(random.shuffle(fleet), random);
  const logs = random.shuffle(fleet.filter(({ span }) => span.spanId < '3')).map(scoreOf);
  // Collectors send again what they sent, at other offsets.
  const once = [...spans, ...logs];
  return random.shuffle([...once, ...once.filter(() => random.next() < 0.06)]);
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
