import { parseArgs } from 'node:util';

/**
 * `npm run bench`: the chain of one machine; `npm run bench -- rows`: of that, decoding and rows without a store.
 * `npm run bench -- panels [--steps N] [--keep DIR]`: every question of the
 * dashboards and alerts over a store of N steps; `--keep` leaves the store there, and takes it when it is there;
 * `--quick` does not ask the facts for comparison; `panels cost alerts` asks those only. `npm run bench -- bytes`: what a span takes on disk.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '10000000' },
    keep: { type: 'string' },
    quick: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const [what = 'chain'] = positionals;
if (what === 'chain') await import('./run.ts');
else if (what === 'rows') {
  const { benchChain, printFigure } = await import('./chain.ts');
  benchChain(100_000, false).forEach(printFigure);
} else if (what === 'panels') {
  const { benchPanels, printPanels } = await import('./panels.ts');
  const onProgress = (text: string): void => console.log(text);
  const [steps, only, compare] = [Number(values.steps), positionals.slice(1), !values.quick];
  const options = { steps, dir: values.keep, compare, only, onProgress };
  await benchPanels({ ...options, onBoard: printPanels });
} else if (what === 'bytes') {
  const { benchBytes, printBytes } = await import('./bytes.ts');
  printBytes(await benchBytes());
} else if (what === 'kafka') {
  const { benchKafka } = await import('./kafka/run.ts');
  await benchKafka(positionals.slice(1), values.short);
} else {
  console.error(`no benchmark ${what}: chain, rows, panels, bytes, kafka`);
  process.exitCode = 2;
}
