import { traceIdText } from '../decode/otlp.ts';

/** Trace ids as text, made once: spans of one trace come together, or between those of some others. */
export interface TraceIds {
  /** Of the 16 bytes of `view` from `at` on, which stand in `buf` too. */
  text(buf: Buffer, view: DataView, at: number): string;
}

const SLOTS = 256;

export function createTraceIds(): TraceIds {
  const texts: string[] = new Array(SLOTS).fill('');
  /** Four words a slot. */
  const words = new Int32Array(SLOTS * 4);
  return {
    text(buf, view, at) {
      const a = view.getInt32(at, true);
      const b = view.getInt32(at + 4, true);
      const c = view.getInt32(at + 8, true);
      const d = view.getInt32(at + 12, true);
      const slot = (a ^ b ^ c ^ d) & (SLOTS - 1);
      const i = slot * 4;
      if (words[i] !== a || words[i + 1] !== b || words[i + 2] !== c || words[i + 3] !== d) {
        words[i] = a;
        words[i + 1] = b;
        words[i + 2] = c;
        words[i + 3] = d;
        texts[slot] = traceIdText(buf, at);
      }
      return texts[slot]!;
    },
  };
}
