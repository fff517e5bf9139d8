import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testFile } from '../servers/tools.ts';

/** A generated Collector configuration of the sample company. */
export function generated(path: string): string {
  return testFile(`../deploy/generated/collector/${path}`);
}

/** A configuration of the test's own, as JSON: YAML takes it. */
export function configFile(config: object): string {
  const file = join(mkdtempSync(join(tmpdir(), 'agentops-collector-config-')), 'config.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** A Collector of somebody else; it sends to `THEIRS`. */
export const THEIRS = testFile('collector/theirs.yaml');

/** Over a bundle or a whole Collector that sends to `agentops up`: readable, and at once. */
export const READABLE = configFile({
  exporters: { 'otlp_http/agentops': { encoding: 'json', compression: 'none' } },
});
