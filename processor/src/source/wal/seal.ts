import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { SourceRecord, StreamSource } from '../../model.ts';
import type { Wal, WalEntry } from './wal.ts';

/** The part of a log that senders and the pipeline use. */
export type SealedLog = Pick<Wal, 'append' | 'source'>;

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Bodies wait in the log as they were received, before anything is masked: digests have to be taken first. So they are
 * encrypted (AES-256-GCM) while they wait, and segments are deleted once they are stored. A body that does not open
 * with the key becomes a dead letter, not a crash.
 */
export function sealLog(wal: Wal, secret: Uint8Array): SealedLog {
  const key = createHash('sha256').update('agentops write-ahead log').update(secret).digest();
  return {
    append: (entry: WalEntry) => wal.append({ ...entry, body: seal(entry.body, key) }),
    source() {
      const source = wal.source();
      return {
        async poll(limits) {
          const chunk = await source.poll(limits);
          return chunk === null
            ? null
            : { ...chunk, records: chunk.records.map((record) => unseal(record, key)) };
        },
        commit: (name, next) => source.commit(name, next),
        get exhausted() {
          return source.exhausted;
        },
        close: () => source.close(),
      } satisfies StreamSource;
    },
  };
}

function seal(body: Uint8Array, key: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  const sealed = cipher.update(body);
  return Buffer.concat([nonce, sealed, cipher.final(), cipher.getAuthTag()]);
}

function unseal(record: SourceRecord, key: Uint8Array): SourceRecord {
  if (record.fault !== undefined) return { ...record, body: Buffer.alloc(0) };
  try {
    const { body } = record;
    const decipher = createDecipheriv(ALGORITHM, key, body.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
    const opened = decipher.update(body.subarray(NONCE_BYTES, body.length - TAG_BYTES));
    return { ...record, body: Buffer.concat([opened, decipher.final()]) };
  } catch {
    return { ...record, body: Buffer.alloc(0), fault: 'does not open with this installation’s key' };
  }
}
