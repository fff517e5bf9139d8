import { ATTR } from '@agentops/registry/contract';
import type { Attributes } from '@opentelemetry/api';
import type { tracing } from '@opentelemetry/sdk-node';

type ReadableSpan = tracing.ReadableSpan;

/** An ended span with its number, and how many its process had dropped by then. */
export interface Numbered {
  readonly span: ReadableSpan;
  readonly sequence: number;
  readonly dropped: number;
}

/** What spans of SDK 1 have in place of `instrumentationScope` and `parentSpanContext`. */
interface Sdk1Span {
  readonly instrumentationLibrary?: ReadableSpan['instrumentationScope'];
  readonly parentSpanId?: string;
}

/**
 * The span as it is exported: with its numbers, in the shape that today's exporter reads. A copy, since the same span
 * may go to other exporters, which it must reach as it was.
 */
export function exportable({ span, sequence, dropped }: Numbered, instance: string): ReadableSpan {
  const { instrumentationLibrary, parentSpanId } = span as Sdk1Span;
  const own = span.spanContext();
  const parentSpanContext =
    span.parentSpanContext ??
    (parentSpanId === undefined ? undefined : { ...own, spanId: parentSpanId, isRemote: false });
  const numbers: Attributes = { [ATTR.instance]: instance, [ATTR.sequence]: sequence };
  if (dropped > 0) numbers[ATTR.dropped] = dropped;
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => own,
    ...(parentSpanContext !== undefined && { parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes: Object.assign(numbers, span.attributes),
    links: span.links,
    events: span.events,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope ?? instrumentationLibrary ?? { name: 'unknown' },
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}
