import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestFiles, openEmbedded, startEmbedded } from '@agentops/processor';
import { expect, test } from 'vitest';
import { findPlanted, plant } from '../secrets/generate.ts';

const TABLES = [
  'steps',
  'runs',
  'cost_ledger',
  'approval_events',
  'evaluations',
  'dead_letters',
  'ingest_ledger',
  'content_texts',
];

/** A registry that keeps masked content of every agent, so that content is stored at all. */
const ORGANISATION = 'name: Keepers\n';
const AGENT = `id: keeper
name: Keeper
purpose: Keeps masked content of everybody.
stage: pilot
department: any
owner: owners
operator: operators
match: [{ service: '*' }]
content: masked
`;

test('no planted secret is found in any table, file, log or dead letter, by any route', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'secrets-'));
  const dataDir = join(dir, 'data');
  const registryDir = join(dir, 'registry');
  const logged: string[] = [];
  try {
    mkdirSync(join(registryDir, 'agents'), { recursive: true });
    writeFileSync(join(registryDir, 'organisation.yaml'), ORGANISATION);
    writeFileSync(join(registryDir, 'agents', 'keeper.yaml'), AGENT);
    const network = plant(771);
    const product = await startEmbedded({
      dataDir,
      registryDir,
      otlpPort: 0,
      onLog: (line) => logged.push(line),
    });
    const post = (path: string, body: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${product.otlpPort}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    for (const request of network.traces)
      logged.push(await (await post('/v1/traces', JSON.stringify(request))).text());
    for (const request of network.logs)
      logged.push(await (await post('/v1/logs', JSON.stringify(request))).text());
    for (const body of network.broken) logged.push(await (await post('/v1/traces', body)).text());
    await product.drained();
    await product.stop();

    const filed = plant(772);
    const file = join(dir, 'outside.jsonl');
    writeFileSync(
      file,
      [...filed.traces.map((request) => JSON.stringify(request)), ...filed.broken].join('\n'),
    );
    await ingestFiles({ dataDir, registryDir, files: [file] });

    const secrets = [...network.secrets, ...filed.secrets];
    expect(secrets.length).toBeGreaterThan(1000);
    const store = openEmbedded(join(dataDir, 'db'));
    let rows = 0;
    for (const table of TABLES) {
      const text = await store.text(`SELECT * FROM agentops.${table}`, 'TabSeparatedRaw');
      rows += text.split('\n').length;
      expect({ table, found: findPlanted(text, secrets) }).toEqual({ table, found: [] });
    }
    expect(rows).toBeGreaterThan(1000);
    await store.close();
    expect(findPlanted(logged.join('\n'), secrets)).toEqual([]);
    for (const path of filesOf(dataDir)) {
      expect({ path, found: findPlanted(readFileSync(path, 'latin1'), secrets) }).toEqual({
        path,
        found: [],
      });
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 240_000);

function filesOf(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
