import { createHmac } from 'node:crypto';
import { createMasker } from '@agentops/registry/contract';
import { MAX_LABEL, type Sanitizer } from './text.ts';

/** Masks by the contract's rules; identities keep apart by a keyed digest what masking, or cutting, would make equal. */
export function createSanitizer(key: Uint8Array): Sanitizer {
  const masker = createMasker();
  return {
    text: masker.maskText,
    identity(value) {
      const masked = masker.maskText(value);
      if (masked === value && value.length <= MAX_LABEL) return value;
      return `${masked.slice(0, MAX_LABEL)}#${createHmac('sha256', key).update(value).digest('hex').slice(0, 12)}`;
    },
  };
}
