/** The candidate that was probably meant: the word cut short or drawn out, or few keystrokes away; else `null`. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const begun = candidates.filter(
    (candidate) =>
      Math.min(word.length, candidate.length) >= 3 &&
      (candidate.startsWith(word) || word.startsWith(candidate)),
  );
  if (begun.length === 1) return begun[0]!;
  let best: string | null = null;
  let least = Math.min(3, Math.ceil(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** What to write instead of `word`. */
export function instead(word: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0) return null;
  const near = nearest(word, candidates);
  return near === null ? `use one of: ${[...new Set(candidates)].join(', ')}` : `did you mean ${near}?`;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
