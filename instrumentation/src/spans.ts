import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TimeInput,
  trace,
} from '@opentelemetry/api';
import { maskedMessage } from './content.ts';
import { type Dimensions, withDimensions } from './dimensions.ts';

const tracer = () => trace.getTracer('@agentops/instrumentation', '0.1.0');

/** Explicit times are for replays and simulations; the SDK's clock serves otherwise. */
export interface Timed {
  readonly startTime?: TimeInput;
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

export interface StepOptions extends Timed {
  readonly parent?: Context;
  readonly dimensions?: Dimensions;
  readonly kind?: SpanKind;
}

/** Begins a span. Whatever goes wrong in telemetry stays in telemetry: the agent never sees it. */
export function beginStep(name: string, attributes: Attributes, options: StepOptions = {}): Step {
  const above = options.parent ?? context.active();
  const carried = options.dimensions === undefined ? above : withDimensions(above, options.dimensions);
  const span = tracer().startSpan(
    name,
    {
      kind: options.kind ?? SpanKind.INTERNAL,
      attributes,
      ...(options.startTime !== undefined && { startTime: options.startTime }),
    },
    carried,
  );
  const inner = trace.setSpan(carried, span);
  let ended = false;
  const finish = (at?: TimeInput): void => {
    if (ended) return;
    ended = true;
    quietly(() => span.end(at));
  };
  return {
    span,
    context: inner,
    set: (more) => quietly(() => span.setAttributes(more)),
    fail(error, at) {
      quietly(() => {
        span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
        span.setStatus({ code: SpanStatusCode.ERROR, message: maskedMessage(error) });
      });
      finish(at);
    },
    end: finish,
  };
}

/** Runs `work` inside a step: its result passes through, its error is recorded and thrown on. */
export async function inStep<S extends Step, T>(step: S, work: (step: S) => T | Promise<T>): Promise<T> {
  try {
    const result = await context.with(step.context, () => work(step));
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
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) out[key] = value;
  return out;
}
