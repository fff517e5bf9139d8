import { type CorpusOptions, corpus } from './corpus.ts';

export interface StaggeredOptions extends Omit<CorpusOptions, 'open' | 'half'> {
  readonly openRuns: number;
}

const SPANS_PER_RUN = 10;
const HALVES_PER_REQUEST = 20;

/**
 * The corpus with its runs cut in two: the first half of each comes at its turn, the second, with the root, once
 * `openRuns` others have begun. So as many are open at any time. Requests of 100 spans of several agents.
 */
export function* staggered({ openRuns, ...options }: StaggeredOptions): Generator<Buffer> {
  const of = (half: 'first' | 'second'): Generator<Buffer> =>
    corpus({ ...options, half, spansPerRun: SPANS_PER_RUN, spansPerRequest: SPANS_PER_RUN / 2 });
  const [beginnings, ends] = [of('first'), of('second')];
  let parts: Buffer[] = [];
  for (let made = 0, run = 0; made < options.spans; run++) {
    for (const from of run < openRuns ? [beginnings] : [beginnings, ends]) {
      parts.push(from.next().value!);
      made += SPANS_PER_RUN / 2;
      if (parts.length < HALVES_PER_REQUEST) continue;
      // A request is its fields one after the other: two requests in a row are one.
      yield Buffer.concat(parts);
      parts = [];
    }
  }
}
