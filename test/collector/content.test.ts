import { describe, expect, test } from 'vitest';
import { haveCollector, startCollector } from '../servers/collector.ts';
import { untilReady } from '../servers/process.ts';
import { generated, READABLE } from './configs.ts';
import { send } from './send.ts';
import { startSink } from './sink.ts';

/** expense-reimbursement keeps content, masked; customer-support keeps none. */
const SERVICES = ['expense-reimbursement', 'customer-support', 'nobody-knows'] as const;
const OUTPUT = JSON.stringify([
  { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'read', arguments: { a: 1 } }] },
]);
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

const BODY = {
  resourceSpans: SERVICES.map((service, i) => ({
    resource: { attributes: [text('service.name', service)] },
    scopeSpans: [
      {
        spans: [
          {
            traceId: `${i + 1}`.padStart(32, '0'),
            spanId: `${i + 1}`.padStart(16, '0'),
            name: 'chat gpt-4o',
            startTimeUnixNano: '1795100000000000000',
            endTimeUnixNano: '1795100001000000000',
            attributes: [
              text('gen_ai.input.messages', '[{"role":"user","parts":[]}]'),
              text('gen_ai.output.messages', OUTPUT),
              text('gcp.vertex.agent.llm_response', '{"usageMetadata":{"promptTokenCount":3}}'),
              { key: 'gen_ai.usage.input_tokens', value: { intValue: '12' } },
            ],
          },
        ],
      },
    ],
  })),
};
const INPUT = 'gen_ai.input.messages';
const ASKED = 'gen_ai.output.messages';
const USAGE = 'gcp.vertex.agent.llm_response';

/** What leaves the Collector, by service. */
async function leaves(mode: string | undefined): Promise<Record<string, string[]>> {
  const sink = await startSink();
  const collector = await startCollector({
    configs: [generated('agentops/collector.yaml'), READABLE],
    env: { AGENTOPS_ENDPOINT: sink.url, ...(mode !== undefined && { AGENTOPS_CONTENT: mode }) },
  });
  try {
    expect(await send(collector.url, BODY)).toBe(200);
    await untilReady(
      async () => expect(sink.spans().length).toBe(SERVICES.length),
      15_000,
      () => collector.said(),
    );
    return Object.fromEntries(
      sink
        .spans()
        .map(({ attributes }) => [
          (attributes['service.name'] as { stringValue: string }).stringValue,
          [INPUT, ASKED, USAGE].filter((key) => key in attributes),
        ]),
    );
  } finally {
    await collector.stop();
    await sink.close();
  }
}

describe.runIf(haveCollector())('which inputs and outputs leave the Collector', () => {
  test('as the registry says, but for what tool calls and tokens are read from', async () => {
    expect(await leaves(undefined)).toEqual({
      'expense-reimbursement': [INPUT, ASKED, USAGE],
      'customer-support': [ASKED, USAGE],
      'nobody-knows': [ASKED, USAGE],
    });
  }, 600_000);

  test('none, but for what tokens are read from', async () => {
    const none = [USAGE];
    expect(await leaves('drop')).toEqual(Object.fromEntries(SERVICES.map((service) => [service, none])));
  });

  test('all, masked', async () => {
    const all = [INPUT, ASKED, USAGE];
    expect(await leaves('mask')).toEqual(Object.fromEntries(SERVICES.map((service) => [service, all])));
  });
});
