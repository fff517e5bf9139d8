import { formatDiagnostics, loadRegistry, readRegistryFiles } from '@agentops/registry';
import { generateFiles } from '../generate/files.ts';
import { openGrafana } from '../grafana/client.ts';
import { grafanaRequests } from '../grafana/requests.ts';
import { usageError } from '../output/fail.ts';
import { count } from '../output/numbers.ts';
import { dim, green } from '../output/style.ts';
import { requireRegistry } from '../registry-folder.ts';

export interface PushOptions {
  readonly registry?: string;
  readonly url: string;
  readonly dryRun?: boolean;
}

/** Sends the generated dashboards to a Grafana that mounts no files. The token is in GRAFANA_TOKEN. */
export async function push(options: PushOptions): Promise<void> {
  const { registry, url, dryRun } = options;
  if (registry === undefined) throw usageError('name the registry: agentops grafana push --registry DIR');
  if (!/^https?:\/\//.test(url)) throw usageError(`${url} is no address of a Grafana: https://…`);
  requireRegistry(registry);
  const token = process.env['GRAFANA_TOKEN'] ?? '';
  if (token === '') throw usageError('set GRAFANA_TOKEN to the token of a service account (role Editor)');
  const { document, diagnostics } = loadRegistry(readRegistryFiles(registry));
  if (document === null)
    throw new Error(`the registry in ${registry} is broken:\n${formatDiagnostics(diagnostics)}`);
  const grafana = openGrafana(url, token);
  const requests = grafanaRequests(generateFiles(document), await grafana.read());
  for (const request of requests) {
    if (!dryRun) await grafana.send(request);
    process.stdout.write(`${request.what}  ${dim(`${request.method} ${request.path}`)}\n`);
  }
  const done = `${count(requests.length)} requests`;
  process.stdout.write(`${green('ok')}  ${dryRun ? `${done} would be sent` : done} to ${url}\n`);
}
