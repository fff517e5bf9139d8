import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settled } from './harm.ts';
import { isKept, readKept } from './kept.ts';
import { type JudgedWeek, printWeeks } from './print.ts';
import { tellWeek } from './replay.ts';
import { makeWeek } from './week.ts';

/**
 * `npm run paging [--keep FOLDER] [seed…]`: weeks of the simulated fleet with incidents that are known, through the whole
 * chain and every rule: precision and recall of what reaches people, and how soon. Two processes play them, some minutes a
 * week; what fired is kept in FOLDER, and taken from there. Fleet, incidents and labels are this project's own.
 */
/** Rules and thresholds were chosen looking at seeds 1 to 3 and 11 to 15. */
const UNSEEN = [21, 22, 23, 24];
const PROCESSES = 2;

const args = process.argv.slice(2);
const keep = args[0] === '--keep' ? args[1] : undefined;
const given = (keep === undefined ? args : args.slice(2)).map(Number);
const seeds = given.length > 0 ? given : UNSEEN;

const folder = keep ?? mkdtempSync(join(tmpdir(), 'agentops-paging-'));
try {
  mkdirSync(folder, { recursive: true });
  await play(seeds.filter((seed) => !isKept(folder, seed)));
  printWeeks(
    seeds.map((seed): JudgedWeek => {
      const { fired, harms } = readKept(folder, seed);
      const made = makeWeek(seed);
      const week = settled(made, harms);
      return { seed, made, harms, week, told: tellWeek(fired, week) };
    }),
  );
} finally {
  if (keep === undefined) rmSync(folder, { recursive: true });
}

/** Several weeks of one process share their store: what a rule costs is planning it, which is done once for all of them. */
async function play(missing: readonly number[]): Promise<void> {
  const each = Math.ceil(missing.length / PROCESSES);
  const parts = Array.from({ length: PROCESSES }, (_, i) => missing.slice(i * each, (i + 1) * each));
  const player = fileURLToPath(new URL('play.js', import.meta.url));
  const codes = await Promise.all(
    parts
      .filter((part) => part.length > 0)
      .map(async (part) => {
        const child = spawn(process.execPath, [player, folder, ...part.map(String)], { stdio: 'inherit' });
        const [code] = (await once(child, 'exit')) as [number | null];
        return code;
      }),
  );
  if (codes.some((code) => code !== 0)) throw new Error('a week could not be played');
}
