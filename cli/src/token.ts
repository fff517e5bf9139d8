import { readFileSync } from 'node:fs';
import { usageError } from './output/fail.ts';

/** The bearer token that stands in a file; undefined when none is named. */
export function readToken(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw usageError(`the token file cannot be read: ${(error as Error).message}`);
  }
  if (token === '') throw usageError(`the token file ${file} is empty`);
  return token;
}
