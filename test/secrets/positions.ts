/** OTLP/JSON as plain objects: only what the positions need. */
export type AnyValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly bytesValue: string }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } };

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue | unknown;
}

/** What a position changes of the request that carries it. */
export interface Placement {
  readonly span?: Readonly<Record<string, unknown>>;
  readonly attributes?: readonly KeyValue[];
  readonly resource?: readonly KeyValue[];
  readonly scope?: Readonly<Record<string, unknown>>;
  /** A log record instead of a span. */
  readonly log?: Readonly<Record<string, unknown>>;
  /** The request as bytes that no parser takes. */
  readonly truncated?: boolean;
}

export interface Position {
  readonly name: string;
  place(text: string): Placement;
}

const string = (stringValue: string): AnyValue => ({ stringValue });
const attribute = (key: string, text: string): KeyValue => ({ key, value: string(text) });
const kvlist = (...values: readonly KeyValue[]): AnyValue => ({ kvlistValue: { values } });

const onSpan = (name: string, key: string, write: (text: string) => string = (text) => text): Position => ({
  name,
  place: (text) => ({ attributes: [attribute(key, write(text))] }),
});
const json = (text: string): string => JSON.stringify({ query: text, limit: 10 });
const event = (name: string, attributes: readonly KeyValue[]): Placement => ({
  span: { events: [{ timeUnixNano: '1795000000500000000', name, attributes }] },
});

export const POSITIONS: readonly Position[] = [
  onSpan('attribute', 'app.note', (text) => `a note: ${text} (end)`),
  onSpan('attribute alone', 'app.value'),
  onSpan('JSON in a string', 'gen_ai.tool.call.arguments', json),
  onSpan('JSON in JSON in a string', 'gen_ai.tool.call.result', (text) => json(json(text))),
  onSpan('message parts', 'gen_ai.input.messages', (text) =>
    JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: `Hello, ${text} thanks` }] }]),
  ),
  onSpan('URL', 'url.full', (text) => `https://shop.example.com/find?q=${encodeURIComponent(text)}&page=2`),
  onSpan('header', 'http.request.header.x-note', (text) => `x-note: ${text}\r\nx-next: 1`),
  onSpan('tool name', 'gen_ai.tool.name'),
  onSpan('tool call id', 'gen_ai.tool.call.id'),
  onSpan('model', 'gen_ai.request.model'),
  onSpan('user', 'user.id'),
  onSpan('conversation', 'gen_ai.conversation.id'),
  onSpan('agent', 'gen_ai.agent.name'),
  onSpan('task reference', 'agentops.task.ref'),
  onSpan('department', 'agentops.department'),
  {
    name: 'kvlist',
    place: (text) => ({ attributes: [{ key: 'app.details', value: kvlist(attribute('note', text)) }] }),
  },
  {
    name: 'nested kvlist',
    place: (text) => ({
      attributes: [
        {
          key: 'app.deep',
          value: kvlist({ key: 'a', value: kvlist({ key: 'b', value: kvlist(attribute('c', text)) }) }),
        },
      ],
    }),
  },
  {
    name: 'array',
    place: (text) => ({
      attributes: [
        {
          key: 'app.list',
          value: { arrayValue: { values: [string('one'), string(text), { intValue: '3' }] } },
        },
      ],
    }),
  },
  {
    name: 'bytes',
    place: (text) => ({
      attributes: [{ key: 'app.bytes', value: { bytesValue: Buffer.from(text).toString('base64') } }],
    }),
  },
  { name: 'attribute key', place: (text) => ({ attributes: [attribute(text, 'x')] }) },
  { name: 'span name', place: (text) => ({ span: { name: `call ${text}` } }) },
  {
    name: 'status message',
    place: (text) => ({ span: { status: { code: 2, message: `failed for ${text}: not found` } } }),
  },
  { name: 'event name', place: (text) => event(`note ${text}`, []) },
  { name: 'event attribute', place: (text) => event('note', [attribute('detail', text)]) },
  {
    name: 'stack trace',
    place: (text) =>
      event('exception', [
        attribute('exception.type', 'ValueError'),
        attribute('exception.message', `bad input: ${text}`),
        attribute(
          'exception.stacktrace',
          `Traceback (most recent call last):\n  File "/app/main.py", line 41, in run\nValueError: bad input: ${text}\n`,
        ),
      ]),
  },
  {
    name: 'link attribute',
    place: (text) => ({
      span: {
        links: [
          {
            traceId: '5b8efff798038103d269b633813fc60c',
            spanId: 'eee19b7ec3c1b174',
            attributes: [attribute('reason', text)],
          },
        ],
      },
    }),
  },
  { name: 'trace state', place: (text) => ({ span: { traceState: `vendor=${text}` } }) },
  { name: 'resource attribute', place: (text) => ({ resource: [attribute('app.owner', text)] }) },
  { name: 'service', place: (text) => ({ resource: [attribute('service.name', text)] }) },
  { name: 'scope name', place: (text) => ({ scope: { name: text } }) },
  {
    name: 'scope attribute',
    place: (text) => ({ scope: { name: 'app', attributes: [attribute('build', text)] } }),
  },
  { name: 'log body', place: (text) => ({ log: { body: string(`user said: ${text}`) } }) },
  {
    name: 'structured log body',
    place: (text) => ({
      log: { body: kvlist(attribute('content', text)), eventName: 'gen_ai.user.message' },
    }),
  },
  {
    name: 'log attribute',
    place: (text) => ({ log: { body: string('x'), attributes: [attribute('detail', text)] } }),
  },
  { name: 'log severity', place: (text) => ({ log: { body: string('x'), severityText: text } }) },
  { name: 'span with a broken id', place: (text) => ({ span: { spanId: 'abc', name: text } }) },
  {
    name: 'attribute of a wrong type',
    place: (text) => ({ attributes: [{ key: 'app.wrong', value: { stringValue: { not: text } } }] }),
  },
  {
    name: 'span with impossible times',
    place: (text) => ({
      span: { startTimeUnixNano: '0', endTimeUnixNano: '1' },
      attributes: [attribute('app.note', text)],
    }),
  },
  {
    name: 'truncated request',
    place: (text) => ({ attributes: [attribute('app.note', `cut behind this: ${text} `)], truncated: true }),
  },
];
