import { describe, expect, it } from 'vitest';
import { createMac, type Mac } from './chaskey.ts';

/** Key and tags of the reference implementation of Chaskey-12: the message of length n is 00 01 02 … n − 1. */
const KEY = [0x833d3433, 0x009f389f, 0x2398e64f, 0x417acf39];
const TAGS: readonly [length: number, words: readonly number[]][] = [
  [0, [0x43cb1f41, 0x51eba0c2, 0xff0a8ac3, 0x7ee3f642]],
  [1, [0xf9ac2067, 0x9c35a846, 0x441aad3d, 0x777b7330]],
  [2, [0x57da70c5, 0x2a873cb0, 0x19ee8b2a, 0x165cd82e]],
  [7, [0xb7d29cb8, 0x40a2819d, 0xae403cdb, 0x6fbefa95]],
  [15, [0x03cfb44b, 0x283c8163, 0xfca71448, 0xc40a0aea]],
  [16, [0x5dd0e2a9, 0xfb5eac8c, 0x633a392e, 0x500c36f3]],
  [17, [0x8b5f6d5a, 0x202314f6, 0x22092368, 0x9639e606]],
  [31, [0x1d3d30b1, 0x01d74fca, 0x3b2eb54c, 0xd8cd36b4]],
  [32, [0x77962784, 0x07c647fa, 0xdd752c0f, 0xd2f5a799]],
  [33, [0xd74bb867, 0x2c0dfb3a, 0xb697e9cd, 0x5658edda]],
  [48, [0xf36e748b, 0x8f34677f, 0x1e00ba1b, 0xdd7da46d]],
  [63, [0x2dd072e1, 0x42b89efe, 0xfb26b615, 0x049aa451]],
];

const littleEndian = (words: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, i) => {
    bytes.writeUInt32LE(word, i * 4);
  });
  return bytes;
};

function tagOf(mac: Mac, message: Uint8Array, piece: number): string {
  let length = 0;
  for (let at = 0; at < message.length; at += piece) {
    length = mac.flush(length);
    const part = message.subarray(at, at + piece);
    mac.buffer.set(part, length);
    length += part.length;
  }
  return mac.finish(length);
}

describe('Chaskey-12', () => {
  const mac = createMac(littleEndian(KEY));

  it.each(TAGS)('has the published tag of a message of %i bytes', (length, words) => {
    const message = Uint8Array.from({ length }, (_, i) => i);
    expect(tagOf(mac, message, 4000)).toBe(littleEndian(words).toString('hex'));
  });

  it('reads a message where it stands', () => {
    const memory = Uint8Array.from({ length: 400 }, (_, i) => (i * 7919) >> 3);
    const view = new DataView(memory.buffer);
    for (let length = 0; length < 200; length++) {
      for (const start of [0, 1, 7, 16]) {
        const message = memory.subarray(start, start + length);
        expect(mac.finish(mac.begin(view, start, start + length))).toBe(tagOf(mac, message, 4000));
        const words = new Int32Array(5);
        mac.finishInto(mac.begin(view, start, start + length), words, 1);
        expect(littleEndian([...words.subarray(1)].map((word) => word >>> 0)).toString('hex')).toBe(
          tagOf(mac, message, 4000),
        );
      }
    }
  });

  it('does not depend on how the message was cut', () => {
    const message = Uint8Array.from({ length: 9000 }, (_, i) => (i * 7919) >> 3);
    const tag = tagOf(mac, message, 4000);
    for (const piece of [1, 15, 16, 17, 1024]) expect(tagOf(mac, message, piece)).toBe(tag);
    message[4096]! ^= 1;
    expect(tagOf(mac, message, 4000)).not.toBe(tag);
  });
});
