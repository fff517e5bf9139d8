/** Builders of OTLP/JSON, with seeded ids. Times are ms since the epoch. */
export interface JsonSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: JsonAttribute[];
  status: { code?: number; message?: string };
  events?: { name: string; timeUnixNano: string; attributes: JsonAttribute[] }[];
}

export interface JsonAttribute {
  key: string;
  value: { stringValue: string } | { intValue: string } | { doubleValue: number } | { boolValue: boolean };
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly attributes?: Attributes;
  readonly error?: string;
}

export function span(options: SpanOptions): JsonSpan {
  return {
    traceId: options.traceId,
    spanId: options.spanId,
    ...(options.parent !== undefined && { parentSpanId: options.parent }),
    name: options.name,
    kind: 1,
    startTimeUnixNano: `${options.start}000000`,
    endTimeUnixNano: `${options.end}000000`,
    attributes: attributes(options.attributes ?? {}),
    status: options.error === undefined ? {} : { code: 2, message: options.error },
  };
}

export function attributes(values: Attributes): JsonAttribute[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : Number.isInteger(value)
            ? { intValue: String(value) }
            : { doubleValue: value },
  }));
}

export function traceRequest(resource: Attributes, spans: readonly JsonSpan[], scope = 'test'): object {
  return {
    resourceSpans: [
      { resource: { attributes: attributes(resource) }, scopeSpans: [{ scope: { name: scope }, spans }] },
    ],
  };
}

export interface Chance {
  next(): number;
  int(below: number): number;
  hex(bytes: number): string;
  shuffle<T>(list: readonly T[]): T[];
}

/** mulberry32 */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    hex: (bytes) => Array.from({ length: bytes * 2 }, () => int(16).toString(16)).join(''),
    shuffle(list) {
      const out = [...list];
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [out[i], out[j]] = [out[j]!, out[i]!];
      }
      return out;
    },
  };
}
