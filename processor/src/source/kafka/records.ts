import type { KafkaMessage } from 'kafkajs';
import type { Signal, SourceRecord } from '../../model.ts';
import { countItems } from '../../receiver/scan.ts';
import { UNREADABLE } from './unreadable.ts';

/** The stable name of a partition as a source. */
export function sourceName(topic: string, partition: number): string {
  return `kafka:${topic}/${partition}`;
}

/**
 * A message as the Collector writes it: an Export…ServiceRequest by protobuf, or by JSON where its exporter is told so.
 * It was accepted at the time that it carries, which is the same at every replay.
 */
export function recordOf({ offset, value, timestamp, headers }: KafkaMessage, signal: Signal): SourceRecord {
  const body = value ?? Buffer.alloc(0);
  const encoding = isJson(body) ? 'json' : 'protobuf';
  const receivedAt = Math.max(0, Number(timestamp));
  const unreadable = headers?.[UNREADABLE];
  return {
    offset: Number(offset),
    signal,
    encoding,
    body,
    receivedAt,
    counted: unreadable === undefined ? countItems(signal, encoding, body) : 0,
    ...(unreadable !== undefined && { fault: String(unreadable) }),
  };
}

/** No protobuf request begins with this byte: it would be the start of a group as field 15. */
function isJson(body: Uint8Array): boolean {
  return body[0] === 0x7b;
}
