import { fileURLToPath } from 'node:url';
import { publishRegistry, type Store } from '@agentops/processor';
import { loadRegistry, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, span, traceRequest } from '../tools/otlp.ts';

const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));
const START = 1_795_000_000_000;
const MINUTE = 60_000;
const AGENT = 'it-helpdesk';
/** A thousand tokens at 2.50 $ a million, 151.6 yen a dollar. */
const CHAT = 0.0025 * 151.6;
const random = chance(33);

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

interface Turn {
  readonly tool?: string;
  readonly result?: string;
  /** No digest can be made of what is not sent. */
  readonly silent?: boolean;
  readonly error?: string;
}

/** The runs of a conversation, a minute apart, each a trace with one model call and at most one tool call. */
function conversation(id: string, turns: readonly Turn[]): object[] {
  return turns.map(({ tool, result = 'nothing found', silent = false, error }, i) => {
    const traceId = random.hex(16);
    const root = random.hex(8);
    const start = START + i * MINUTE;
    const chat = span({
      traceId,
      spanId: random.hex(8),
      parent: root,
      name: 'chat gpt-4o',
      start,
      end: start + 100,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 0,
      },
    });
    const call = span({
      traceId,
      spanId: random.hex(8),
      parent: root,
      name: `execute_tool ${tool}`,
      start: start + 200,
      end: start + 300,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool ?? '',
        ...(!silent && { 'gen_ai.tool.call.arguments': '{"q":"vpn"}', 'gen_ai.tool.call.result': result }),
      },
    });
    const invoke = span({
      traceId,
      spanId: root,
      name: `invoke_agent ${AGENT}`,
      start,
      end: start + 1000,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': AGENT,
        'gen_ai.conversation.id': id,
      },
      ...(error !== undefined && { error }),
    });
    return traceRequest(
      { 'service.name': AGENT },
      tool === undefined ? [chat, invoke] : [chat, call, invoke],
    );
  });
}

const times = (count: number, turn: Turn): Turn[] => Array.from({ length: count }, () => turn);
const search: Turn = { tool: 'search_knowledge' };

test('what repeats over the runs of a conversation, and what only looks like it', async () => {
  const store: Store = await engine.database();
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  await publishRegistry(store, document!, 1n);
  const bodies = [
    // The first run is the first to ask; eight more bring nothing new, with small talk between; then two too many.
    ...conversation('circle', [...times(5, search), ...times(3, {}), ...times(6, search)]),
    ...conversation('short', times(8, search)),
    ...conversation('progress', [
      ...times(6, search),
      { ...search, result: 'an article' },
      ...times(6, search),
    ]),
    ...conversation('unknown', times(12, { ...search, silent: true })),
    // The registry lets it poll.
    ...conversation('polling', times(12, { tool: 'check_device' })),
    ...conversation('failing', [{}, ...times(5, { error: 'upstream is gone' }), {}]),
    ...conversation('failing now and then', [...times(3, { error: 'x' }), {}, ...times(3, { error: 'x' })]),
  ];
  await run(store, memorySource(records(random.shuffle(bodies)), { sizes: [9] }));
  const found = await store.query(
    `SELECT conversation_id, agent, pattern, subject, toUInt32(l.runs) AS runs, toUInt32(l.wasted_calls) AS wasted,
       toFloat64(wasted_cost) AS cost, toUnixTimestamp64Milli(detected_at) AS detected,
       toUnixTimestamp64Milli(ended_at) AS ended
     FROM ${store.database}.conversation_loops AS l ORDER BY conversation_id`,
  );
  const at = (turn: number): string => String(START + turn * MINUTE + 1000);
  expect(found).toEqual([
    {
      conversation_id: 'circle',
      agent: AGENT,
      pattern: 'no_progress',
      subject: 'search_knowledge',
      runs: 10,
      wasted: 6,
      cost: expect.closeTo(3 * CHAT, 9),
      detected: at(11),
      ended: at(13),
    },
    {
      conversation_id: 'failing',
      agent: AGENT,
      pattern: 'retry_storm',
      subject: '',
      runs: 5,
      wasted: 2,
      cost: expect.closeTo(2 * CHAT, 9),
      detected: at(4),
      ended: at(5),
    },
  ]);
});
