import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMaintainer,
  migrate,
  openEmbedded,
  type SourceRecord,
  type Store,
  scanRequest,
} from '@agentops/processor';
import { dump, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { outOfStep } from '../tools/rollups.ts';
import { childOptions, tell } from './child.ts';
import { OWNERS, SCHEMA } from './registry.ts';

/** Holds what the processors left against one pass over the same messages, in a process of its own. */
export interface JudgeOptions {
  readonly dir: string;
  /** A file with a line of JSON for every message that the topics hold: its topic, and its value in base64. */
  readonly messages: string;
  /** A file with a line for every span that was sent: trace id and span id. */
  readonly spans: string;
}

export interface Judgement {
  /** Table, and what is wrong with it; empty when all is right. */
  readonly wrong: readonly string[];
  readonly rows: number;
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLetters: number;
}

type Totals = Omit<Judgement, 'wrong' | 'rows'> & { readonly unbalanced: number };

/** As in Kafka: after all of it was done. */
const RECEIVED_AT = Date.now();
/** Of the prices that were valid last week. */
const CATALOGUE = 'genai-prices';
/** Longer than anybody stood still while rows were on their way. */
const REACH = { underWayMs: 15_000, sweepMs: Number.POSITIVE_INFINITY };

const { dir, messages, spans } = childOptions<JudgeOptions>();
const db = join(dir, 'db');
const found = openEmbedded(db);
const truth = openEmbedded(db, 'truth');
await migrate(truth, SCHEMA);
await truth.command('INSERT INTO truth.registry_versions SELECT * FROM agentops.registry_versions');
await run(truth, memorySource(readRecords(messages), { sizes: [200] }));

const wrong: string[] = [];
const [left, right] = [await dump(found), await dump(truth)];
for (const store of [found, truth])
  (store === found ? left : right)['dead_letters'] = await deadLetters(store);
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
const [counted, expected] = [await totals(found), await totals(truth)];
if (JSON.stringify(counted) !== JSON.stringify(expected) || counted.unbalanced > 0)
  wrong.push(`conservation: ${JSON.stringify(counted)} for ${JSON.stringify(expected)}`);
wrong.push(...(await lost(found)));
const versions = await found.query<{ version: string; price: string }>(
  `SELECT DISTINCT registry_version AS version, '' AS price FROM agentops.runs FINAL WHERE agent = 'it-helpdesk'
   UNION ALL SELECT DISTINCT '', splitByChar('@', toString(price_id))[1] FROM agentops.cost_ledger FINAL
   WHERE agent = 'it-helpdesk' AND price_id != ''`,
);
if (versions.length !== 2 || !versions.some(({ price }) => price === CATALOGUE))
  wrong.push(`last week's runs and charges are of ${JSON.stringify(versions)}`);
const owners = await found.query<{ owner: string }>(
  `SELECT DISTINCT owner_department AS owner FROM agentops.cost_ledger FINAL WHERE agent = 'it-helpdesk'`,
);
if (owners.length !== 1 || owners[0]?.owner !== OWNERS.before)
  wrong.push(`what was spent last week belongs to ${owners.map(({ owner }) => owner).join(', ')}`);
await createMaintainer(found, SCHEMA, REACH).round();
wrong.push(...(await outOfStep(found)).map((text) => `rollups: ${text}`));
await found.close();
await truth.close();
const { unbalanced: _, ...about } = counted;
tell('judgement', { wrong, rows, ...about } satisfies Judgement);
process.disconnect();

function readRecords(file: string): SourceRecord[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line, offset) => {
    const { topic, value } = JSON.parse(line) as { topic: string; value: string };
    const body = Buffer.from(value, 'base64');
    const signal = topic === 'otlp_logs' ? 'logs' : 'spans';
    const encoding = body[0] === 0x7b ? 'json' : 'protobuf';
    const { items } = scanRequest(signal, encoding, body);
    return { offset, signal, encoding, body, receivedAt: RECEIVED_AT, counted: items };
  });
}

/** Without where they stood, which differs. */
async function deadLetters({ database, text }: Store): Promise<string[]> {
  const sql = `SELECT signal, service, reason, payload, payload_bytes FROM ${database}.dead_letters FINAL ORDER BY ALL`;
  return (await text(sql, 'JSONEachRow')).trim().split('\n');
}

async function totals({ database, query }: Store): Promise<Totals> {
  const [row] = await query<Record<string, string>>(
    `SELECT sum(received) AS received, sum(stored) AS stored, sum(duplicates) AS duplicates,
       sum(dead_letters) AS deadLetters, countIf(balance != 0) AS unbalanced FROM ${database}.conservation`,
  );
  const number = (name: string): number => Number(row![name]);
  return {
    received: number('received'),
    stored: number('stored'),
    duplicates: number('duplicates'),
    deadLetters: number('deadLetters'),
    unbalanced: number('unbalanced'),
  };
}

/** Spans that somebody answered for and nobody stored. */
async function lost({ database, text }: Store): Promise<string[]> {
  const ids = await text(
    `SELECT concat(trace_id, span_id) FROM ${database}.steps FINAL WHERE inferred = 0`,
    'TabSeparated',
  );
  const there = new Set(ids.trim().split('\n'));
  const missing = readFileSync(spans, 'utf8')
    .trim()
    .split('\n')
    .filter((id) => !there.has(id));
  return missing.length === 0 ? [] : [`${missing.length} spans were sent and are not there: ${missing[0]}`];
}
