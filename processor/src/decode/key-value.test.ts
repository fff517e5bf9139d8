import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAttributeList, resetAttributes } from './attributes.ts';
import { readKeyValue } from './key-value.ts';
import { createKeyTable } from './keys.ts';
import { WireError } from './wire.ts';
import { viewOf } from './words.ts';

function field(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** What a message is read as, with other bytes before and behind it. */
function read(known: string, message: Buffer): unknown {
  const buf = Buffer.concat([Buffer.alloc(3, 0x12), message, Buffer.alloc(8, 0x0a)]);
  const list = createAttributeList();
  resetAttributes(list, { buf, pos: 0, view: viewOf(buf) });
  try {
    readKeyValue(list, 3, 3 + message.length, createKeyTable([known]));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return error.message.replace(/ at byte \d+$/, '');
  }
  const { count, total, keys, types, starts, ends } = list;
  const value = buf.subarray(starts[0], ends[0]).toString('hex');
  return count === 0 ? { total } : { total, key: keys[0], type: types[0], value };
}

const bytes = fc.uint8Array({ maxLength: 12 });
const value = fc.oneof(
  bytes,
  fc.uint8Array({ maxLength: 300 }).map((text) => field(0x0a, text)),
  fc.uint8Array({ maxLength: 140 }).map((list) => field(0x2a, list)),
  fc.uint8Array({ maxLength: 5 }).map((number) => Buffer.from([0x18, ...number])),
  fc.uint8Array({ minLength: 7, maxLength: 9 }).map((number) => Buffer.from([0x21, ...number])),
  fc.boolean().map((flag) => Buffer.from([0x10, flag ? 1 : 0])),
);
const key = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ minLength: 120, maxLength: 140 }));
/** An unknown field: whatever has it goes the general way. */
const UNKNOWN = Buffer.from([0x78, 0x00]);

test('a key and its value are read alike in either order, and as the general way reads them', () => {
  fc.assert(
    fc.property(key, value, (name, content) => {
      const parts = [field(0x0a, Buffer.from(name)), field(0x12, content)] as const;
      const general = read(name, Buffer.concat([...parts, UNKNOWN]));
      expect(read(name, Buffer.concat([...parts]))).toEqual(general);
      expect(read(name, Buffer.concat([parts[1], parts[0]]))).toEqual(general);
    }),
    { numRuns: 5000 },
  );
});

test('of any bytes neither order reads anything else than the general way', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0x0a, 0x12),
      bytes,
      fc.constantFrom(0x0a, 0x12),
      bytes,
      bytes,
      (a, x, b, y, z) => {
        const message = Buffer.concat([field(a, x), field(b, y), z]);
        for (let end = 1; end <= message.length; end++) {
          const cut = message.subarray(0, end);
          const general = read('key', Buffer.concat([UNKNOWN, cut]));
          expect(read('key', cut)).toEqual(general);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
