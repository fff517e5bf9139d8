import { parseArgs } from 'node:util';
import { fuzzPayloads } from './payloads.ts';

/** `npm run fuzz -- --payloads 1000000 --seed 1`: exits with 1 when a payload was lost or broke something. */
const { values } = parseArgs({
  options: { payloads: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
const start = performance.now();
const result = fuzzPayloads(Number(values.payloads), Number(values.seed));
const seconds = (performance.now() - start) / 1000;
console.log(
  `${result.tried} damaged payloads in ${seconds.toFixed(0)} s: ${result.refused} refused, ` +
    `${result.items} items in the others, ${result.deadLetters} of them dead letters, ${result.failures.length} failures`,
);
for (const failure of result.failures) console.error(failure);
process.exitCode = result.failures.length > 0 ? 1 : 0;
