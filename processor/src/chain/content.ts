import { createHash } from 'node:crypto';
import type { ContentPart, ResourceContext } from '../model.ts';
import type { StepRow } from '../steps/row.ts';
import type { Blocks } from '../store/tables.ts';

/** How long an agent's content is kept, in ns from the span's start. A function of the span alone. */
export type ContentRetention = (resource: ResourceContext, agentName: string) => bigint;

/** Longer texts are cut: they are for reading, not for computing. */
const MAX_TEXT = 65_536;

/** Masked content, each text once: an agent's history repeats in every call of a conversation. */
export function writeContent(
  { stepContent, contentTexts }: Blocks,
  step: StepRow,
  parts: readonly ContentPart[],
  retention: ContentRetention,
): void {
  const expiresAt = step.startedAt + retention(step.resource, step.claims.agentName);
  for (const { part, text } of parts) {
    const kept = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
    const hash = createHash('sha256').update(kept).digest('hex').slice(0, 32);
    const refs = stepContent.columns;
    const ref = stepContent.add();
    refs.trace_id.set(ref, step.traceId);
    refs.span_id.set(ref, step.spanId);
    refs.part.set(ref, part);
    refs.started_at.set(ref, step.startedAt);
    refs.hash.set(ref, hash);
    refs.expires_at.set(ref, expiresAt);
    const texts = contentTexts.columns;
    const entry = contentTexts.add();
    texts.hash.set(entry, hash);
    texts.text.set(entry, kept);
    texts.expires_at.set(entry, expiresAt);
  }
}
