import { createMasker, digest, shapeDigest } from '@agentops/registry/contract';

/** What of prompts, arguments and results leaves the process: nothing, or masked text. */
export type ContentPolicy = 'none' | 'masked';

export interface ContentSettings {
  readonly content: ContentPolicy;
  /** Keys the digests of arguments and results; without one no digests are sent. */
  readonly digestKey: string | Uint8Array | null;
}

const DEFAULTS: ContentSettings = { content: 'none', digestKey: null };

let settings: ContentSettings = DEFAULTS;
const masker = createMasker();

/** Longer content is cut: it is for reading. */
const MAX_CONTENT = 16_384;

/** Set once by `startAgentOps`; helpers of an application that sets nothing send no content and no digests. */
export function configureContent(next: Partial<ContentSettings>): void {
  settings = { ...DEFAULTS, ...next };
}

/** Masked content as attribute text; undefined where content is off. */
export function contentText(value: unknown): string | undefined {
  if (settings.content === 'none' || value === undefined) return undefined;
  const text = masker.maskText(
    typeof value === 'string' ? value : (JSON.stringify(masker.maskValue(value)) ?? ''),
  );
  return text.length > MAX_CONTENT ? `${text.slice(0, MAX_CONTENT)}…` : text;
}

export function argumentsDigests(value: unknown): { digest: string; shape: string } | null {
  const { digestKey } = settings;
  if (digestKey === null || value === undefined) return null;
  return { digest: digest(value, digestKey, 'helper'), shape: shapeDigest(value, digestKey, 'helper') };
}

export function resultDigest(value: unknown): string | null {
  return settings.digestKey === null || value === undefined
    ? null
    : digest(value, settings.digestKey, 'helper');
}

/** Error messages go through the masker whatever the policy. */
export function maskedMessage(error: unknown): string {
  return masker.maskText(error instanceof Error ? error.message : String(error)).slice(0, 1024);
}
