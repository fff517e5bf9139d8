import { ATTR } from '@agentops/registry/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CollectorServer, haveCollector, startCollector } from '../servers/collector.ts';
import { untilReady } from '../servers/process.ts';
import { generated, READABLE } from './configs.ts';
import { send } from './send.ts';
import { type Sink, type SinkSpan, startSink } from './sink.ts';

const EMAIL = 'taro.endo@kitano.example';
const SECRETS = [
  EMAIL,
  '4111 1111 1111 1111',
  '+81 90-1234-5678',
  'GB82 WEST 1234 5698 7654 32',
  'sk-proj-abcdefghijklmnop1234',
  'AKIAIOSFODNN7EXAMPLE',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
  'hunter2-is-secret',
] as const;
const ALL = `mail ${EMAIL}, card 4111 1111 1111 1111, call +81 90-1234-5678, pay to GB82 WEST 1234 5698 7654 32, keys sk-proj-abcdefghijklmnop1234 AKIAIOSFODNN7EXAMPLE eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl`;

const text = (value: string) => ({ stringValue: value });
const int = (value: string) => ({ intValue: value });
const TRACE = '0af7651916cd43dd8448eb211c80319c';

function span(id: number, attributes: Record<string, object>, more: object = {}): object {
  return {
    traceId: TRACE,
    spanId: id.toString(16).padStart(16, '0'),
    name: 'execute_tool send_email',
    kind: 1,
    startTimeUnixNano: '1795100000000000000',
    endTimeUnixNano: '1795100001000000000',
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
    ...more,
  };
}

function request(spans: readonly object[], resource: Record<string, object> = {}): object {
  const attributes = Object.entries({ 'service.name': text('customer-support'), ...resource });
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes.map(([key, value]) => ({ key, value })) },
        scopeSpans: [{ scope: { name: 'test' }, spans }],
      },
    ],
  };
}

function textsOf(spans: readonly SinkSpan[], key: string): string[] {
  return spans.map(({ attributes }) => (attributes[key] as { stringValue: string }).stringValue);
}

/** Everything that the Collector passes on of `spans`. */
async function passed(
  collector: CollectorServer,
  sink: Sink,
  body: object,
  ids: number,
): Promise<SinkSpan[]> {
  const before = sink.spans().length;
  expect(await send(collector.url, body)).toBe(200);
  await untilReady(
    async () => {
      if (sink.spans().length < before + ids) throw new Error('the spans are still under way');
    },
    15_000,
    () => collector.said(),
  );
  return sink.spans().slice(before);
}

describe.runIf(haveCollector())('masked before it leaves the Collector', () => {
  let sink: Sink;
  let collector: CollectorServer;

  beforeAll(async () => {
    sink = await startSink();
    collector = await startCollector({
      configs: [generated('agentops/collector.yaml'), READABLE],
      env: { AGENTOPS_ENDPOINT: sink.url, AGENTOPS_CONTENT: 'mask' },
    });
  }, 600_000);
  afterAll(async () => {
    await collector.stop();
    await sink.close();
  });

  test('wherever it stands: nested, in names, messages, events, resources, under telling keys', async () => {
    const nested = {
      kvlistValue: { values: [{ key: 'to', value: { arrayValue: { values: [text(ALL)] } } }] },
    };
    await passed(
      collector,
      sink,
      request(
        [
          span(
            1,
            {
              'gen_ai.tool.call.arguments': text(
                JSON.stringify({ body: ALL, password: 'hunter2-is-secret' }),
              ),
              'gen_ai.input.messages': nested,
              list: { arrayValue: { values: [text('fine'), text(ALL)] } },
              'http.request.header.authorization': text('hunter2-is-secret'),
            },
            {
              name: `mail to ${EMAIL}`,
              status: { code: 2, message: `no such address: ${EMAIL}` },
              events: [
                {
                  name: 'exception',
                  timeUnixNano: '1795100000500000000',
                  attributes: [{ key: 'exception.message', value: text(ALL) }],
                },
              ],
            },
          ),
        ],
        { 'user.email': text(EMAIL) },
      ),
      1,
    );
    const everything = sink.requests.map((sent) => sent.text).join('\n');
    for (const secret of SECRETS) expect(everything).not.toContain(secret);
    expect(everything).toContain('mail ****, card ****, call ****, pay to ****, keys **** **** ****');
    expect(everything).toContain('\\"password\\":\\"****\\"');
  });

  test('counts, times and ids that are no secrets keep value and type', async () => {
    const kept = {
      'gen_ai.usage.input_tokens': int('4111'),
      'gen_ai.response.finish_reasons': { arrayValue: { values: [text('stop')] } },
      'gen_ai.conversation.id': text('conv-20261123-000000001'),
      'gen_ai.response.id': text('chatcmpl-9f8e7d6c5b4a39281706'),
      uuid: text('123e4567-e89b-12d3-a456-426614174000'),
      nanoseconds: int('1795100000000000000'),
      micros: int('1795100000000000'),
      score: { doubleValue: 0.25 },
      hex: text('00112233445566778899aabbccddeeff'),
      when: text('2026-11-23T10:00:00.000+0900'),
      amount: text('+1234.50'),
      [ATTR.argumentsDigest]: text('helper:chaskey-12:41111111111111114111111111111111'),
    };
    const [seen] = await passed(collector, sink, request([span(2, kept)]), 1);
    expect(seen?.attributes).toMatchObject(kept);
    expect(Object.keys(seen?.attributes ?? {}).filter((key) => key.startsWith('agentops.before'))).toEqual(
      [],
    );
  });

  test('different users stay different, the same user stays the same', async () => {
    const users = [EMAIL, 'hana.ito@kitano.example', EMAIL].map((user, i) =>
      span(10 + i, { 'user.id': text(user), [ATTR.taskId]: text('4111111111111111') }),
    );
    const seen = await passed(collector, sink, request(users), 3);
    const ids = textsOf(seen, 'user.id');
    expect(ids[0]).toMatch(/^\*{4}#[0-9a-f]{12}$/);
    expect(ids[2]).toBe(ids[0]);
    expect(ids[1]).not.toBe(ids[0]);
    expect(textsOf(seen, ATTR.taskId)[0]).toMatch(/^\*{4}#/);
  });

  test('20 mails to 20 customers have 20 digests and one shape; a helper’s own digest stands', async () => {
    const mails = Array.from({ length: 20 }, (_, i) =>
      span(100 + i, {
        'gen_ai.tool.call.arguments': text(
          JSON.stringify({ to: `customer${i}@example.com`, body: 'your trip' }),
        ),
        'gen_ai.tool.call.result': text('sent'),
      }),
    );
    const own = { [ATTR.argumentsDigest]: text(`helper:chaskey-12:${'ab'.repeat(16)}`) };
    const seen = await passed(
      collector,
      sink,
      request([...mails, span(150, { 'gen_ai.tool.call.arguments': text('{}'), ...own })]),
      21,
    );
    const of = (key: string): string[] => textsOf(seen.slice(0, 20), key);
    expect(new Set(of(ATTR.argumentsDigest)).size).toBe(20);
    expect(of(ATTR.argumentsDigest)[0]).toMatch(/^collector:sha256:[0-9a-f]{32}$/);
    expect(new Set(of(ATTR.argumentsShapeDigest)).size).toBe(1);
    expect(new Set(of(ATTR.resultDigest)).size).toBe(1);
    expect(seen.at(-1)?.attributes).toMatchObject(own);
  });

  test('whose agent it is, from the registry', async () => {
    const [seen] = await passed(collector, sink, request([span(200, {})]), 1);
    expect(seen?.attributes).toMatchObject({
      [ATTR.registryAgent]: text('customer-support'),
      [ATTR.registryStage]: text('production'),
      [ATTR.registryOwner]: text('care-leads'),
      [ATTR.registryOperator]: text('agent-sre'),
      [ATTR.registryDepartment]: text('customer-care'),
    });
  });

  test('a span of several megabytes takes no neighbour with it', async () => {
    const large = Object.fromEntries(
      Array.from({ length: 120 }, (_, i) => [
        `llm.input_messages.${i}.message.content`,
        text('x'.repeat(100_000)),
      ]),
    );
    const seen = await passed(collector, sink, request([span(300, large), span(301, {})]), 2);
    expect(seen.map(({ spanId }) => spanId).sort()).toEqual(['000000000000012c', '000000000000012d']);
  });
});
