/** Hands out typed arrays of zeros. */
export interface Memory {
  uint8(length: number): Uint8Array<ArrayBuffer>;
  uint16(length: number): Uint16Array<ArrayBuffer>;
  int32(length: number): Int32Array<ArrayBuffer>;
  uint32(length: number): Uint32Array<ArrayBuffer>;
  uint64(length: number): BigUint64Array<ArrayBuffer>;
  float64(length: number): Float64Array<ArrayBuffer>;
}

/**
 * All of them in one piece of `size` bytes: as many pieces cost several times as much to get and to give back. Throws
 * `RangeError` when it is used up.
 */
export function createMemory(size: number): Memory {
  const buffer = new ArrayBuffer(size);
  let used = 0;
  function take(bytes: number): number {
    const at = used;
    used += Math.ceil(bytes / 8) * 8;
    return at;
  }
  return {
    uint8: (length) => new Uint8Array(buffer, take(length), length),
    uint16: (length) => new Uint16Array(buffer, take(length * 2), length),
    int32: (length) => new Int32Array(buffer, take(length * 4), length),
    uint32: (length) => new Uint32Array(buffer, take(length * 4), length),
    uint64: (length) => new BigUint64Array(buffer, take(length * 8), length),
    float64: (length) => new Float64Array(buffer, take(length * 8), length),
  };
}

/** Each in a piece of its own. */
export const SEPARATE: Memory = {
  uint8: (length) => new Uint8Array(length),
  uint16: (length) => new Uint16Array(length),
  int32: (length) => new Int32Array(length),
  uint32: (length) => new Uint32Array(length),
  uint64: (length) => new BigUint64Array(length),
  float64: (length) => new Float64Array(length),
};
