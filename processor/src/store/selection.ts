import type { Attribution } from '../fold/attribution.ts';
import type { StepPage } from '../steps/page.ts';
import type { StepRow } from '../steps/row.ts';

/** Steps that are to be inserted, by row of their block: where each stands, and whose work it is. */
export interface Selection {
  readonly stretches: readonly Stretch[];
  /** Rows in their pages. */
  readonly places: Int32Array;
  readonly attributions: readonly (Attribution | null)[];
  add(step: StepRow, attribution: Attribution | null): void;
  clear(): void;
}

/** Rows `from` to `to` of the block, the latter excluded: steps of one page, of which mostly some hundred come together. */
export interface Stretch {
  readonly page: StepPage;
  readonly from: number;
  to: number;
}

export function createSelection(): Selection {
  const stretches: Stretch[] = [];
  const attributions: (Attribution | null)[] = [];
  let places = new Int32Array(1024);
  let rows = 0;
  let last: Stretch | null = null;
  return {
    stretches,
    attributions,
    get places() {
      return places;
    },
    add({ page, row }, attribution) {
      if (rows === places.length) {
        const larger = new Int32Array(rows * 2);
        larger.set(places);
        places = larger;
      }
      if (last === null || last.page !== page) {
        last = { page, from: rows, to: rows };
        stretches.push(last);
      }
      last.to++;
      places[rows] = row;
      attributions[rows++] = attribution;
    },
    clear() {
      // The arrays keep their size, and nothing of what they held.
      attributions.fill(null, 0, rows);
      stretches.length = 0;
      rows = 0;
      last = null;
    },
  };
}
