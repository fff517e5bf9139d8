// A process that appends, reads and commits as fast as it can, and says on stdout what it was promised:
// `a <offset> <digest>` for an acknowledged record, `c <next>` for a commit. It is meant to be killed.
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openWal } from '../../../dist/source/wal/wal.js';

const [, , dir, fsync] = process.argv;
const wal = await openWal(dir, { fsync, segmentBytes: 4_000_000 });

async function append() {
  for (;;) {
    const body = randomBytes(randomInt(10) === 0 ? randomInt(1_500_000) : randomInt(2_000));
    const digest = createHash('sha256').update(body).digest('hex').slice(0, 16);
    const offset = await wal.append({
      signal: 'spans',
      encoding: 'protobuf',
      body,
      receivedAt: Date.now(),
      counted: 1,
    });
    writeSync(1, `a ${offset} ${digest}\n`);
  }
}

async function consume() {
  const source = wal.source();
  for (;;) {
    const chunk = await source.poll({ maxBytes: 1_000_000, waitMs: 1_000 });
    if (chunk === null) continue;
    await source.commit(chunk.source, chunk.next);
    writeSync(1, `c ${chunk.next}\n`);
  }
}

await Promise.all([append(), append(), append(), append(), consume()]);
