import { createMasker, digest, digests } from '@agentops/registry/contract';

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
const MAX_MESSAGE = 1024;

/** Set by `startAgentOps`; helpers of an application that sets nothing send no content and no digests. */
export function configureContent(next: Partial<ContentSettings>): void {
  settings = { ...DEFAULTS, ...next };
}

/** Masked content as attribute text; undefined where content is off, or cannot be written. */
export function contentText(value: unknown): string | undefined {
  if (settings.content === 'none' || value === undefined) return undefined;
  try {
    return masked(typeof value === 'string' ? value : JSON.stringify(masker.maskValue(value)), MAX_CONTENT);
  } catch {
    return undefined;
  }
}

/** Digests of the arguments and of their shape; null without a key, or for values that throw when they are read. */
export function argumentsDigests(
  value: unknown,
): { readonly digest: string; readonly shapeDigest: string } | null {
  const { digestKey } = settings;
  if (digestKey === null || value === undefined) return null;
  try {
    return digests(value, digestKey, 'helper');
  } catch {
    return null;
  }
}

export function resultDigest(value: unknown): string | undefined {
  const { digestKey } = settings;
  if (digestKey === null || value === undefined) return undefined;
  try {
    return digest(value, digestKey, 'helper');
  } catch {
    return undefined;
  }
}

/** Error messages go through the masker whatever the policy. */
export function maskedMessage(error: unknown): string {
  return masked(error instanceof Error ? error.message : String(error), MAX_MESSAGE);
}

/** Twice the length is masked, so that the cut leaves no half of a secret that the masker cannot recognise. */
function masked(text: string, limit: number): string {
  const out = masker.maskText(text.length > 2 * limit ? text.slice(0, 2 * limit) : text);
  return out.length > limit ? `${out.slice(0, limit)}…` : out;
}
