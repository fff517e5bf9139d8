import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fired } from '@agentops/cli/alerts';
import { openEngine } from '../tools/chain.ts';
import { type JudgedWeek, printWeeks } from './print.ts';
import { replayWeek, tellWeek } from './replay.ts';
import { makeWeek } from './week.ts';

/**
 * `npm run paging [--keep FOLDER] [seed…]`: weeks of the simulated fleet with incidents that are known, through the whole
 * chain and every rule: precision and recall of what reaches people, and how soon. A week takes some minutes; what fired
 * is kept in FOLDER, and taken from there. Fleet, incidents and labels are this project's own.
 */
/** Thresholds were chosen looking at seeds 1 to 3. */
const UNSEEN = [11, 12, 13, 14];

const args = process.argv.slice(2);
const keep = args[0] === '--keep' ? args[1] : undefined;
const given = (keep === undefined ? args : args.slice(2)).map(Number);
const seeds = given.length > 0 ? given : UNSEEN;

const weeks: JudgedWeek[] = [];
for (const seed of seeds) {
  const week = makeWeek(seed);
  weeks.push({ seed, week, told: tellWeek(await firedIn(seed), week) });
}
printWeeks(weeks);

async function firedIn(seed: number): Promise<Fired[]> {
  const file = keep === undefined ? null : join(keep, `week-${seed}.json`);
  if (file !== null && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Fired[];
  const engine = openEngine();
  try {
    const begun = performance.now();
    const onHour = (hour: number): void => {
      if (hour % 12 === 0)
        process.stderr.write(
          `seed ${seed}: hour ${hour} of 168 after ${((performance.now() - begun) / 60_000).toFixed(1)} min\n`,
        );
    };
    const fired = await replayWeek(await engine.database(), seed, makeWeek(seed), onHour);
    if (file !== null) {
      mkdirSync(keep!, { recursive: true });
      writeFileSync(file, JSON.stringify(fired));
    }
    return fired;
  } finally {
    await engine.close();
  }
}
