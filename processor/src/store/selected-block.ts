import type { Attribution } from '../fold/attribution.ts';
import type { StepRow } from '../steps/row.ts';
import { type Block, type Columns, createBlock } from './block.ts';
import { createSelection, type Selection } from './selection.ts';

/** A block whose rows are steps: most of its columns are gathered from their pages. */
export interface SelectedBlock<C extends Columns> extends Block<C> {
  /** Begins a row for the step; returns its number. `attribution`: null where nobody's. */
  select(step: StepRow, attribution: Attribution | null): number;
}

export function createSelectedBlock<C extends Columns>(
  table: string,
  columnsOf: (selection: Selection) => C,
): SelectedBlock<C> {
  const selection = createSelection();
  const block = createBlock(table, columnsOf(selection));
  return {
    ...block,
    get rows() {
      return block.rows;
    },
    select(step, attribution) {
      selection.add(step, attribution);
      return block.add();
    },
    take() {
      const encoded = block.take();
      selection.clear();
      return encoded;
    },
  };
}
