import { type Chance, chance } from '../tools/otlp.ts';
import { createWriter } from '../tools/otlp-writer.ts';
import { type Attributes, type SpanSpec, traceBody } from '../tools/spans.ts';

/**
 * The one corpus of every benchmark: OTLP requests of 100 spans in runs of ten (one agent invocation, its root last;
 * 40 % model calls, 40 % tool calls), 829 bytes a span on average; with `content`, messages and results of about 4 KB.
 * Seeded: two corpora with the same options are equal byte for byte.
 */
export interface CorpusOptions {
  readonly spans: number;
  readonly seed?: number;
  /** Nanoseconds since the epoch of the first run. */
  readonly start?: bigint;
  readonly content?: boolean;
  readonly spansPerRequest?: number;
  /** Leave roots out: every run stays open. */
  readonly open?: boolean;
  readonly spansPerRun?: number;
  /** Only this half of every run. */
  readonly half?: 'first' | 'second';
}

export const BYTES_PER_SPAN = 829;

const MODELS = [
  { provider: 'openai', model: 'gpt-4o-2024-08-06' },
  { provider: 'openai', model: 'gpt-4.1-mini-2025-04-14' },
  { provider: 'anthropic', model: 'claude-sonnet-4-20250514' },
  { provider: 'gcp.gemini', model: 'gemini-2.5-flash' },
] as const;
const TOOLS = [
  'lookup_booking',
  'search_direct_flight',
  'issue_refund',
  'get_user_details',
  'calculate',
  'send_email',
];
const AGENTS = ['customer-support', 'expense-reimbursement', 'invoice-matching', 'it-helpdesk'];
const DEPARTMENTS = ['finance', 'customer-care', 'it', 'marketing'];

/** Lengths of the texts of one span: what is usual without content, and about 4 KB with it. */
const LENGTHS = {
  bare: { message: 120, result: 340 },
  content: { message: 4000, result: 4000 },
} as const;

/** What all spans of one corpus draw from. */
interface Source {
  readonly random: Chance;
  readonly prose: string;
  readonly lengths: (typeof LENGTHS)[keyof typeof LENGTHS];
}

interface Run {
  readonly traceId: Uint8Array;
  readonly root: Uint8Array;
  readonly agent: string;
  readonly model: (typeof MODELS)[number];
}

export function* corpus(options: CorpusOptions): Generator<Buffer> {
  const perRequest = options.spansPerRequest ?? 100;
  const random = chance(options.seed ?? 1);
  const source: Source = {
    random,
    prose: makeProse(random),
    lengths: options.content ? LENGTHS.content : LENGTHS.bare,
  };
  const w = createWriter(perRequest * 1024);
  let at = options.start ?? 1_795_000_000_000_000_000n;
  let run: SpanSpec[] = [];
  let taken = 0;
  for (let made = 0; made < options.spans; ) {
    const agent = pick(random, AGENTS);
    const items: SpanSpec[] = [];
    while (items.length < perRequest && made < options.spans) {
      if (taken === run.length) {
        run = halfOf(makeRun(source, agent, at, options), options.half);
        taken = 0;
        at += 1_000_000n * BigInt(1 + random.int(50));
      }
      items.push(run[taken++]!);
      made++;
    }
    yield traceBody([{ resource: resourceOf(agent), scope: { name: 'bench', version: '1.0.0' }, items }], w);
  }
}

function halfOf(run: SpanSpec[], half: CorpusOptions['half']): SpanSpec[] {
  if (half === undefined) return run;
  return half === 'first' ? run.slice(0, run.length / 2) : run.slice(run.length / 2);
}

function resourceOf(agent: string): Attributes {
  return {
    'service.name': agent,
    'service.version': '1.4.2',
    'deployment.environment.name': 'production',
  };
}

function makeRun(source: Source, agent: string, start: bigint, options: CorpusOptions): SpanSpec[] {
  const { random } = source;
  const run: Run = {
    traceId: someBytes(random, 16),
    root: someBytes(random, 8),
    agent,
    model: pick(random, MODELS),
  };
  const out: SpanSpec[] = [];
  const spans = options.spansPerRun ?? 10;
  let at = start;
  for (let i = 0; i < (options.open ? spans : spans - 1); i++) {
    const end = at + BigInt(1_000_000 + random.int(900_000_000));
    const make = i % 10 === 8 ? plan : i % 2 === 0 ? modelCall : toolCall;
    out.push(make(source, run, at, end));
    at = end;
  }
  if (!options.open) out.push(rootSpan(source, run, start, at));
  return out;
}

function modelCall(source: Source, run: Run, start: bigint, end: bigint): SpanSpec {
  const { random, lengths } = source;
  const { provider, model } = run.model;
  const input = 500 + random.int(8000);
  return child(random, run, `chat ${model}`, 3, start, end, {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.response.model': model,
    'gen_ai.response.id': `chatcmpl-${someHex(random, 12)}`,
    'gen_ai.response.finish_reasons': ['tool_calls'],
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.cache_read.input_tokens': Math.floor(input * random.next() * 0.8),
    'gen_ai.usage.output_tokens': 20 + random.int(600),
    'gen_ai.request.max_tokens': 4096,
    'gen_ai.request.temperature': 0.2,
    'server.address': 'api.models.example.com',
    'server.port': 443,
    'gen_ai.output.messages': `[{"role":"assistant","parts":[{"type":"text","content":"${words(source, lengths.message)}"}]}]`,
  });
}

function toolCall(source: Source, run: Run, start: bigint, end: bigint): SpanSpec {
  const { random, lengths } = source;
  const tool = pick(random, TOOLS);
  return child(random, run, `execute_tool ${tool}`, 1, start, end, {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool,
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.id': `call_${someHex(random, 12)}`,
    'gen_ai.tool.description': 'Looks a record up by its id and returns all of its fields as they stand.',
    'gen_ai.tool.call.arguments': `{"id":"${someHex(random, 6)}","limit":${random.int(100)}}`,
    'gen_ai.tool.call.result': record(source, lengths.result),
    'code.function.name': 'agents.tools.invoke',
    'thread.name': 'worker-3',
  });
}

function plan(source: Source, run: Run, start: bigint, end: bigint): SpanSpec {
  return child(source.random, run, 'plan itinerary', 1, start, end, {
    'gen_ai.operation.name': 'plan',
    'gen_ai.agent.name': 'planner',
    notes: record(source, 580),
  });
}

function rootSpan(source: Source, run: Run, start: bigint, end: bigint): SpanSpec {
  const { random } = source;
  return {
    traceId: run.traceId,
    spanId: run.root,
    name: `invoke_agent ${run.agent}`,
    start,
    end,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': run.agent,
      'gen_ai.conversation.id': `conv-${someHex(random, 8)}`,
      'user.id': `u-${random.int(500)}`,
      'agentops.department': pick(random, DEPARTMENTS),
      'agentops.task.type': 'request',
      'agentops.task.outcome': random.next() < 0.8 ? 'success' : 'failure',
      'gen_ai.agent.description': record(source, 340),
    },
  };
}

function child(
  random: Chance,
  run: Run,
  name: string,
  kind: number,
  start: bigint,
  end: bigint,
  attributes: Attributes,
): SpanSpec {
  return {
    traceId: run.traceId,
    spanId: someBytes(random, 8),
    parent: run.root,
    name,
    kind,
    start,
    end,
    attributes,
  };
}

const WORDS =
  'the booking was found and its fare rules allow one free change before departure at no extra charge'.split(
    ' ',
  );
const PROSE_LENGTH = 1 << 16;

/** Words in random order, of which every text is a piece. */
function makeProse(random: Chance): string {
  const out: string[] = [];
  for (let length = 0; length < PROSE_LENGTH; length += out.at(-1)!.length + 1) out.push(pick(random, WORDS));
  return out.join(' ');
}

function words({ random, prose }: Source, length: number): string {
  const at = random.int(PROSE_LENGTH - length);
  return prose.slice(at, at + length);
}

/** JSON of `length` characters, as a tool returns it. */
function record(source: Source, length: number): string {
  return `{"status":"ok","text":"${words(source, length - 25)}"}`;
}

function pick<T>(random: Chance, list: readonly T[]): T {
  return list[random.int(list.length)]!;
}

function someBytes(random: Chance, size: number): Uint8Array {
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i += 4) {
    const word = random.int(2 ** 32);
    for (let j = 0; j < 4; j++) out[i + j] = word >>> (8 * j);
  }
  // An id of zeros would be none.
  out[0] ||= 1;
  return out;
}

function someHex(random: Chance, bytes: number): string {
  return Buffer.from(someBytes(random, bytes)).toString('hex');
}
