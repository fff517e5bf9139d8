export * from './attributes.ts';
export {
  canonicalJson,
  createDigester,
  type Digester,
  type DigestPlace,
  digest,
  shapeDigest,
} from './digest.ts';
export { createMasker, isSecretKey, type Masker, UNMASKABLE } from './mask.ts';
