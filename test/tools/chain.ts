import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createChain,
  createHistories,
  createKnownTraces,
  createLoader,
  createMaintainer,
  createPipeline,
  createTimeline,
  migrate,
  openEmbedded,
  publishedHistories,
  publishedVersions,
  type SourceRecord,
  type Store,
  type StreamSource,
} from '@agentops/processor';
import { expect } from 'vitest';

/** One embedded engine for a test file; each case has a database of its own. */
export interface Engine {
  database(): Promise<Store>;
  close(): Promise<void>;
}

export const SCHEMA = { retentionDays: 0, timeZone: 'Asia/Tokyo', currency: 'USD' };
/** Every insert has ended when a round begins: nothing hides behind looking twice. */
export const EXACT = { underWayMs: 0, sweepMs: Number.POSITIVE_INFINITY };

/** The rollups, and what rests on them, say what is stored. */
export async function count(store: Store): Promise<void> {
  await createMaintainer(store, SCHEMA, EXACT).round();
}

export function openEngine(): Engine {
  const dir = mkdtempSync(join(tmpdir(), 'agentops-test-'));
  const stores: Store[] = [];
  return {
    async database() {
      const store = openEmbedded(join(dir, 'db'), `case_${stores.length}`);
      stores.push(store);
      await migrate(store, SCHEMA);
      return store;
    },
    async close() {
      for (const store of stores) await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What a source delivers: a body, as JSON or as bytes. */
export type Body = object | Uint8Array | string;

const RECEIVED_AT = 1_795_100_000_000;

export function records(bodies: readonly Body[], counts?: readonly number[]): SourceRecord[] {
  return bodies.map((body, offset) => {
    const isBytes = body instanceof Uint8Array;
    return {
      offset,
      signal: 'resourceLogs' in Object(body) ? 'logs' : 'spans',
      encoding: isBytes ? 'protobuf' : 'json',
      body: isBytes ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      receivedAt: RECEIVED_AT,
      counted: counts?.[offset] ?? countItems(body),
    };
  });
}

function countItems(body: Body): number {
  const groups = (body as { resourceSpans?: { scopeSpans: { spans: unknown[] }[] }[] }).resourceSpans ?? [];
  const logs = (body as { resourceLogs?: { scopeLogs: { logRecords: unknown[] }[] }[] }).resourceLogs ?? [];
  return (
    groups.flatMap((group) => group.scopeSpans.flatMap((scope) => scope.spans)).length +
    logs.flatMap((group) => group.scopeLogs.flatMap((scope) => scope.logRecords)).length
  );
}

export const SECRET = Buffer.alloc(32, 7);

/** Runs records through a chain that begins with what the store holds, as after a start. `limits`: of its memory. */
export async function run(
  store: Store,
  source: StreamSource,
  limits?: { readonly maxItems: number; readonly maxHeld: number },
): Promise<void> {
  const known = createKnownTraces();
  const loader = createLoader(store);
  await loader.known(known);
  const timeline = createTimeline(await publishedVersions(store));
  const histories = createHistories(await publishedHistories(store));
  const chain = createChain({ timeline, known, histories, secret: SECRET, ...(limits && { limits }) });
  await createPipeline({ source, ...chain, loader, store, limits: { flushMs: 0, flushBytes: 1 } }).run();
}

/** Every table, as rows in order of their keys, without what depends on where and when an item arrived. */
export async function dump(store: Store): Promise<Record<string, string[]>> {
  const { database } = store;
  const tables: Record<string, string> = {
    steps:
      'SELECT * EXCEPT (version, source, source_offset, source_index, received_at) FROM {}.steps FINAL ORDER BY trace_id, span_id',
    runs: 'SELECT * EXCEPT (version) FROM {}.runs FINAL ORDER BY trace_id, root_span_id',
    cost_ledger: 'SELECT * EXCEPT (version) FROM {}.cost_ledger FINAL ORDER BY trace_id, span_id, kind',
    approval_events: 'SELECT * EXCEPT (version) FROM {}.approval_events FINAL ORDER BY trace_id, span_id',
    evaluations: 'SELECT * EXCEPT (version) FROM {}.evaluations FINAL ORDER BY trace_id, span_id',
    loops: 'SELECT * EXCEPT (version) FROM {}.loops FINAL ORDER BY trace_id, finding_id',
    step_policy: 'SELECT * FROM {}.step_policy ORDER BY trace_id, span_id',
    task_outcomes: 'SELECT * FROM {}.task_outcomes ORDER BY task_id, environment',
  };
  const out: Record<string, string[]> = {};
  for (const [name, sql] of Object.entries(tables)) {
    out[name] = (await store.text(sql.replace('{}', database), 'JSONEachRow')).trim().split('\n');
  }
  return out;
}

/** Received = stored + duplicates + dead letters + dropped, in every minute, and something was received. */
export async function expectBalance(store: Store): Promise<void> {
  const rows = await store.query<{ received: string; balance: string }>(
    `SELECT received, balance FROM ${store.database}.conservation WHERE received > 0`,
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map((row) => row.balance)).toEqual(rows.map(() => '0'));
}
