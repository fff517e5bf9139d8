export * from './attributes.ts';
export { canonicalJson, digest, digests, shapeDigest } from './digest.ts';
export { createDigester, type Digester, type DigestPlace } from './digest-bytes.ts';
export { createMasker, type Masker, TRUNCATED, UNMASKABLE } from './mask.ts';
export { isSurelyPlain } from './mask-plain.ts';
