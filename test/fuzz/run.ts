import { parseArgs } from 'node:util';
import { fuzzPayloads } from './payloads.ts';
import { fuzzQueries } from './queries.ts';

/**
 * `npm run fuzz -- --payloads 1000000 --queries 100000 --seed 1`: exits with 1 when a payload was lost or broke something,
 * or a query was not answered, gave something away or changed something.
 */
const { values } = parseArgs({
  options: {
    payloads: { type: 'string', default: '1000000' },
    queries: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);

let begun = performance.now();
const seconds = (): string => ((performance.now() - begun) / 1000).toFixed(0);
const payloads = fuzzPayloads(Number(values.payloads), seed);
console.log(
  `${payloads.tried} damaged payloads in ${seconds()} s: ${payloads.refused} refused, ` +
    `${payloads.items} items in the others, ${payloads.deadLetters} of them dead letters, ${payloads.failures.length} failures`,
);
begun = performance.now();
const queries = await fuzzQueries(Number(values.queries), seed);
console.log(
  `${queries.tried} damaged queries in ${seconds()} s: ${queries.answered} answered with rows, ` +
    `${queries.tried - queries.answered} refused, ${queries.failures.length} failures`,
);
const failures = [...payloads.failures, ...queries.failures];
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
