import { BLIND_SPOTS } from './blind-spots.ts';
import { judgeAll, scoresOf, type Verdict } from './evaluate.ts';

/**
 * `npm run loops [seed…]`: precision, recall and delay of loop detection on the labelled set, by pattern, and every
 * kind of honest run with what was found in it. The labels are this project's own.
 */
const VARIANTS = 8;
/** The thresholds were chosen looking at seed 1. */
const UNSEEN = [2, 3, 4, 5, 6];

const given = process.argv.slice(2).map(Number);
const seeds = given.length > 0 ? given : UNSEEN;
const verdicts = seeds.flatMap((seed) => judgeAll(seed, VARIANTS));
const honest = verdicts.filter(({ label }) => label === null);

console.log(
  `${verdicts.length} sequences, self-labelled: ${verdicts.length - honest.length} circles, ${honest.length} honest runs; seeds ${seeds.join(', ')}\n`,
);
const row = (cells: readonly (string | number)[]): void =>
  console.log(
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(20) : String(cell).padStart(11))).join(''),
  );
const share = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(3));

row(['pattern', 'sequences', 'found', 'wrong', 'precision', 'recall', 'mean delay', 'most']);
let found = 0;
let wrong = 0;
for (const score of scoresOf(verdicts)) {
  found += score.found;
  wrong += score.wrong;
  const delay = Number.isNaN(score.meanDelay) ? '–' : score.meanDelay.toFixed(2);
  row([
    score.pattern,
    score.sequences,
    score.found,
    score.wrong,
    share(score.precision),
    share(score.recall),
    delay,
    score.mostDelay,
  ]);
}
const circles = verdicts.length - honest.length;
row(['all', circles, found, wrong, share(found / (found + wrong)), share(found / circles), '', '']);

console.log('\nscenarios, and the runs in which something else was found or nothing');
list(verdicts);
console.log('\nwhat digests, times and token counts cannot tell, outside the figures above');
const blind = seeds.flatMap((seed) => judgeAll(seed, VARIANTS, BLIND_SPOTS));
list(blind);
const everything = [...verdicts, ...blind];
const hits = everything.filter(({ hit }) => hit !== null).length;
const findings = everything.reduce((sum, verdict) => sum + verdict.findings.length, 0);
const labels = everything.filter(({ label }) => label !== null).length;
console.log(`  with these: precision ${share(hits / findings)}, recall ${share(hits / labels)}`);

function list(all: readonly Verdict[]): void {
  for (const scenario of new Set(all.map((verdict) => verdict.scenario))) {
    const own = all.filter((verdict) => verdict.scenario === scenario);
    const pattern = own.find(({ label }) => label !== null)?.label?.pattern ?? 'honest';
    const missed = own.filter(({ label, hit }) => label !== null && hit === null).length;
    const others = own.flatMap(({ findings, hit }) => findings.filter((finding) => finding !== hit));
    const notes = [
      missed > 0 ? `${missed} of ${own.length} missed` : '',
      others.length > 0
        ? `${others.length} × ${[...new Set(others.map((other) => other.pattern))].join(', ')}`
        : '',
    ];
    console.log(
      `  ${pattern.padEnd(18)} ${[scenario.name, ...notes.filter((note) => note !== '')].join(': ')}`,
    );
  }
}
