import type { SpanView } from '../decode/otlp.ts';
import { wholeMilliseconds } from '../steps/times.ts';

/** Between which times items are taken. */
export interface TimeLimits {
  /** Why a span's times cannot be true; null when they can. `receivedAt`: ms since the epoch. */
  ofSpan(span: SpanView, receivedAt: number): string | null;
  /** The same of times in nanoseconds since the epoch. */
  exact(startedAt: bigint, endedAt: bigint, receivedAt: number): string | null;
}

const NS_PER_MS = 1_000_000n;
const DAY_MS = 86_400_000;

/** Clocks may be ahead, but not by more than a day. `retentionNs`: so long before their receipt items may have started. */
export function createTimeLimits(retentionNs: bigint): TimeLimits {
  const retentionMs = Number(retentionNs / NS_PER_MS);

  function exact(startedAt: bigint, endedAt: bigint, receivedAt: number): string | null {
    if (startedAt === 0n || endedAt === 0n) return 'start or end time is zero';
    const received = BigInt(receivedAt) * NS_PER_MS;
    if (endedAt > received + BigInt(DAY_MS) * NS_PER_MS) {
      return `end time ${endedAt} is more than a day after its receipt`;
    }
    if (startedAt < received - retentionNs) return `start time ${startedAt} is older than the retention`;
    return null;
  }

  return {
    ofSpan({ startAt, endAt, attributes: { view } }, receivedAt) {
      // Nearly all lie between whole milliseconds that surely are within the limits.
      if (startAt >= 0 && endAt >= 0) {
        const start = wholeMilliseconds(view.getUint32(startAt, true), view.getUint32(startAt + 4, true));
        const end = wholeMilliseconds(view.getUint32(endAt, true), view.getUint32(endAt + 4, true));
        const newest = receivedAt + DAY_MS - 1;
        if (start > 0 && start > receivedAt - retentionMs && start <= newest && end <= newest) return null;
      }
      const startedAt = startAt < 0 ? 0n : view.getBigUint64(startAt, true);
      const endedAt = endAt < 0 ? 0n : view.getBigUint64(endAt, true);
      return exact(startedAt, endedAt > startedAt ? endedAt : startedAt, receivedAt);
    },
    exact,
  };
}
