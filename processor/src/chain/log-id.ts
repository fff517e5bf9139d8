import { createHash } from 'node:crypto';
import type { LogView } from '../decode/otlp.ts';
import type { ResourceContext } from '../model.ts';

/**
 * A log record has no id of its own: 128 bits of SHA-256 over what tells it from others. Resends of one record agree,
 * whatever else stands in their request.
 */
export function logId(view: LogView, buf: Buffer, resource: ResourceContext): string {
  const hash = createHash('sha256');
  hash.update(
    `${resource.service}\0${resource.environment}\0${view.traceId}\0${view.spanId}\0${view.eventName}\0`,
  );
  hash.update(`${view.time}\0${view.time === 0n ? view.observedTime : 0n}\0${view.severity}\0`);
  hash.update(buf.subarray(view.bodyStart, view.bodyEnd));
  const { attributes } = view;
  for (let i = 0; i < attributes.count; i++) {
    hash.update(`\0${attributes.keys[i]}:${attributes.types[i]}:`);
    hash.update(buf.subarray(attributes.starts[i], attributes.ends[i]));
  }
  return hash.digest('hex').slice(0, 32);
}
