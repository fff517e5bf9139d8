/** Seeded chance: two runs with one seed are equal. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  int(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
  /** A whole number that is `mean` on average; one that is whole takes no chance. */
  times(mean: number): number;
  hex(bytes: number): string;
  /** Log-normal around `median`. */
  around(median: number, spread: number): number;
}

/** mulberry32 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (list) => list[Math.floor(next() * list.length)]!,
    chance: (probability) => next() < probability,
    times: (mean) => Math.floor(mean) + (Number.isInteger(mean) || next() >= mean % 1 ? 0 : 1),
    hex: (bytes) => Array.from({ length: bytes * 2 }, () => Math.floor(next() * 16).toString(16)).join(''),
    around(median, spread) {
      // Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(normal * spread);
    },
  };
}
