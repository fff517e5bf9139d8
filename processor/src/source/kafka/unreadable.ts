/**
 * What kafkajs is given in place of a batch that cannot be decompressed. It knows how many records the batch has and reads
 * so many; each of these says by a header that it is none. Without them the whole member would stop at such a batch.
 */
export const UNREADABLE = 'agentops.unreadable';

/** More records than a batch of a Collector ever has. */
const MOST_RECORDS = 20_000;

/** Kafka's record format 2: lengths and deltas are zigzag varints. */
export function unreadableRecords(why: string): Buffer {
  const name = Buffer.from(UNREADABLE);
  const value = Buffer.from(why);
  const header = Buffer.concat([varint(name.length), name, varint(value.length), value]);
  const parts: Buffer[] = [];
  for (let delta = 0; delta < MOST_RECORDS; delta++) {
    // Attributes, time of the batch, offset; no key, no value; one header.
    const record = Buffer.concat([
      Buffer.of(0),
      varint(0),
      varint(delta),
      varint(-1),
      varint(-1),
      varint(1),
      header,
    ]);
    parts.push(varint(record.length), record);
  }
  return Buffer.concat(parts);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
