/** Items by what became of them. */
export interface Totals {
  received: number;
  stored: number;
  duplicates: number;
  deadLetters: number;
  dropped: number;
}

export function noTotals(): Totals {
  return { received: 0, stored: 0, duplicates: 0, deadLetters: 0, dropped: 0 };
}

export function addTotals(totals: Totals, more: Totals): void {
  totals.received += more.received;
  totals.stored += more.stored;
  totals.duplicates += more.duplicates;
  totals.deadLetters += more.deadLetters;
  totals.dropped += more.dropped;
}
