import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  createClient,
} from '@clickhouse/client';
import type { EncodedBlock } from './block.ts';

/** ClickHouse, in this process or on a server: the same statements, the same rows. */
export interface Store {
  readonly database: string;
  command(sql: string): Promise<void>;
  /** Rows as objects; 64-bit integers and decimals as exact strings. Parameters are bound: `{name:Type}`. */
  query<Row = Record<string, unknown>>(sql: string, params?: Record<string, unknown>): Promise<Row[]>;
  /** The raw answer in any of ClickHouse's output formats. */
  text(sql: string, format: string, params?: Record<string, unknown>): Promise<string>;
  /** Inserts a block in one statement; nothing happens for an empty one. */
  insert(block: EncodedBlock): Promise<void>;
  close(): Promise<void>;
}

/** Over a view whose column is a String, and a LowCardinality below, `column = ''` would fail. */
const STABLE = { optimize_functions_to_subcolumns: 0 } as const;

/** Readers of JSON need exact numbers: DESIGN of the ledger, not of a browser. */
const EXACT = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_decimal_trailing_zeros: 0,
  ...STABLE,
} as const;

/** One row a part and insert: replaced rows are merged when parts are, and a read with FINAL sees the latest. */
const INSERT = { optimize_on_insert: 0, async_insert: 0 } as const;

/**
 * Opens the embedded engine on a folder. Statements of one store run one after another; several stores on one folder
 * run side by side, so a writer keeps one to itself. Throws when the optional package `chdb` is not installed.
 */
export function openEmbedded(path: string, database = 'agentops'): Store {
  let connection: typeof import('chdb/connection');
  try {
    connection = createRequire(import.meta.url)('chdb/connection');
  } catch (error) {
    throw new Error(
      'the embedded engine is not installed: npm install chdb (Linux and macOS), or point --clickhouse at a server',
      { cause: error },
    );
  }
  mkdirSync(path, { recursive: true });
  const spool = join(path, '..', 'spool');
  mkdirSync(spool, { recursive: true });
  const client = createClient({
    connection: connection.createChdbConnection({ path }) as unknown as NonNullable<
      ClickHouseClientConfigOptions['connection']
    >,
  });
  let serial = 0;
  return createStore(client, database, async (block, columns) => {
    // The engine reads the block from a file: its text interface cannot carry binary.
    const file = join(spool, `${block.table}-${process.pid}-${++serial}.native`);
    try {
      writeFileSync(file, block.data);
      await client.command({
        query: `INSERT INTO ${database}.${block.table} (${columns}) SELECT ${columns} FROM file('${file}', 'Native')`,
        clickhouse_settings: INSERT,
      });
    } finally {
      rmSync(file, { force: true });
    }
  });
}

/** Opens a ClickHouse server by URL: `http://user:password@host:8123`. */
export function openServer(url: string, database = 'agentops'): Store {
  const client = createClient({
    url,
    compression: { request: false, response: true },
    // Thousands of trace ids make no address: whatever lies between would refuse it, at every attempt.
    use_multipart_params_auto: true,
    // Whoever asks is told, and tells it once; the client would at every attempt, in thirty lines.
    log: { level: ClickHouseLogLevel.OFF },
  });
  return createStore(client, database, async (block, columns) => {
    const answer = await client.exec({
      query: `INSERT INTO ${database}.${block.table} (${columns}) FORMAT Native`,
      values: Readable.from([block.data], { objectMode: false }),
      clickhouse_settings: INSERT,
    });
    answer.stream.resume();
  });
}

function createStore(
  client: ClickHouseClient,
  database: string,
  insert: (block: EncodedBlock, columns: string) => Promise<void>,
): Store {
  const pending = new Set<Promise<unknown>>();
  /** A session that is closed under a statement takes the process with it. */
  function track<Args extends unknown[], T>(
    work: (...args: Args) => Promise<T>,
  ): (...args: Args) => Promise<T> {
    return (...args) => {
      const running = work(...args);
      const settled: Promise<unknown> = running.then(
        () => pending.delete(settled),
        () => pending.delete(settled),
      );
      pending.add(settled);
      return running;
    };
  }

  const store: Store = {
    database,
    async command(sql) {
      await client.command({ query: sql, clickhouse_settings: STABLE });
    },
    async query<Row>(sql: string, params?: Record<string, unknown>) {
      const answer = await client.query({
        query: sql,
        format: 'JSONEachRow',
        clickhouse_settings: EXACT,
        ...(params && { query_params: params }),
      });
      return (await answer.json()) as Row[];
    },
    async text(sql, format, params) {
      const answer = await client.exec({
        query: `${sql.replace(/;\s*$/, '')}\nFORMAT ${format}`,
        clickhouse_settings: EXACT,
        ...(params && { query_params: params }),
      });
      const parts: Buffer[] = [];
      for await (const part of answer.stream) parts.push(Buffer.from(part));
      return Buffer.concat(parts).toString('utf8');
    },
    async insert(block) {
      if (block.rows > 0) await insert(block, block.columns.join(', '));
    },
    async close() {
      await Promise.all(pending);
      await client.close();
    },
  };
  return {
    ...store,
    command: track(store.command),
    query: track(store.query) as Store['query'],
    text: track(store.text),
    insert: track(store.insert),
  };
}
