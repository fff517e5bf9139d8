import { type Attributes, type Chance, type JsonSpan, span, traceRequest } from '../tools/otlp.ts';
import type { Sent } from './world.ts';

/** A task of an agent as its spans tell it. */
export interface Work {
  readonly agent: string;
  /** When it ends and is sent, ms since the epoch. */
  readonly at: number;
  readonly outcome?: 'success' | 'failure';
  readonly model?: { readonly provider: string; readonly name: string; readonly input: number };
  /** A tool is called so many times with the same arguments and the same result. */
  readonly calls?: { readonly tool: string; readonly times: number; readonly secondsApart: number };
  /** Tools that are called one after another, each for something else. */
  readonly reads?: readonly string[];
  /** A tool that moves money, and whether a person was asked before. */
  readonly pays?: { readonly tool: string; readonly yen: number; readonly isApproved: boolean };
  /** How long it takes; default 20 s, and as long as `calls` take. */
  readonly seconds?: number;
  readonly department?: string;
}

/** One trace: the run, its model call, its tool calls; what repeats is sent as it ends. */
export function work(what: Work, random: Chance): Sent[] {
  const { agent, at, outcome, model, calls, reads = [], pays, department } = what;
  const traceId = random.hex(16);
  const root = random.hex(8);
  const lasts = 1_000 * (what.seconds ?? 20 + (calls === undefined ? 0 : calls.times * calls.secondsApart));
  const start = at - lasts;
  const child = (name: string, begins: number, attributes: Attributes): JsonSpan =>
    span({
      traceId,
      spanId: random.hex(8),
      parent: root,
      name,
      start: begins,
      end: begins + 500,
      attributes,
    });
  const call = (tool: string, begins: number, attributes: Attributes): JsonSpan =>
    child(`execute_tool ${tool}`, begins, {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      ...attributes,
    });
  const repeated = Array.from({ length: calls?.times ?? 0 }, (_, i) =>
    call(calls!.tool, start + 6_000 + i * calls!.secondsApart * 1_000, {
      'gen_ai.tool.call.arguments': '{"id":"41"}',
      'gen_ai.tool.call.result': '{"found":0}',
    }),
  );
  const steps = reads.map((tool, i) =>
    call(tool, start + 2_000 + i * 1_000, {
      'gen_ai.tool.call.arguments': `{"about":"${words(random)}"}`,
      'gen_ai.tool.call.result': `{"found":"${words(random)}"}`,
    }),
  );
  if (pays !== undefined) {
    const named = {
      'gen_ai.tool.name': pays.tool,
      'agentops.tool.amount': pays.yen,
      'agentops.tool.currency': 'JPY',
    };
    steps.push(call(pays.tool, at - 2_000, named));
    if (pays.isApproved)
      steps.push(
        child('approval', start + 1_000, {
          ...named,
          'agentops.kind': 'approval',
          'agentops.approval.id': random.hex(8),
          'agentops.approval.rule': 'threshold',
          'agentops.approval.decision': 'approved',
          'agentops.approval.reviewer': 'hana.ito',
        }),
      );
  }
  if (model !== undefined)
    steps.push(
      child(`chat ${model.name}`, start + 1_000, {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': model.provider,
        'gen_ai.request.model': model.name,
        'gen_ai.response.model': model.name,
        'gen_ai.response.id': `resp_${random.hex(8)}`,
        'gen_ai.usage.input_tokens': model.input,
        'gen_ai.usage.output_tokens': 100,
      }),
    );
  const invoke = span({
    traceId,
    spanId: root,
    name: `invoke_agent ${agent}`,
    start,
    end: at,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      ...(outcome !== undefined && { 'agentops.task.outcome': outcome }),
      ...(department !== undefined && { 'agentops.department': department }),
    },
  });
  const resource = { 'service.name': agent, 'deployment.environment.name': 'production' };
  return [
    ...repeated.map((one, i) => ({
      at: start + 6_500 + i * calls!.secondsApart * 1_000,
      body: traceRequest(resource, [one]),
    })),
    { at, body: traceRequest(resource, [...steps, invoke]) },
  ];
}

const WORDS = [
  'printer',
  'password',
  'laptop',
  'network',
  'badge',
  'mail',
  'screen',
  'licence',
  'phone',
  'backup',
];
const words = (random: Chance): string =>
  Array.from({ length: 4 }, () => WORDS[random.int(WORDS.length)]!).join(' ');

/** A request for a person's decision, as an agent that waits says it, and the decision when it comes. */
export function request(
  { agent, at, slaSeconds, decidedAt }: { agent: string; at: number; slaSeconds: number; decidedAt: number },
  random: Chance,
): Sent[] {
  const traceId = random.hex(16);
  const id = random.hex(8);
  const resource = { 'service.name': agent, 'deployment.environment.name': 'production' };
  const say = (name: string, when: number, attributes: Attributes): Sent => ({
    at: when,
    body: traceRequest(resource, [
      span({
        traceId,
        spanId: random.hex(8),
        name,
        start: when,
        end: when,
        attributes: {
          'agentops.kind': 'approval',
          'agentops.approval.id': id,
          'gen_ai.agent.name': agent,
          ...attributes,
        },
      }),
    ]),
  });
  return [
    say('approval requested', at, {
      'agentops.approval.event': 'requested',
      'agentops.approval.rule': 'always',
      'agentops.approval.channel': 'care-reviews',
      'agentops.approval.sla_s': slaSeconds,
      'gen_ai.tool.name': 'issue_refund',
    }),
    say('approval approved', decidedAt, {
      'agentops.approval.event': 'decided',
      'agentops.approval.decision': 'approved',
      'agentops.approval.reviewer': 'mei.fujita',
    }),
  ];
}

/** Tasks at even distances, each failing by chance. */
export function stream(
  of: Omit<Work, 'at' | 'outcome'>,
  range: { readonly from: number; readonly to: number; readonly perDay: number },
  failing: (at: number) => number,
  random: Chance,
): Sent[] {
  const gap = 86_400_000 / range.perDay;
  const sent: Sent[] = [];
  for (let at = range.from + gap / 2; at < range.to; at += gap) {
    const time = Math.round(at);
    const outcome = random.next() < failing(time) ? 'failure' : 'success';
    sent.push(...work({ ...of, at: time, outcome }, random));
  }
  return sent;
}
