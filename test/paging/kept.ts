import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Replayed } from './replay.ts';

/** Where what came of a week is kept. */
export function fileOf(folder: string, seed: number): string {
  return join(folder, `week-${seed}.json`);
}

export function isKept(folder: string, seed: number): boolean {
  return existsSync(fileOf(folder, seed));
}

export function readKept(folder: string, seed: number): Replayed {
  return JSON.parse(readFileSync(fileOf(folder, seed), 'utf8')) as Replayed;
}
