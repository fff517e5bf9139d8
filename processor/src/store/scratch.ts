/** Memory for the values of one column; the next one takes it again. */
let scratch = new ArrayBuffer(1 << 16);

export function scratchOf(bytes: number): ArrayBuffer {
  if (bytes > scratch.byteLength) scratch = new ArrayBuffer(bytes * 2);
  return scratch;
}
