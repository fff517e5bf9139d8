import { type Attributes, attributes, type Chance, type JsonAttribute, span } from '../tools/otlp.ts';

/** One span or log record with its resource. */
export interface Told {
  readonly resource: Attributes;
  readonly span?: object;
  readonly log?: object;
}

export interface Where {
  /** The step above; a new root without. */
  readonly under?: string;
  readonly service?: string;
  /** '' names none. */
  readonly environment?: string;
  readonly resource?: Attributes;
  readonly error?: string;
  readonly state?: string;
  readonly spanId?: string;
}

/** What is told of one trace. Times are ms since the epoch; steps return their span ids. */
export interface Trace {
  readonly id: string;
  step(name: string, start: number, end: number, said: Attributes, where?: Where): string;
  run(agent: string, start: number, end: number, said?: Attributes, where?: Where): string;
  chat(start: number, end: number, said?: Attributes, where?: Where): string;
  tool(name: string, start: number, end: number, said?: Attributes, where?: Where): string;
  log(event: string, at: number, said: Attributes, where?: Where): void;
}

export interface Story {
  readonly random: Chance;
  readonly told: Told[];
  trace(service?: string, environment?: string): Trace;
  /** A record outside of every trace. */
  log(event: string, at: number, said: Attributes, where?: Where): void;
}

export function createStory(random: Chance): Story {
  const told: Told[] = [];

  function resourceOf(service: string, environment: string, more: Attributes = {}): Attributes {
    return {
      'service.name': service,
      ...(environment !== '' && { 'deployment.environment.name': environment }),
      ...more,
    };
  }

  function record(traceId: string, event: string, at: number, said: Attributes, where: Where): void {
    told.push({
      resource: resourceOf(where.service ?? 'judges', where.environment ?? '', where.resource),
      log: {
        ...(traceId !== '' && { traceId, spanId: where.under ?? random.hex(8) }),
        timeUnixNano: `${at}000000`,
        eventName: event,
        attributes: attributes(said) satisfies JsonAttribute[],
      },
    });
  }

  function trace(service = 'claims', environment = 'production'): Trace {
    const id = random.hex(16);
    const own: Trace = {
      id,
      step(name, start, end, said, where = {}) {
        const spanId = where.spanId ?? random.hex(8);
        told.push({
          resource: resourceOf(where.service ?? service, where.environment ?? environment, where.resource),
          span: {
            ...span({
              traceId: id,
              spanId,
              name,
              start,
              end,
              attributes: said,
              ...(where.under !== undefined && { parent: where.under }),
              ...(where.error !== undefined && { error: where.error }),
            }),
            ...(where.state !== undefined && { traceState: where.state }),
          },
        });
        return spanId;
      },
      run: (agent, start, end, said = {}, where = {}) =>
        own.step(
          `invoke_agent ${agent}`,
          start,
          end,
          { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': agent, ...said },
          where,
        ),
      chat: (start, end, said = {}, where = {}) =>
        own.step('chat', start, end, { ...answer(random), ...said }, where),
      tool: (name, start, end, said = {}, where = {}) =>
        own.step(
          `execute_tool ${name}`,
          start,
          end,
          { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name, ...said },
          where,
        ),
      log: (event, at, said, where = {}) => record(id, event, at, said, where),
    };
    return own;
  }

  return { random, told, trace, log: (event, at, said, where = {}) => record('', event, at, said, where) };
}

/** A model call as the provider answered it. */
function answer(random: Chance): Attributes {
  const cached = random.int(2) * random.int(900);
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'gen_ai.response.id': `resp-${random.hex(8)}`,
    'gen_ai.usage.input_tokens': cached + 1 + random.int(3000),
    ...(cached > 0 && { 'gen_ai.usage.cache_read.input_tokens': cached }),
    'gen_ai.usage.output_tokens': 1 + random.int(700),
  };
}
