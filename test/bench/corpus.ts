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
}

export const BYTES_PER_SPAN = 829;

const MODELS = [
  'gpt-4o-2024-08-06',
  'gpt-4.1-mini-2025-04-14',
  'claude-sonnet-4-20250514',
  'gemini-2.5-flash',
];
const PROVIDERS = ['openai', 'openai', 'anthropic', 'gcp.gemini'];
const TOOLS = [
  'lookup_booking',
  'search_direct_flight',
  'issue_refund',
  'get_user_details',
  'calculate',
  'send_email',
];
const AGENTS = ['customer-support', 'expense-reimbursement', 'invoice-matching', 'it-helpdesk'];

export function* corpus(options: CorpusOptions): Generator<Buffer> {
  const perRequest = options.spansPerRequest ?? 100;
  const perRun = options.spansPerRun ?? 10;
  const random = seeded(options.seed ?? 1);
  let at = options.start ?? 1_795_000_000_000_000_000n;
  let made = 0;
  let run: Buffer[] = [];
  while (made < options.spans) {
    const batch: Buffer[] = [];
    const agent = AGENTS[Math.floor(random() * AGENTS.length)]!;
    while (batch.length < perRequest && made < options.spans) {
      if (run.length === 0) {
        run = makeRun(random, agent, at, perRun, options);
        at += 1_000_000n * BigInt(1 + Math.floor(random() * 50));
      }
      batch.push(run.shift()!);
      made++;
    }
    yield request(agent, batch);
  }
}

function makeRun(
  random: () => number,
  agent: string,
  start: bigint,
  spans: number,
  options: CorpusOptions,
): Buffer[] {
  const traceId = bytes(random, 16);
  const root = bytes(random, 8);
  const out: Buffer[] = [];
  let at = start;
  const pick = Math.floor(random() * MODELS.length);
  const children = options.open ? spans : spans - 1;
  for (let i = 0; i < children; i++) {
    const end = at + BigInt(Math.floor(random() * 900_000_000) + 1_000_000);
    const tenth = i % 10;
    if (tenth === 8) out.push(step(random, traceId, root, at, end));
    else if (i % 2 === 0) out.push(modelCall(random, traceId, root, at, end, pick, options.content ?? false));
    else out.push(toolCall(random, traceId, root, at, end, options.content ?? false));
    at = end;
  }
  if (!options.open) out.push(rootSpan(random, traceId, root, agent, start, at));
  return out;
}

function modelCall(
  random: () => number,
  traceId: Buffer,
  parent: Buffer,
  start: bigint,
  end: bigint,
  pick: number,
  content: boolean,
): Buffer {
  const input = 500 + Math.floor(random() * 8000);
  return span(traceId, bytes(random, 8), parent, `chat ${MODELS[pick]}`, 3, start, end, [
    text('gen_ai.operation.name', 'chat'),
    text('gen_ai.provider.name', PROVIDERS[pick]!),
    text('gen_ai.request.model', MODELS[pick]!),
    text('gen_ai.response.model', MODELS[pick]!),
    text('gen_ai.response.id', `chatcmpl-${bytes(random, 12).toString('hex')}`),
    keyValue(
      'gen_ai.response.finish_reasons',
      lengthDelimited(5, lengthDelimited(1, lengthDelimited(1, 'tool_calls'))),
    ),
    int('gen_ai.usage.input_tokens', input),
    int('gen_ai.usage.cache_read.input_tokens', Math.floor(input * random() * 0.8)),
    int('gen_ai.usage.output_tokens', 20 + Math.floor(random() * 600)),
    int('gen_ai.request.max_tokens', 4096),
    double('gen_ai.request.temperature', 0.2),
    text('server.address', 'api.models.example.com'),
    int('server.port', 443),
    text('gen_ai.output.messages', message(random, content ? 4000 : 90)),
  ]);
}

function toolCall(
  random: () => number,
  traceId: Buffer,
  parent: Buffer,
  start: bigint,
  end: bigint,
  content: boolean,
): Buffer {
  const tool = TOOLS[Math.floor(random() * TOOLS.length)]!;
  return span(traceId, bytes(random, 8), parent, `execute_tool ${tool}`, 1, start, end, [
    text('gen_ai.operation.name', 'execute_tool'),
    text('gen_ai.tool.name', tool),
    text('gen_ai.tool.type', 'function'),
    text('gen_ai.tool.call.id', `call_${bytes(random, 12).toString('hex')}`),
    text(
      'gen_ai.tool.description',
      'Looks a record up by its id and returns all of its fields as they stand.',
    ),
    text(
      'gen_ai.tool.call.arguments',
      `{"id":"${bytes(random, 6).toString('hex')}","limit":${Math.floor(random() * 100)}}`,
    ),
    text('gen_ai.tool.call.result', filler(random, content ? 4000 : 310)),
    text('code.function.name', 'agents.tools.invoke'),
    text('thread.name', 'worker-3'),
  ]);
}

function step(random: () => number, traceId: Buffer, parent: Buffer, start: bigint, end: bigint): Buffer {
  return span(traceId, bytes(random, 8), parent, 'plan itinerary', 1, start, end, [
    text('gen_ai.operation.name', 'plan'),
    text('gen_ai.agent.name', 'planner'),
    text('notes', filler(random, 560)),
  ]);
}

function rootSpan(
  random: () => number,
  traceId: Buffer,
  spanId: Buffer,
  agent: string,
  start: bigint,
  end: bigint,
): Buffer {
  return span(traceId, spanId, null, `invoke_agent ${agent}`, 1, start, end, [
    text('gen_ai.operation.name', 'invoke_agent'),
    text('gen_ai.agent.name', agent),
    text('gen_ai.conversation.id', `conv-${bytes(random, 8).toString('hex')}`),
    text('user.id', `u-${Math.floor(random() * 500)}`),
    text('agentops.department', ['finance', 'customer-care', 'it', 'marketing'][Math.floor(random() * 4)]!),
    text('agentops.task.type', 'request'),
    text('agentops.task.outcome', random() < 0.8 ? 'success' : 'failure'),
    text('gen_ai.agent.description', filler(random, 320)),
  ]);
}

function message(random: () => number, size: number): string {
  return JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: words(random, size) }] }]);
}

function filler(random: () => number, size: number): string {
  return JSON.stringify({ status: 'ok', text: words(random, size - 25) });
}

const WORDS =
  'the booking was found and its fare rules allow one free change before departure at no extra charge'.split(
    ' ',
  );

function words(random: () => number, size: number): string {
  let out = '';
  while (out.length < size) out += `${WORDS[Math.floor(random() * WORDS.length)]} `;
  return out.slice(0, size);
}

function request(service: string, spans: Buffer[]): Buffer {
  const resource = lengthDelimited(
    1,
    Buffer.concat([
      lengthDelimited(1, text('service.name', service)),
      lengthDelimited(1, text('service.version', '1.4.2')),
      lengthDelimited(1, text('deployment.environment.name', 'production')),
    ]),
  );
  const scope = lengthDelimited(1, Buffer.concat([lengthDelimited(1, 'bench'), lengthDelimited(2, '1.0.0')]));
  const scopeSpans = lengthDelimited(
    2,
    Buffer.concat([scope, ...spans.map((bytes) => lengthDelimited(2, bytes))]),
  );
  return lengthDelimited(1, Buffer.concat([resource, scopeSpans]));
}

function span(
  traceId: Buffer,
  spanId: Buffer,
  parent: Buffer | null,
  name: string,
  kind: number,
  start: bigint,
  end: bigint,
  attributes: Buffer[],
): Buffer {
  return Buffer.concat([
    lengthDelimited(1, traceId),
    lengthDelimited(2, spanId),
    ...(parent === null ? [] : [lengthDelimited(4, parent)]),
    lengthDelimited(5, name),
    Buffer.from([0x30, kind]),
    fixed64(7, start),
    fixed64(8, end),
    ...attributes.map((attribute) => lengthDelimited(9, attribute)),
    lengthDelimited(15, Buffer.alloc(0)),
  ]);
}

function text(key: string, value: string): Buffer {
  return keyValue(key, lengthDelimited(1, value));
}

function int(key: string, value: number): Buffer {
  return keyValue(key, Buffer.concat([Buffer.from([0x18]), varint(value)]));
}

function double(key: string, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x21;
  bytes.writeDoubleLE(value, 1);
  return keyValue(key, bytes);
}

function keyValue(key: string, value: Buffer): Buffer {
  return Buffer.concat([lengthDelimited(1, key), lengthDelimited(2, value)]);
}

function lengthDelimited(field: number, body: Buffer | string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function fixed64(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = field * 8 + 1;
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

function bytes(random: () => number, size: number): Buffer {
  const out = Buffer.alloc(size);
  for (let i = 0; i < size; i++) out[i] = Math.floor(random() * 256);
  if (out[0] === 0) out[0] = 1;
  return out;
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
