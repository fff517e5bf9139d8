import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, openEmbedded, type Store } from '@agentops/processor';
import { dump, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { childOptions, tell } from './child.ts';
import { OWNERS } from './registry.ts';

/** Holds what the processors left against one pass over the same messages, in a process of its own. */
export interface JudgeOptions {
  readonly dir: string;
  /** A JSON body a line: every message that was acknowledged, duplicates included. */
  readonly messages: string;
}

export interface Judgement {
  /** Table, and what is wrong with it; empty when all is right. */
  readonly wrong: readonly string[];
  readonly rows: number;
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
}

interface Totals {
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly unbalanced: number;
}

const { dir, messages } = childOptions<JudgeOptions>();
const db = join(dir, 'db');
const found = openEmbedded(db);
const truth = openEmbedded(db, 'truth');
await migrate(truth, { retentionDays: 0, timeZone: 'Asia/Tokyo', currency: 'USD' });
await truth.command('INSERT INTO truth.registry_versions SELECT * FROM agentops.registry_versions');
const bodies = readFileSync(messages, 'utf8').trim().split('\n');
await run(truth, memorySource(records(bodies.map((body) => JSON.parse(body) as object)), { sizes: [200] }));

const wrong: string[] = [];
const [left, right] = [await dump(found), await dump(truth)];
let rows = 0;
for (const [table, expected] of Object.entries(right)) {
  const got = left[table]!;
  const there = new Set(got);
  rows += expected.length;
  const missing = expected.filter((row) => !there.has(row));
  if (missing.length > 0 || got.length !== expected.length)
    wrong.push(
      `${table}: ${got.length} rows for ${expected.length}, ${missing.length} not as they should be: ${missing[0]?.slice(0, 400) ?? ''}`,
    );
}
const totals = async (store: Store): Promise<Totals> => {
  const [row] = await store.query<Record<string, string>>(
    `SELECT sum(received) AS received, sum(stored) AS stored, sum(duplicates) AS duplicates,
       countIf(balance != 0) AS unbalanced FROM ${store.database}.conservation`,
  );
  const number = (name: string): number => Number(row![name]);
  return {
    received: number('received'),
    stored: number('stored'),
    duplicates: number('duplicates'),
    unbalanced: number('unbalanced'),
  };
};
const [counted, expected] = [await totals(found), await totals(truth)];
if (JSON.stringify(counted) !== JSON.stringify(expected))
  wrong.push(`conservation: ${JSON.stringify(counted)} for ${JSON.stringify(expected)}`);
const owners = await found.query<{ owner: string }>(
  `SELECT DISTINCT owner_department AS owner FROM agentops.cost_ledger FINAL WHERE agent = 'it-helpdesk'`,
);
if (owners.length !== 1 || owners[0]?.owner !== OWNERS.before)
  wrong.push(`what was spent last week belongs to ${owners.map(({ owner }) => owner).join(', ')}`);
await found.close();
await truth.close();
const { received, stored, duplicates } = counted;
tell('judgement', { wrong, rows, received, stored, duplicates } satisfies Judgement);
process.disconnect();
