import { SABOTAGES } from './sabotage.ts';
import { torture } from './torture.ts';

/**
 * `npm run torture`: ten minutes and over a hundred kills, then each sabotage, which has to be seen in one of three runs.
 * `-- --short`: half a minute, no sabotage. `--seed N`, `--seconds N`, `--traces N`, `--quiet`; `--sabotage` runs only those,
 * and `--sabotage WORD` those that the word is in; `--deduplicating` with tables that drop a block equal to one before, as
 * replicated ones do.
 */
const LONG = 600;
const KILLS = 100;
const SABOTAGE_RUNS = 3;
const args = process.argv.slice(2);
const number = (name: string, fallback: number): number => {
  const at = args.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(args[at + 1]);
};
const short = args.includes('--short');
const deduplicating = args.includes('--deduplicating');
const seed = number('seed', 1);
const seconds = number('seconds', short ? 30 : LONG);
const traces = number('traces', short ? 250 : 4_000);
const begun = performance.now();
const say = (message: string): void => {
  if (!args.includes('--quiet'))
    console.log(`${((performance.now() - begun) / 1_000).toFixed(1).padStart(7)} s  ${message}`);
};
let failed = false;

if (!args.includes('--sabotage')) {
  const result = await torture({ seed, traces, seconds, sabotage: null, deduplicating, say });
  const { wrong, ...about } = result;
  const { torments } = about;
  const kills =
    torments['a processor is killed'] + torments['a processor is killed while its inserts are on their way'];
  console.log(JSON.stringify({ seed, seconds, deduplicating, ...about }, null, 2));
  for (const line of wrong) console.log(`WRONG ${line}`);
  console.log(wrong.length === 0 ? 'every table is as it should be\n' : 'NOT as it should be\n');
  if (seconds >= LONG && kills < KILLS)
    console.log(`only ${kills} kills of ${KILLS}: the machine is too slow for this`);
  failed = wrong.length > 0 || (seconds >= LONG && kills < KILLS);
}
if (!short) {
  const [, word = ''] = args.slice(args.indexOf('--sabotage'));
  const only = args.includes('--sabotage') && !word.startsWith('--') ? word : '';
  for (const sabotage of SABOTAGES.filter((name) => name.includes(only))) {
    let seen: string | undefined;
    for (let run = 0; run < SABOTAGE_RUNS && seen === undefined; run++) {
      const about = { seed: seed + run, traces: 2_000, seconds: 60, sabotage, deduplicating, say };
      [seen] = (await torture(about)).wrong;
    }
    console.log(`sabotage, ${sabotage}: ${seen === undefined ? 'NOT seen' : `seen: ${seen}`}`);
    failed ||= seen === undefined;
  }
}
process.exit(failed ? 1 : 0);
