import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  type ProxyTracerProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TimeInput,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { maskedMessage } from './content.ts';
import { type Dimensions, withDimensions } from './dimensions.ts';

let ownProvider: TracerProvider | null = null;
/** The last tracer and its provider: asking for one builds a key of its name each time. */
let known: { readonly provider: TracerProvider; readonly tracer: Tracer } | null = null;

/** The provider that helpers use in place of the registered one, where that one cannot be joined. */
export function useTracerProvider(provider: TracerProvider | null): void {
  ownProvider = provider;
}

/** Where and when a step stands; without these it begins now, in the active context. */
export interface Placement {
  readonly parent?: Context | undefined;
  /** Explicit times are for replays and simulations; the SDK's clock serves otherwise. */
  readonly startTime?: TimeInput | undefined;
}

export interface StepOptions extends Placement {
  readonly dimensions?: Dimensions | undefined;
  readonly kind?: SpanKind | undefined;
}

/** A span that has begun. Ending it twice does nothing. */
export interface Step {
  readonly span: Span;
  /** The context in which the step's own steps begin. */
  readonly context: Context;
  set(attributes: Attributes): void;
  /** Ends in error; the message is masked. */
  fail(error: unknown, at?: TimeInput): void;
  end(at?: TimeInput): void;
}

/** Begins a span. Whatever goes wrong in telemetry stays in telemetry: the agent never sees it. */
export function beginStep(name: string, attributes: Attributes, options: StepOptions = {}): Step {
  const above = options.parent ?? context.active();
  const carried = options.dimensions === undefined ? above : withDimensions(above, options.dimensions);
  const span = startSpan(name, attributes, options, carried);
  let ended = false;
  const finish = (at?: TimeInput): void => {
    if (ended) return;
    ended = true;
    quietly(() => span.end(at));
  };
  return {
    span,
    context: trace.setSpan(carried, span),
    set: (more) => quietly(() => span.setAttributes(more)),
    fail(error, at) {
      quietly(() => {
        span.setStatus({ code: SpanStatusCode.ERROR, message: maskedMessage(error) });
        span.setAttribute('error.type', errorType(error));
      });
      finish(at);
    },
    end: finish,
  };
}

function startSpan(name: string, attributes: Attributes, options: StepOptions, carried: Context): Span {
  const { kind = SpanKind.INTERNAL, startTime } = options;
  try {
    return currentTracer().startSpan(
      name,
      startTime === undefined ? { kind, attributes } : { kind, attributes, startTime },
      carried,
    );
  } catch {
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  }
}

function currentTracer(): Tracer {
  const registered: TracerProvider & Partial<ProxyTracerProvider> = ownProvider ?? trace.getTracerProvider();
  // Behind the API's proxy, providers come and go.
  const provider = registered.getDelegate?.() ?? registered;
  if (known?.provider === provider) return known.tracer;
  const tracer = provider.getTracer('@agentops/instrumentation', '0.1.0');
  known = { provider, tracer };
  return tracer;
}

/** `error.type`: the error's name, else its class. */
function errorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  return error.name === 'Error' ? error.constructor.name : error.name;
}

/** A step without duration. What its attributes need is evaluated here, so that it cannot throw into the agent. */
export function instant(name: string, attributes: () => Attributes, options: StepOptions): void {
  quietly(() => beginStep(name, attributes(), options).end(options.startTime));
}

/**
 * Runs `work` inside a step: its result passes through, its error is recorded and thrown on. `done` sees the result
 * before the step ends.
 */
export async function inStep<S extends Step, T>(
  step: S,
  work: (step: S) => T | Promise<T>,
  done?: (result: T) => void,
): Promise<T> {
  try {
    const result = await context.with(step.context, work, undefined, step);
    done?.(result);
    step.end();
    return result;
  } catch (error) {
    step.fail(error);
    throw error;
  }
}

/** Telemetry must not break the agent. */
export function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Nothing that telemetry does wrong is worth an agent's task.
  }
}

/** Attributes without those that have no value. */
export function present(
  attributes: Readonly<Record<string, string | number | boolean | string[] | undefined>>,
): Attributes {
  const out: Attributes = {};
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) out[key] = value;
  }
  return out;
}
