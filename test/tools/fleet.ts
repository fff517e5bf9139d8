import { type Chance, type JsonSpan, span, traceRequest } from './otlp.ts';

const START = 1_795_000_000_000;

/** A trace of its own, as a list of spans with their resource's service. */
export interface FleetSpan {
  readonly service: string;
  readonly span: JsonSpan;
}

/**
 * Traces with everything that makes folding hard: late and missing roots, nested agents, wrappers that repeat usage,
 * orphans, cycles, foreign spans between ours, tasks over several traces, approvals that resume elsewhere, conflicts.
 */
export function makeFleet(random: Chance, count: number): FleetSpan[] {
  return Array.from({ length: count }, (_, i) =>
    SHAPES[i % SHAPES.length]!(random, START + i * 60_000, i),
  ).flat();
}

/** No span of an agent: ordinary web services between ours. */
export function isForeign(item: FleetSpan): boolean {
  return !item.span.attributes.some(({ key }) => key.startsWith('gen_ai.') || key.startsWith('agentops.'));
}

/** Spans in order, cut into requests of at most `size`, each of one service. */
export function requests(items: readonly FleetSpan[], random: Chance, size: number): object[] {
  const out: object[] = [];
  let open: FleetSpan[] = [];
  let limit = 1 + random.int(size);
  const close = (): void => {
    const [first] = open;
    if (first === undefined) return;
    const resource = { 'service.name': first.service, 'deployment.environment.name': 'production' };
    out.push(
      traceRequest(
        resource,
        open.map((item) => item.span),
      ),
    );
    open = [];
    limit = 1 + random.int(size);
  };
  for (const item of items) {
    if (open.length >= limit || (open.length > 0 && open[0]!.service !== item.service)) close();
    open.push(item);
  }
  close();
  return out;
}

type Shape = (random: Chance, at: number, index: number) => FleetSpan[];

const OURS = 'support';

function builder(random: Chance, service = OURS): { traceId: string; out: FleetSpan[]; add: Add } {
  const traceId = random.hex(16);
  const out: FleetSpan[] = [];
  const add: Add = (name, start, end, attributes, parent, options = {}) => {
    const spanId = options.spanId ?? random.hex(8);
    out.push({
      service: options.service ?? service,
      span: span({
        traceId,
        spanId,
        name,
        start,
        end,
        attributes,
        ...(parent !== undefined && { parent }),
        ...(options.error !== undefined && { error: options.error }),
      }),
    });
    return spanId;
  };
  return { traceId, out, add };
}

type Add = (
  name: string,
  start: number,
  end: number,
  attributes: Readonly<Record<string, string | number | boolean>>,
  parent?: string,
  options?: { spanId?: string; service?: string; error?: string },
) => string;

const chat = (random: Chance, id = `resp-${random.hex(6)}`) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': 'gpt-4o-2024-08-06',
  'gen_ai.response.id': id,
  'gen_ai.usage.input_tokens': 100 + random.int(900),
  'gen_ai.usage.cache_read.input_tokens': random.int(100),
  'gen_ai.usage.output_tokens': 1 + random.int(300),
});

const tool = (random: Chance, name = ['lookup', 'refund', 'mail'][random.int(3)]!) => ({
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': name,
  'gen_ai.tool.call.id': `call-${random.hex(6)}`,
  'gen_ai.tool.call.arguments': JSON.stringify({ id: random.hex(3) }),
});

const agent = (name: string, more: Record<string, string> = {}) => ({
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.agent.name': name,
  ...more,
});

/** The same question, the same answer. */
const vainCall = (random: Chance, id: string) => ({
  ...tool(random, 'lookup'),
  'gen_ai.tool.call.arguments': JSON.stringify({ id }),
  'gen_ai.tool.call.result': JSON.stringify({ found: false }),
});

const SHAPES: readonly Shape[] = [
  // A plain run with a verdict.
  (random, at, index) => {
    const { out, add } = builder(random);
    const root = add(
      'invoke_agent support',
      at,
      at + 5000,
      agent('support', {
        'user.id': `u-${index % 5}`,
        'agentops.department': ['care', 'sales', 'it'][index % 3]!,
        'agentops.task.outcome': index % 4 === 0 ? 'failure' : 'success',
        'gen_ai.conversation.id': `c-${index}`,
      }),
    );
    for (let i = 0; i < 3; i++) {
      add('chat gpt-4o', at + i * 1000, at + i * 1000 + 400, chat(random), root);
      add(
        'execute_tool x',
        at + i * 1000 + 400,
        at + i * 1000 + 900,
        tool(random),
        root,
        i === 1 ? { error: 'timeout' } : {},
      );
    }
    return out;
  },
  // The root never comes.
  (random, at) => {
    const { out, add } = builder(random);
    const lost = random.hex(8);
    add('chat gpt-4o', at, at + 300, chat(random), lost);
    add('execute_tool x', at + 300, at + 600, tool(random), lost);
    return out;
  },
  // A sub-agent, and wrappers that repeat the usage of what they wrap.
  (random, at) => {
    const { out, add } = builder(random);
    const root = add('invoke_agent planner', at, at + 9000, {
      ...agent('planner'),
      'gen_ai.usage.input_tokens': 5000,
      'gen_ai.usage.output_tokens': 500,
    });
    const outer = add('chat gpt-4o', at, at + 1000, chat(random), root);
    add('chat gpt-4o', at + 10, at + 990, chat(random), outer);
    const delegate = add('execute_tool ask', at + 1000, at + 8000, tool(random, 'ask_researcher'), root);
    const sub = add('invoke_agent researcher', at + 1010, at + 7990, agent('researcher'), delegate);
    add('chat gpt-4o', at + 1100, at + 2000, chat(random), sub);
    add('execute_tool x', at + 2000, at + 2500, tool(random), sub);
    return out;
  },
  // An agent that reports a sum only.
  (random, at) => {
    const { out, add } = builder(random);
    add('invoke_agent summarizer', at, at + 900, {
      ...agent('summarizer'),
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 700,
      'gen_ai.usage.output_tokens': 70,
    });
    return out;
  },
  // Our agent between spans of ordinary web services, which keep the tree whole.
  (random, at) => {
    const { out, add } = builder(random);
    const web = { 'http.request.method': 'GET' };
    const root = add('invoke_agent gateway', at, at + 5000, agent('gateway'));
    const client = add('GET /agents', at + 100, at + 4900, web, root, { service: 'mesh' });
    const server = add('GET /agents', at + 200, at + 4800, web, client, { service: 'backend' });
    const inner = add('invoke_agent specialist', at + 300, at + 4700, agent('specialist'), server);
    add('chat gpt-4o', at + 400, at + 900, chat(random), inner);
    for (let i = 0; i < 3; i++)
      add('SELECT', at + 500 + i, at + 510 + i, { 'db.system': 'postgresql' }, inner, { service: 'db' });
    return out;
  },
  // Parents in a circle.
  (random, at) => {
    const { out, add } = builder(random);
    const [a, b] = [random.hex(8), random.hex(8)];
    add('chat gpt-4o', at, at + 100, chat(random), b, { spanId: a });
    add('execute_tool x', at + 100, at + 200, tool(random), a, { spanId: b });
    return out;
  },
  // A run that waits for approval, and its continuation in another trace.
  (random, at, index) => {
    const conversation = { 'gen_ai.conversation.id': `wait-${index}` };
    const first = builder(random);
    const root = first.add('invoke_agent payer', at, at + 1000, agent('payer', conversation));
    first.add('chat gpt-4o', at, at + 500, chat(random), root);
    first.add(
      'approval requested pay',
      at + 600,
      at + 600,
      {
        'agentops.approval.event': 'requested',
        'agentops.approval.id': `ap-${index}`,
        'agentops.approval.rule': 'threshold',
        'agentops.tool.amount': '120000',
        'agentops.tool.currency': 'JPY',
        'gen_ai.tool.name': 'pay',
      },
      root,
    );
    const second = builder(random);
    const resumed = second.add(
      'invoke_agent payer',
      at + 20_000,
      at + 25_000,
      agent('payer', { ...conversation, 'agentops.task.outcome': 'success' }),
    );
    second.add(
      'approval approved',
      at + 20_000,
      at + 20_000,
      {
        'agentops.approval.event': 'decided',
        'agentops.approval.id': `ap-${index}`,
        'agentops.approval.decision': 'approved',
        'agentops.approval.reviewer': 'hana',
      },
      resumed,
    );
    second.add(
      'execute_tool pay',
      at + 21_000,
      at + 22_000,
      { ...tool(random, 'pay'), 'agentops.tool.amount': '120000', 'agentops.tool.currency': 'JPY' },
      resumed,
    );
    return [...first.out, ...second.out];
  },
  // A task over two traces, told by its id; the same response recorded by two instrumentations in two traces.
  (random, at, index) => {
    const task = { 'agentops.task.id': `task-${index}`, 'agentops.task.type': 'batch' };
    const id = `resp-${random.hex(6)}`;
    const first = builder(random);
    const root = first.add('invoke_agent batch', at, at + 1000, agent('batch', task));
    first.add('chat gpt-4o', at, at + 500, { ...chat(random, id) }, root);
    const second = builder(random);
    second.add('chat gpt-4o', at + 1, at + 499, { ...chat(random, id) });
    const third = builder(random);
    third.add(
      'invoke_agent batch',
      at + 5000,
      at + 6000,
      agent('batch', {
        ...task,
        'agentops.task.outcome': 'success',
        'agentops.task.outcome.source': 'human',
      }),
    );
    return [...first.out, ...second.out, ...third.out];
  },
  // The same ids with other contents.
  (random, at) => {
    const { out, add } = builder(random);
    const root = add('invoke_agent twice', at, at + 2000, agent('twice'));
    const call = chat(random);
    const id = add('chat gpt-4o', at, at + 500, call, root);
    add('chat gpt-4o', at, at + 700, { ...call, 'gen_ai.usage.output_tokens': 999 }, root, { spanId: id });
    return out;
  },
  // Evaluations and tool calls that only the model's output shows.
  (random, at) => {
    const { out, add } = builder(random);
    const root = add('invoke_agent quiet', at, at + 2000, agent('quiet'));
    const call = add(
      'chat gpt-4o',
      at,
      at + 500,
      {
        ...chat(random),
        'gen_ai.output.messages': JSON.stringify([
          {
            role: 'assistant',
            parts: [
              { type: 'tool_call', id: `call-${random.hex(4)}`, name: 'search', arguments: { q: 'x' } },
            ],
          },
        ]),
      },
      root,
    );
    add(
      'evaluation',
      at + 600,
      at + 600,
      { 'gen_ai.evaluation.name': 'style', 'gen_ai.evaluation.score.value': 0.5 },
      call,
    );
    return out;
  },
  // A circle; and one that only shows while the calls that break it have not come.
  (random, at) => {
    const { out, add } = builder(random);
    const root = add('invoke_agent support', at, at + 20_000, agent('support'));
    for (let i = 0; i < 5; i++) {
      const start = at + i * 1000;
      add('chat gpt-4o', start, start + 400, chat(random), root);
      add('execute_tool lookup', start + 400, start + 900, vainCall(random, 'B-1'), root);
    }
    for (let i = 5; i < 15; i++) {
      const start = at + i * 1000;
      const attributes = i % 2 === 0 ? tool(random, `step_${i}`) : vainCall(random, 'B-2');
      add('execute_tool x', start, start + 900, attributes, root);
    }
    return out;
  },
];
