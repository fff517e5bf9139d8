import { ATTR } from '@agentops/registry/contract';
import { env } from './env.ts';
import { eventPlacesOf, type Place, placesOf } from './keys.ts';
import { attribute, type Context, literal, type StatementGroup } from './ottl.ts';

/**
 * Digests of tool arguments and results, taken before anything is masked or dropped, so that equal calls stay equal
 * and 20 mails to 20 customers stay different. A digest that the agent's helper took stands.
 *
 * `collector:sha256:<32 hex>` is SHA-256 of key + SHA-256 of key + text, cut to 128 bits: OTTL has no HMAC, and the
 * nesting keeps a digest from being continued.
 */
export function digestGroups(): StatementGroup[] {
  return [
    { context: 'resource', statements: [requireKey()] },
    {
      context: 'span',
      error_mode: 'silent',
      statements: [
        ...placesOf('toolArguments').map((place) => take('arguments', place)),
        ...placesOf('toolResult').map((place) => take('result', place)),
        ...digests('span'),
      ],
    },
    {
      context: 'spanevent',
      error_mode: 'silent',
      statements: [
        ...fromEvents('toolArguments', ATTR.argumentsDigest, false),
        ...fromEvents('toolArguments', ATTR.argumentsShapeDigest, true),
        ...fromEvents('toolResult', ATTR.resultDigest, false),
      ],
    },
  ];
}

export const DIGEST_KEY = 'AGENTOPS_DIGEST_KEY';
/** The Collector expands it: the key stands in its environment, not in a file. */
const KEY = `"${env(DIGEST_KEY)}"`;

/** An empty character class is no regular expression: without a key the Collector does not start. */
function requireKey(): string {
  const pattern = `(?:${DIGEST_KEY} is not set){0}[${env(DIGEST_KEY)}]`;
  return `set(resource.cache["key"], true) where IsMatch("", "${pattern}")`;
}

/** Keeps the first place that holds something. */
function take(name: string, { key, path }: Place): string {
  const from = attribute('span', key);
  const empty = `span.cache["${name}"] == nil`;
  if (path.length === 0)
    return `set(span.cache["${name}"], String(${from})) where ${empty} and ${from} != nil`;
  const inside = path.map((part) => `[${literal(part)}]`).join('');
  const json = `IsMatch(${from}, ${literal('^\\s*\\{')})`;
  return `set(span.cache["${name}"], String(ParseJSON(${from})${inside})) where ${empty} and ${json}`;
}

function digests(context: Context): string[] {
  const cached = (name: string): string => `${context}.cache["${name}"]`;
  return [
    write(context, ATTR.argumentsDigest, cached('arguments')),
    write(context, ATTR.resultDigest, cached('result')),
    `set(${cached('shape')}, ${cached('arguments')}) where ${cached('arguments')} != nil`,
    normalize(cached('shape')),
    write(context, ATTR.argumentsShapeDigest, cached('shape')),
  ];
}

/** Numbers, ids, dates and addresses as `#`: near-identical calls have one shape. */
function normalize(path: string): string {
  return `replace_pattern(${path}, ${literal('[A-Za-z0-9_.+:@-]*[0-9@][A-Za-z0-9_.+:@-]*')}, "#") where ${path} != nil`;
}

function write(context: Context, key: string, text: string): string {
  const to = attribute(context, key);
  return `set(${to}, ${digestOf(text)}) where ${to} == nil and ${text} != nil`;
}

function digestOf(text: string): string {
  const inner = `SHA256(Concat([${KEY}, ${text}], ""))`;
  return `Concat(["collector:sha256:", Substring(SHA256(Concat([${KEY}, ${inner}], "")), 0, 32)], "")`;
}

function fromEvents(field: 'toolArguments' | 'toolResult', digest: string, shape: boolean): string[] {
  return eventPlacesOf(field).flatMap(({ event, key }) => {
    const from = `String(${attribute('spanevent', key)})`;
    const cache = 'spanevent.cache["text"]';
    const to = attribute('span', digest);
    const here = `spanevent.name == ${literal(event)} and ${attribute('spanevent', key)} != nil`;
    return [
      `set(${cache}, ${from}) where ${here}`,
      ...(shape ? [normalize(cache)] : []),
      `set(${to}, ${digestOf(cache)}) where ${to} == nil and ${here}`,
    ];
  });
}
