import { SEPARATE } from './memory.ts';

/** Texts of which hardly any comes twice, as the UTF-8 that they came in: one stretch of bytes for all of a page. */
export interface Heap {
  bytes: Buffer;
  end: number;
}

/** Where each row's text stands in the heap of the page. */
export interface TextColumn {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

export function createHeap(size: number): Heap {
  return { bytes: Buffer.allocUnsafeSlow(size), end: 0 };
}

export function createTexts(rows: number, memory = SEPARATE): TextColumn {
  return { starts: memory.uint32(rows), ends: memory.uint32(rows) };
}

/** `bytes[start, end)` as they stand. */
export function setTextBytes(
  column: TextColumn,
  row: number,
  heap: Heap,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const at = reserve(heap, end - start);
  if (end - start < SHORT) {
    const to = heap.bytes;
    for (let from = start, i = at; from < end; from++, i++) to[i] = bytes[from]!;
  } else heap.bytes.set(bytes.subarray(start, end), at);
  column.starts[row] = at;
  column.ends[row] = heap.end;
}

/** From here on a native call costs less than a loop. */
const SHORT = 64;

export function setText(column: TextColumn, row: number, heap: Heap, text: string): void {
  if (text === '') return;
  const size = Buffer.byteLength(text);
  const at = reserve(heap, size);
  heap.bytes.utf8Write(text, at, size);
  column.starts[row] = at;
  column.ends[row] = heap.end;
}

export function textAt({ starts, ends }: TextColumn, row: number, { bytes }: Heap): string {
  const start = starts[row]!;
  const end = ends[row]!;
  return start === end ? '' : bytes.utf8Slice(start, end);
}

export function hasText({ starts, ends }: TextColumn, row: number): boolean {
  return starts[row] !== ends[row];
}

export function isSameText(
  a: TextColumn,
  rowA: number,
  heapA: Heap,
  b: TextColumn,
  rowB: number,
  heapB: Heap,
): boolean {
  const start = a.starts[rowA]!;
  const size = a.ends[rowA]! - start;
  const other = b.starts[rowB]!;
  if (b.ends[rowB]! - other !== size) return false;
  // Ids differ mostly at their end.
  for (let i = size - 1; i >= 0; i--) if (heapA.bytes[start + i] !== heapB.bytes[other + i]) return false;
  return true;
}

/** Room for `size` bytes: where they go. */
function reserve(heap: Heap, size: number): number {
  const at = heap.end;
  heap.end = at + size;
  if (heap.end > heap.bytes.length) {
    const larger = Buffer.allocUnsafeSlow(Math.max(heap.bytes.length * 2, heap.end));
    heap.bytes.copy(larger, 0, 0, at);
    heap.bytes = larger;
  }
  return at;
}
