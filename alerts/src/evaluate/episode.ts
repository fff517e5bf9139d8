import { createHash } from 'node:crypto';
import { instanceKey, type Labels } from './instance.ts';

/** Id of a firing, as the view `alert_history` makes it: of the rule, its labels and when it began, ms since the epoch. */
export function episodeId(alert: string, labels: Labels, startedAt: number): string {
  const text = `${alert}\n${instanceKey(labels)}\n${startedAt}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
