import { testFile } from '../servers/tools.ts';

/** A generated Collector configuration of the sample company. */
export function generated(path: string): string {
  return testFile(`../deploy/generated/collector/${path}`);
}

/** A Collector of somebody else; it sends to `THEIRS`. */
export const THEIRS = testFile('collector/theirs.yaml');

/** Over a bundle or a whole Collector that sends to `agentops up`: readable, and at once. */
export const READABLE = testFile('collector/readable.yaml');
