/**
 * Chaskey-12, a keyed hash of 128 bits made of 32-bit additions, rotations and xors, which JavaScript has natively:
 * Mouha et al., "Chaskey: an efficient MAC algorithm for 32-bit microcontrollers" (SAC 2014); "Chaskey: a MAC
 * algorithm for microcontrollers, status update and proposal of Chaskey-12" (2015); ISO/IEC 29192-6.
 *
 * The message is written into {@link Mac.buffer} from 0 on, and taken in with `flush` whenever that gets full.
 */
export interface Mac {
  readonly buffer: Uint8Array;
  /** Takes in what `buffer[0, length)` holds, but for the end that may be the last block. Returns where to go on writing. */
  flush(length: number): number;
  /** The tag of everything, as 32 hex characters, `buffer[0, length)` being the end. Ready for the next message. */
  finish(length: number): string;
}

const SIZE = 4096;
const BLOCK = 16;
const ROUNDS = 12;

/** `key`: 16 bytes. */
export function createMac(key: Uint8Array): Mac {
  const memory = new ArrayBuffer(SIZE);
  const buffer = new Uint8Array(memory);
  // Words are read in the order of the machine, which is little-endian wherever Node.js runs but on s390x.
  const words = new Int32Array(memory);
  const k0 = Int32Array.from({ length: 4 }, (_, i) =>
    new DataView(key.buffer, key.byteOffset).getInt32(4 * i, true),
  );
  const wholeLast = double(k0);
  const paddedLast = double(wholeLast);
  const state = Int32Array.from(k0);

  function absorb(blocks: number, last: Int32Array | null): void {
    let v0 = state[0]!;
    let v1 = state[1]!;
    let v2 = state[2]!;
    let v3 = state[3]!;
    for (let block = 0; block < blocks; block++) {
      const at = block << 2;
      v0 ^= words[at]!;
      v1 ^= words[at + 1]!;
      v2 ^= words[at + 2]!;
      v3 ^= words[at + 3]!;
      if (last !== null && block === blocks - 1) {
        v0 ^= last[0]!;
        v1 ^= last[1]!;
        v2 ^= last[2]!;
        v3 ^= last[3]!;
      }
      for (let round = 0; round < ROUNDS; round++) {
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (v0 + v3) | 0;
        v3 = ((v3 << 13) | (v3 >>> 19)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 7) | (v1 >>> 25)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
    }
    state[0] = v0;
    state[1] = v1;
    state[2] = v2;
    state[3] = v3;
  }

  return {
    buffer,
    flush(length) {
      const blocks = length === 0 ? 0 : (length - 1) >> 4;
      absorb(blocks, null);
      buffer.copyWithin(0, blocks * BLOCK, length);
      return length - blocks * BLOCK;
    },
    finish(length) {
      const whole = length > 0 && length % BLOCK === 0;
      let end = length;
      if (!whole) {
        buffer[end++] = 1;
        while (end % BLOCK !== 0) buffer[end++] = 0;
      }
      const last = whole ? wholeLast : paddedLast;
      absorb(end / BLOCK, last);
      const tag =
        hex(state[0]! ^ last[0]!) +
        hex(state[1]! ^ last[1]!) +
        hex(state[2]! ^ last[2]!) +
        hex(state[3]! ^ last[3]!);
      state.set(k0);
      return tag;
    },
  };
}

/** Multiplication by x in GF(2^128), as the key schedule has it. */
function double(key: Int32Array): Int32Array {
  const [a, b, c, d] = key as unknown as [number, number, number, number];
  return Int32Array.of(
    (a << 1) ^ ((d >>> 31) * 0x87),
    (b << 1) | (a >>> 31),
    (c << 1) | (b >>> 31),
    (d << 1) | (c >>> 31),
  );
}

/** Eight hex characters, the lowest byte first. */
function hex(word: number): string {
  return String.fromCharCode(
    digit((word >>> 4) & 15),
    digit(word & 15),
    digit((word >>> 12) & 15),
    digit((word >>> 8) & 15),
    digit((word >>> 20) & 15),
    digit((word >>> 16) & 15),
    digit(word >>> 28),
    digit((word >>> 24) & 15),
  );
}

function digit(value: number): number {
  return value < 10 ? 48 + value : 87 + value;
}
