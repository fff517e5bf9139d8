import { writeFileSync } from 'node:fs';
import { openEngine } from '../tools/chain.ts';
import { fileOf } from './kept.ts';
import { replayWeeks } from './replay.ts';
import { makeWeek } from './week.ts';

/** `node play.js FOLDER seed…`: plays the weeks of these seeds and leaves what came of them in FOLDER. */
const [folder = '', ...given] = process.argv.slice(2);
const seeds = given.map(Number);
const engine = openEngine();
const begun = performance.now();
const onHour = (hour: number): void => {
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  if (hour % 12 === 0)
    process.stderr.write(`seeds ${seeds.join(', ')}: hour ${hour} of 168 after ${minutes} min\n`);
};
try {
  const weeks = seeds.map((seed) => ({ seed, week: makeWeek(seed) }));
  for (const [seed, one] of await replayWeeks(await engine.database(), weeks, onHour))
    writeFileSync(fileOf(folder, seed), JSON.stringify(one));
} finally {
  await engine.close();
}
