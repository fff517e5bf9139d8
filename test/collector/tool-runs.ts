import { type JsonSpan, span, traceRequest } from '../tools/otlp.ts';

/** A call of a tool, as an agent makes it. */
interface Call {
  readonly tool: string;
  readonly args: unknown;
  readonly result: unknown;
}

/** How one emitter writes a call's arguments and result. */
interface Writing {
  readonly name: string;
  readonly scope: string;
  write(call: Call): {
    readonly attributes: Readonly<Record<string, string>>;
    readonly events?: JsonSpan['events'];
  };
}

const textEvent = (name: string, key: string, value: string) => ({
  name,
  timeUnixNano: '1795100000000000000',
  attributes: [{ key, value: { stringValue: value } }],
});

let messages = 0;

const WRITINGS: readonly Writing[] = [
  {
    name: 'genai',
    scope: 'test',
    write: ({ tool, args, result }) => ({
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool,
        'gen_ai.tool.call.arguments': JSON.stringify(args),
        'gen_ai.tool.call.result': JSON.stringify(result),
      },
    }),
  },
  {
    // LangChain wraps every result into a message with an id of its own.
    name: 'openinference',
    scope: 'openinference.instrumentation.langchain',
    write: ({ tool, args, result }) => ({
      attributes: {
        'openinference.span.kind': 'TOOL',
        'tool.name': tool,
        'input.value': JSON.stringify(args),
        'output.value': JSON.stringify({
          output: { kwargs: { content: JSON.stringify(result), id: `m${messages++}` } },
        }),
      },
    }),
  },
  {
    name: 'traceloop',
    scope: 'opentelemetry.instrumentation.langchain',
    write: ({ tool, args, result }) => ({
      attributes: {
        'traceloop.span.kind': 'tool',
        'traceloop.entity.name': tool,
        'traceloop.entity.input': JSON.stringify({ input_str: JSON.stringify(args), run: `r${messages++}` }),
        'traceloop.entity.output': JSON.stringify({
          output: { kwargs: { content: JSON.stringify(result), id: `m${messages++}` } },
        }),
      },
    }),
  },
  {
    name: 'strands',
    scope: 'strands.telemetry.tracer',
    write: ({ tool, args, result }) => ({
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool,
        'gen_ai.event.start_time': '2026-11-19T14:13:20Z',
      },
      events: [
        textEvent('gen_ai.tool.message', 'content', JSON.stringify(args)),
        textEvent('gen_ai.choice', 'message', JSON.stringify(result)),
      ],
    }),
  },
];

const repeat = (count: number, call: (index: number) => Call): Call[] =>
  Array.from({ length: count }, (_, i) => call(i));

/** What agents do; the first four go in circles, and secrets are all that tells the calls of the last two apart. */
const BEHAVIOURS: Readonly<Record<string, readonly Call[]>> = {
  inVain: repeat(6, () => ({ tool: 'search', args: { query: 'a@b.example' }, result: [] })),
  cycle: repeat(12, (i) => ({
    tool: ['find', 'open', 'close'][i % 3]!,
    args: { file: 'notes' },
    result: `ok ${i % 3}`,
  })),
  nearly: repeat(9, (i) => ({ tool: 'fetch', args: { page: `invoice ${1000 + i}` }, result: 'none' })),
  nearlyMails: repeat(9, (i) => ({
    tool: 'ask',
    args: { whom: `person${i}@kitano.example` },
    result: 'not reached',
  })),
  mails: repeat(20, (i) => ({
    tool: 'send_email',
    args: { to: `customer${i}@example.com`, card: `4111 1111 1111 ${1000 + i}`, body: words(i) },
    result: { sent: `message-${i}` },
  })),
  work: repeat(8, (i) => ({ tool: 'read', args: { chapter: words(i) }, result: words(i + 1) })),
};

/** Different for every `i`, in letters. */
function words(i: number): string {
  return [...`${i}`].map((digit) => String.fromCharCode(97 + Number(digit)).repeat(3)).join(' ');
}

/** Every behaviour in every writing: a run each. Its trace id's beginning tells which. */
export function toolRuns(): object[] {
  return WRITINGS.flatMap((writing, w) =>
    Object.values(BEHAVIOURS).map((calls, b) => {
      const traceId = `${w}${b}`.padEnd(32, 'f');
      const id = (i: number): string => `${w}${b}`.padEnd(8, 'e') + i.toString(16).padStart(8, '0');
      const start = 1_795_100_000_000;
      const root = span({
        traceId,
        spanId: id(0),
        name: 'invoke_agent support',
        start,
        end: start + calls.length * 1_000 + 500,
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support' },
      });
      const steps = calls.map((call, i) => {
        const { attributes, events } = writing.write(call);
        const at = start + i * 1_000;
        const step = span({
          traceId,
          spanId: id(i + 1),
          parent: id(0),
          name: `execute_tool ${call.tool}`,
          start: at + 100,
          end: at + 900,
          attributes,
        });
        return events === undefined ? step : { ...step, events };
      });
      return traceRequest({ 'service.name': 'customer-support' }, [root, ...steps], writing.scope);
    }),
  );
}

/** Trace ids of runs that send mails to different customers, or simply work. */
export const HARMLESS: readonly string[] = WRITINGS.flatMap((_, w) =>
  ['mails', 'work'].map((name) => `${w}${Object.keys(BEHAVIOURS).indexOf(name)}`.padEnd(32, 'f')),
);
export const RUNS = WRITINGS.length * Object.keys(BEHAVIOURS).length;
