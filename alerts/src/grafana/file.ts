import type { GeneratedFile } from '@agentops/registry';
import { stringify } from 'yaml';

/** For readers that know YAML 1.1: a time of day stands in quotes, else it is a number to them. */
export const YAML = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const;

/** A file of Grafana’s folder `provisioning/alerting/`, with what is said before it. */
export function provisioningFile(
  name: string,
  content: Readonly<Record<string, unknown>>,
  comment: readonly string[] = [],
): GeneratedFile {
  const said = comment.map((line) => `# ${line}\n`).join('');
  // What the SDK builds is no plain data: keys that say nothing go by the way.
  const plain: unknown = JSON.parse(JSON.stringify({ apiVersion: 1, ...content }));
  return {
    path: `alerts/generated/grafana/${name}.yaml`,
    text: said + stringify(plain, YAML),
  };
}

/** Text that is interpolated when the file is read, and is to stay as it is. */
export function literalText(text: string): string {
  return text.replaceAll('$', '$$$$');
}
