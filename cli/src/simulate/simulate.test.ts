import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { FLEET, type SimulatedFleet, simulate } from './index.ts';

const FROM = new Date('2026-10-01T00:00:00Z');
const TO = new Date('2026-10-15T05:00:00Z');

interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly start: number;
  readonly end: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

type Attributes = { key: string; value: Record<string, unknown> }[];

interface Request {
  resourceSpans: {
    resource: { attributes: Attributes };
    scopeSpans: { spans: WireSpan[] }[];
  }[];
}

interface WireSpan {
  name: string;
  traceId: string;
  spanId: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code?: number };
  attributes: Attributes;
}

/** OTLP/JSON requests as plain spans; independent of the code that made them. */
function read(requests: readonly string[]): Span[] {
  return requests
    .flatMap((request) => (JSON.parse(request) as Request).resourceSpans)
    .flatMap(({ resource, scopeSpans }) => {
      const service = String(plain(resource.attributes)['service.name']);
      return scopeSpans.flatMap((scope) => scope.spans.map((span) => readSpan(service, span)));
    });
}

function readSpan(service: string, span: WireSpan): Span {
  const { name, traceId, spanId } = span;
  return {
    service,
    name,
    traceId,
    spanId,
    start: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
    end: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
    failed: span.status.code === 2,
    attributes: plain(span.attributes),
  };
}

function plain(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

async function record(seed: number, from = FROM, to = TO) {
  const lines: string[] = [];
  const fleet = await simulate({ seed, from, to, write: (line) => void lines.push(line) });
  return { lines, fleet };
}

let lines: string[];
let fleet: SimulatedFleet;
let spans: Span[];

beforeAll(async () => {
  ({ lines, fleet } = await record(7));
  spans = read(lines);
});

test('two runs with one seed are equal to the byte; another seed is another fleet', async () => {
  const day = new Date('2026-10-02T12:00:00Z');
  const [one, two, other] = [
    await record(7, FROM, day),
    await record(7, FROM, day),
    await record(8, FROM, day),
  ];
  expect(one.lines.length).toBeGreaterThan(10);
  expect(two).toEqual(one);
  expect(other.lines).not.toEqual(one.lines);
});

test('the truth is what was sent', () => {
  const is = (span: Span, operation: string) => span.attributes['gen_ai.operation.name'] === operation;
  const sum = (of: Span[], key: string) =>
    of.reduce((total, span) => total + Number(span.attributes[`gen_ai.usage.${key}`] ?? 0), 0);
  for (const [agent, truth] of Object.entries(fleet.agents)) {
    const own = spans.filter((span) => span.service === serviceOf(agent));
    const models = own.filter((span) => is(span, 'chat'));
    const tools = own.filter((span) => is(span, 'execute_tool'));
    const cached = sum(models, 'cache_read.input_tokens');
    const written = sum(models, 'cache_write.input_tokens');
    const decided = own.filter((span) => span.attributes['agentops.approval.event'] === 'decided');
    const runs = own.filter((span) => is(span, 'invoke_agent'));
    expect({
      agent,
      spans: own.length,
      subRuns: runs.filter((span) => span.attributes['gen_ai.agent.name'] !== agent).length,
      modelCalls: models.length,
      modelErrors: models.filter((span) => span.failed).length,
      toolCalls: tools.length,
      toolErrors: tools.filter((span) => span.failed).length,
      inputTokens: sum(models, 'input_tokens') - cached - written,
      cachedInputTokens: cached,
      cacheWriteTokens: written,
      outputTokens: sum(models, 'output_tokens'),
      reasoningTokens: sum(models, 'reasoning.output_tokens'),
      handoffs: own.filter((span) => span.name.startsWith('handoff ')).length,
      escalations: own.filter((span) => span.name.startsWith('escalation ')).length,
      approvals: own.filter((span) => span.attributes['agentops.approval.event'] === 'requested').length,
      decided: decided.length,
    }).toEqual({
      agent,
      spans: truth.spans,
      subRuns: truth.subRuns,
      modelCalls: truth.modelCalls,
      modelErrors: truth.modelErrors,
      toolCalls: truth.toolCalls,
      toolErrors: truth.toolErrors,
      inputTokens: truth.inputTokens,
      cachedInputTokens: truth.cachedInputTokens,
      cacheWriteTokens: truth.cacheWriteTokens,
      outputTokens: truth.outputTokens,
      reasoningTokens: truth.reasoningTokens,
      handoffs: truth.handoffs,
      escalations: truth.escalations,
      approvals: truth.approvals,
      decided: truth.approvals - (truth.approvalDecisions['pending'] ?? 0),
    });
  }
  expect(fleet.spans).toBe(spans.length);
});

test('the outcomes of the truth are those of the strongest verdicts sent', () => {
  for (const [agent, truth] of Object.entries(fleet.agents)) {
    const verdicts = new Map<unknown, Span>();
    for (const span of spans.filter((span) => span.service === serviceOf(agent))) {
      if (span.attributes['agentops.task.outcome'] === undefined) continue;
      const id = span.attributes['agentops.task.id'];
      if (verdicts.get(id)?.attributes['agentops.task.outcome.source'] !== 'human') verdicts.set(id, span);
    }
    const outcomes: Record<string, number> = {};
    for (const { attributes } of verdicts.values()) {
      const outcome = String(attributes['agentops.task.outcome']);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    const { unknown = 0, open = 0, ...known } = truth.outcomes;
    expect({ agent, ...outcomes }).toEqual({ agent, ...known });
    expect(verdicts.size + unknown + open).toBe(truth.tasks);
    expect(Object.values(truth.tasksByDepartment).reduce((a, b) => a + b)).toBe(truth.tasks);
  }
});

test('ids are unique, and nothing happens outside of the simulated time', () => {
  expect(new Set(spans.map((span) => span.traceId + span.spanId)).size).toBe(spans.length);
  expect(Math.min(...spans.map((span) => span.start))).toBeGreaterThanOrEqual(FROM.getTime());
  expect(Math.max(...spans.map((span) => span.end))).toBeLessThan(TO.getTime());
});

test('office agents begin their tasks from Monday to Friday, 9 to 18 in Tokyo', () => {
  const begun = new Map<unknown, number>();
  for (const span of spans.filter((span) => span.service === 'invoice-matching')) {
    const id = span.attributes['agentops.task.id'];
    begun.set(id, Math.min(begun.get(id) ?? Number.POSITIVE_INFINITY, span.start));
  }
  expect(begun.size).toBeGreaterThan(300);
  for (const time of begun.values()) {
    const tokyo = new Date(time + 9 * 3_600_000);
    expect([1, 2, 3, 4, 5]).toContain(tokyo.getUTCDay());
    expect(tokyo.getUTCHours()).toBeGreaterThanOrEqual(9);
    expect(tokyo.getUTCHours()).toBeLessThan(18);
  }
});

test('two weeks have everything that goes wrong', () => {
  const total = (of: (truth: SimulatedFleet['agents'][string]) => number | undefined) =>
    Object.values(fleet.agents).reduce((sum, truth) => sum + (of(truth) ?? 0), 0);
  const seen = {
    patterns: ['same-call', 'cycle', 'retry-storm', 'ping-pong'].map((pattern) =>
      total((truth) => truth.loopsByPattern[pattern as 'cycle']),
    ),
    decisions: ['approved', 'edited', 'rejected', 'expired', 'pending'].map((decision) =>
      total((truth) => truth.approvalDecisions[decision]),
    ),
    outcomes: ['success', 'failure', 'escalated', 'unknown', 'open'].map((name) =>
      total((truth) => truth.outcomes[name]),
    ),
    late: [total((truth) => truth.approvalsLate)],
    forgotten: [total((truth) => truth.approvalsForgotten)],
    overspent: [total((truth) => truth.overspent)],
    modelErrors: [total((truth) => truth.modelErrors)],
    resumed: [total((truth) => truth.runs - truth.tasks)],
    unregistered: [fleet.agents['lead-scraper']?.tasks ?? 0],
    retired: [fleet.agents['faq-bot']?.tasks ?? 0],
  };
  for (const [what, counts] of Object.entries(seen)) {
    for (const count of counts) expect(count, what).toBeGreaterThan(0);
  }
});

test('changes hold for the tasks that begin in them, and for no others', async () => {
  const agent = 'invoice-matching';
  const fleet = FLEET.filter((profile) => profile.agent === agent);
  // Thursday and Friday, from 9 to 18 in Tokyo.
  const [from, until] = [Date.UTC(2026, 9, 2), Date.UTC(2026, 9, 2, 9)];
  const change = {
    agent,
    from,
    to: until,
    profile: { traffic: 3, success: 0, model: 'gpt-9', escalates: 0 },
  };
  const told: string[] = [];
  const { agents } = await simulate({
    seed: 4,
    from: FROM,
    to: new Date('2026-10-03T00:00:00Z'),
    fleet,
    changes: [change],
    write: (line) => void told.push(line),
  });
  const calls = read(told).filter(({ name }) => name.startsWith('chat'));
  const isIn = ({ start }: Span): boolean => start >= from && start < until;
  expect(calls.filter(isIn).length).toBeGreaterThan(2 * calls.filter((call) => !isIn(call)).length);
  for (const call of calls.filter(({ start }) => start < from))
    expect(call.attributes['gen_ai.request.model']).not.toBe('gpt-9');
  const first = calls.find(isIn)!;
  expect(first.attributes['gen_ai.request.model']).toBe('gpt-9');
  expect(agents[agent]!.outcomes['failure']).toBeGreaterThan(agents[agent]!.outcomes['success']!);
});

test('a receiver under pressure gets everything, each span once', async () => {
  const received: string[] = [];
  // Longer than the SDK's exporter is willing to try.
  const answers = [200, 429, ...Array.from({ length: 8 }, () => 503)];
  const receiver = await listen((body, token) => {
    if (token !== 'Bearer s3cret') return 401;
    const answer = answers.shift() ?? 200;
    if (answer === 200) received.push(body);
    return answer;
  });
  const day = new Date('2026-10-02T03:00:00Z');
  const sent = await simulate({ seed: 3, from: FROM, to: day, endpoint: receiver.endpoint, token: 's3cret' });
  receiver.server.close();
  expect(answers).toEqual([]);
  const ids = read(received).map((span) => span.spanId);
  expect(ids.length).toBe(sent.spans);
  expect(new Set(ids).size).toBe(sent.spans);
});

test('a receiver that refuses is an error', async () => {
  const receiver = await listen(() => 401);
  const day = new Date('2026-10-01T03:00:00Z');
  const refused = simulate({ seed: 3, from: FROM, to: day, endpoint: receiver.endpoint });
  await expect(refused).rejects.toThrow(/^\d+ spans could not be sent to http:/);
  receiver.server.close();
});

function serviceOf(agent: string): string {
  return agent === 'lead-scraper' ? 'sales-notebook' : agent;
}

async function listen(
  answer: (body: string, token: string | undefined) => number,
): Promise<{ server: Server; endpoint: string }> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const status = answer(Buffer.concat(parts).toString(), request.headers.authorization);
    response.writeHead(status, { 'retry-after': '0' }).end('{}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
