import { createHash } from 'node:crypto';
import type { Sent } from '../incidents/world.ts';

/** Nothing arrives between the two times; what would have, arrives at the second. ms since the epoch. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

interface Request {
  readonly resourceSpans: readonly {
    readonly resource: object;
    readonly scopeSpans: readonly { readonly scope: object; readonly spans: readonly Span[] }[];
  }[];
}

interface Span {
  readonly endTimeUnixNano: string;
}

/** An exporter sends every so often, ms. */
const EXPORT_MS = 5_000;

/**
 * OTLP/JSON requests as they would have come one by one: a span arrives when it has ended. `grain`: spans of one process and
 * so many ms are sent in one request.
 */
export function deliver(
  lines: readonly string[],
  grain: (at: number) => number,
  outages: readonly Outage[],
): Sent[] {
  const groups = new Map<string, { at: number; resource: object; scope: object; spans: Span[] }>();
  for (const line of lines) {
    for (const { resource, scopeSpans } of (JSON.parse(line) as Request).resourceSpans) {
      const process = createHash('md5').update(JSON.stringify(resource)).digest('hex');
      for (const { scope, spans } of scopeSpans) {
        for (const span of spans) {
          const at = arrival(Number(BigInt(span.endTimeUnixNano) / 1_000_000n) + EXPORT_MS, outages);
          const length = grain(at);
          const end = Math.ceil(at / length) * length;
          const key = `${process} ${JSON.stringify(scope)} ${end}`;
          const group = groups.get(key) ?? { at: end, resource, scope, spans: [] };
          group.spans.push(span);
          groups.set(key, group);
        }
      }
    }
  }
  return [...groups.values()]
    .map(({ at, resource, scope, spans }) => ({
      at,
      body: { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] },
    }))
    .sort((a, b) => a.at - b.at);
}

function arrival(at: number, outages: readonly Outage[]): number {
  return outages.find(({ from, to }) => at >= from && at < to)?.to ?? at;
}
