import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate } from '@agentops/cli/simulate';
import { ingestFiles, openEmbedded, type Store } from '@agentops/processor';
import { testFile } from '../servers/tools.ts';
import { exporterRows, type OtlpTraces, STRUCTURE, TABLE } from './exporter-table.ts';

export interface Stored {
  readonly spans: number;
  /** Compressed bytes on disk, merged, indexes included. */
  readonly exporter: number;
  readonly steps: number;
  /** The other facts: runs, charges, loops, approvals, evaluations, the ledger of what arrived. */
  readonly otherFacts: number;
  readonly rollups: number;
}

const DAYS = 7;
/** Enough that the overhead of a part does not count. */
const SCALE = 4;
const ROLLUPS = /_(?:states|sums)$/;

/** The same spans of a simulated week in our tables, and in the one that the Collector's ClickHouse exporter makes. */
export async function benchBytes(): Promise<Stored> {
  const dir = mkdtempSync(join(tmpdir(), 'agentops-bytes-'));
  try {
    const requests = join(dir, 'spans.jsonl');
    const rows = join(dir, 'rows.jsonl');
    writeFileSync(rows, '');
    const to = new Date();
    const from = new Date(to.getTime() - DAYS * 86_400_000);
    const { spans } = await simulate({
      seed: 7,
      scale: SCALE,
      from,
      to,
      write: (line) => {
        appendFileSync(requests, `${line}\n`);
        for (const row of exporterRows(JSON.parse(line) as OtlpTraces))
          appendFileSync(rows, `${JSON.stringify(row)}\n`);
      },
    });
    const dataDir = join(dir, 'data');
    await ingestFiles({ dataDir, registryDir: testFile('../registry/company'), files: [requests] });
    const store = openEmbedded(join(dataDir, 'db'));
    try {
      await store.command(TABLE);
      await store.command(`INSERT INTO agentops.otel_traces
        SELECT * REPLACE (fromUnixTimestamp64Nano(Timestamp) AS Timestamp,
          arrayMap(at -> fromUnixTimestamp64Nano(at), \`Events.Timestamp\`) AS \`Events.Timestamp\`)
        FROM file('${rows}', JSONEachRow, '${STRUCTURE}')`);
      return { spans, ...(await sizes(store, spans)) };
    } finally {
      await store.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function sizes(store: Store, spans: number): Promise<Omit<Stored, 'spans'>> {
  const tables = await store.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = 'agentops' AND engine LIKE '%MergeTree' AND total_rows > 0`,
  );
  for (const { name } of tables) await store.command(`OPTIMIZE TABLE agentops.${name} FINAL`);
  const sized = await store.query<{ table: string; rows: string; bytes: string }>(
    `SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE database = 'agentops' AND active GROUP BY table`,
  );
  for (const { table, rows } of sized)
    if ((table === 'steps' || table === 'otel_traces') && Number(rows) !== spans)
      throw new Error(`${table} holds ${rows} rows of ${spans} spans`);
  const sum = (belongs: (table: string) => boolean): number =>
    sized.reduce((total, { table, bytes }) => total + (belongs(table) ? Number(bytes) : 0), 0);
  const isOurs = (table: string): boolean => table !== 'otel_traces';
  return {
    exporter: sum((table) => !isOurs(table)),
    steps: sum((table) => table === 'steps'),
    otherFacts: sum((table) => isOurs(table) && table !== 'steps' && !ROLLUPS.test(table)),
    rollups: sum((table) => ROLLUPS.test(table)),
  };
}

export function printBytes({ spans, exporter, steps, otherFacts, rollups }: Stored): void {
  const line = (what: string, bytes: number): void =>
    console.log(
      `  ${what.padEnd(58)} ${(bytes / spans).toFixed(1).padStart(7)} B a span  ${(bytes / exporter).toFixed(2)} ×`,
    );
  console.log(`${spans.toLocaleString('en-US')} spans of a simulated week, merged, on disk`);
  line('otel_traces, as the Collector’s ClickHouse exporter makes it', exporter);
  line('steps', steps);
  line('steps and all other facts', steps + otherFacts);
  line('with the rollups', steps + otherFacts + rollups);
}
