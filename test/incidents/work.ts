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
  readonly department?: string;
}

/** One trace: the run, its model call, its tool calls, each sent when it ends. */
export function work({ agent, at, outcome, model, calls, department }: Work, random: Chance): Sent[] {
  const traceId = random.hex(16);
  const root = random.hex(8);
  const lasts = 20_000 + (calls === undefined ? 0 : calls.times * calls.secondsApart * 1_000);
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
  const tools = Array.from({ length: calls?.times ?? 0 }, (_, i) =>
    child(`execute_tool ${calls!.tool}`, start + 6_000 + i * calls!.secondsApart * 1_000, {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': calls!.tool,
      'gen_ai.tool.call.arguments': '{"id":"41"}',
      'gen_ai.tool.call.result': '{"found":0}',
    }),
  );
  const models =
    model === undefined
      ? []
      : [
          child(`chat ${model.name}`, start + 1_000, {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': model.provider,
            'gen_ai.request.model': model.name,
            'gen_ai.response.model': model.name,
            'gen_ai.response.id': `resp_${random.hex(8)}`,
            'gen_ai.usage.input_tokens': model.input,
            'gen_ai.usage.output_tokens': 100,
          }),
        ];
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
    ...tools.map((one, i) => ({
      at: start + 6_000 + i * calls!.secondsApart * 1_000 + 500,
      body: traceRequest(resource, [one]),
    })),
    { at, body: traceRequest(resource, [...models, invoke]) },
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
