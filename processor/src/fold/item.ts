import type { StepPage } from '../steps/page.ts';
import { StepRow } from '../steps/row.ts';
import type { Attribution } from './attribution.ts';

const NO_VARIANTS: readonly string[] = [];

/** A step of a set, and what its rows said when they were last written: what did not change is not written again. */
export class Item extends StepRow {
  /** Hashes of contents other than its own that came under the same ids, the smallest of them, in order. */
  variants: readonly string[];
  /** null before. */
  writtenAs: Attribution | null = null;
  writtenCounted = false;
  writtenFailed = false;
  writtenCharged = false;
  writtenVariants = 0;
  /** Has its content changed since? */
  changed = false;

  constructor(page: StepPage, row: number, variants = NO_VARIANTS) {
    super(page, row);
    this.variants = variants;
  }
}
