import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Transform } from 'node:stream';
import { isLoopback } from '../receiver/access.ts';
import { authenticate, type User } from './access.ts';
import { sendAnswer, sendFailure } from './answer.ts';
import { readWhole } from './body.ts';
import { ClickHouseFailure, engineFailure, failure } from './failure.ts';
import { type OutputFormat, type OutputFormats, outputFormats } from './formats.ts';
import { quote } from './lex.ts';
import { blockCompression, type Coding, chooseCoding, nativeFraming } from './output.ts';
import { openReaders, type ReaderQuery } from './readers.ts';
import { type Ask, readAsk } from './request.ts';
import { type OwnerSession, ROLES } from './roles.ts';
import { createSessions, type Session, sessionOptions } from './sessions.ts';
import { allowedSettings, preamble, type QueryLimits } from './settings.ts';
import { type Assignment, parseStatement, type Statement } from './statement.ts';

export interface EndpointOptions {
  /** The session that configured the engine; its owner closes it after the endpoint. */
  readonly owner: OwnerSession;
  readonly db: string;
  /** The endpoint's own folder: pipes, and data on their way in. */
  readonly dir: string;
  readonly database?: string;
  /** Default 127.0.0.1. Elsewhere everybody needs a password. */
  readonly host?: string;
  /** Default 8123; 0 takes any free one. */
  readonly port?: number;
  /** Passwords by user. On loopback the analyst needs none. */
  readonly tokens?: Readonly<Partial<Record<User, string>>>;
  readonly allowedHosts?: readonly string[];
  readonly limits?: Partial<QueryLimits>;
  /** Queries at a time; default 6. */
  readonly readers?: number;
  /** How long a query may wait for a reader, in ms; default 30,000. */
  readonly queueMs?: number;
  /** Of a request after decompression; default 256 MiB. */
  readonly maxBodyBytes?: number;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  stats(): {
    readonly running: number;
    readonly waiting: number;
    readonly answered: number;
    readonly failed: number;
  };
  /** Takes no new requests and ends the queries under way. */
  close(): Promise<void>;
}

/** Half of the cores: the other half is the chain's, whoever asks what. */
export const QUERY_LIMITS: QueryLimits = {
  seconds: 60,
  memoryBytes: 2 * 1024 ** 3,
  threads: Math.max(1, Math.floor(availableParallelism() / 2)),
  resultRows: 50_000_000,
  resultBytes: 4 * 1024 ** 3,
};

const HOLD_BYTES = 1 << 16;
const HOLD_WHOLE_BYTES = 64 << 20;
/** The longest statement; an INSERT's data come after it. */
const MAX_STATEMENT = 1 << 20;
/** What the engine's own clock is given before the query is ended from outside. */
const GRACE_MS = 2_000;

/** ClickHouse's HTTP interface over the embedded engine, for questions and for inserts of those who may. */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { owner, db, dir, database = 'agentops', host = '127.0.0.1' } = options;
  const limits: QueryLimits = { ...QUERY_LIMITS, ...options.limits };
  const maxBytes = options.maxBodyBytes ?? 256 << 20;
  const engine = await describeEngine(owner);
  const readers = await openReaders({
    db,
    dir,
    most: options.readers ?? 6,
    queueMs: options.queueMs ?? 30_000,
  });
  const sessions = createSessions();
  const access = {
    tokens: options.tokens ?? {},
    loopback: isLoopback(host),
    allowedHosts: options.allowedHosts ?? [],
  };
  const under = new Set<string>();
  let answered = 0;
  let failed = 0;
  let serial = 0;

  const server = createServer({
    // ClickHouse's own bound of a URL (http_max_uri_size): clients put parameters there.
    maxHeaderSize: 1 << 20,
    requestTimeout: 120_000,
    headersTimeout: 10_000,
    keepAliveTimeout: 75_000,
  });
  server.on('request', (request, response) => {
    response.setHeader('x-clickhouse-server-display-name', 'agentops');
    handle(request, response)
      .then((error) => {
        if (error === null) answered++;
        else failed++;
      })
      .catch((error: unknown) => {
        failed++;
        const told = error instanceof ClickHouseFailure ? error : engineFailure((error as Error).message);
        if (response.headersSent || response.destroyed) response.destroy();
        else sendFailure(response, told, engine.version);
        // What a refused client still sends goes to nobody.
        request.resume();
      });
  });

  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<ClickHouseFailure | null> {
    const at = new URL(request.url ?? '/', 'http://endpoint');
    if (request.method === 'GET' && isProbe(at)) {
      send(response, 200, 'Ok.\n');
      return null;
    }
    if (at.pathname !== '/' && at.pathname !== '/query') {
      send(response, 404, `There is no handle ${at.pathname}\n`);
      return null;
    }
    if (!['GET', 'HEAD', 'POST'].includes(request.method ?? '')) {
      send(response, 501, 'GET, HEAD or POST\n');
      return null;
    }
    const user = authenticate(access, request, at.searchParams);
    const body = await readWhole(request, {
      maxBytes,
      dir,
      decompress: (file, method) =>
        owner.ask(
          `SELECT * FROM file(${quote(file)}, 'RawBLOB', 'data String', ${quote(method)})`,
          'RawBLOB',
        ),
      blocks: at.searchParams.get('decompress') === '1',
    });
    const ask = await readAsk(request, at.searchParams, body);
    if (under.has(ask.queryId)) {
      throw new ClickHouseFailure(
        216,
        'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING',
        `Query with id = ${ask.queryId} is already running.`,
      );
    }
    under.add(ask.queryId);
    const named = ask.url.get('session_id');
    const taken =
      named === null ? null : sessions.take(`${user}\n${named}`, sessionOptions(ask.url), Date.now());
    try {
      return await run(user, ask, taken?.session ?? { database: null, settings: [] }, request, response);
    } finally {
      taken?.release(Date.now());
      under.delete(ask.queryId);
    }
  }

  async function run(
    user: User,
    ask: Ask,
    session: Session,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<ClickHouseFailure | null> {
    const headers = {
      'x-clickhouse-query-id': ask.queryId,
      'x-clickhouse-timezone': engine.timeZone,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    };
    const params = new Map([...paramsOf(session.settings), ...ask.params]);
    const statement = readStatement(ask.body, params);
    if (statement.kind === 'use') {
      session.database = requireDatabase(statement.database);
      send(response, 200, '', headers);
      return null;
    }
    if (statement.kind === 'set') {
      const kept = [...session.settings, ...statement.settings];
      allowedSettings(kept.filter(isSetting), limits, engine.settings, mayWrite(user));
      session.settings = kept;
      send(response, 200, '', headers);
      return null;
    }
    if (statement.kind !== 'question') requireChange(user, ask, statement);
    const asked = 'settings' in statement ? statement.settings : [];
    const settings = allowedSettings(
      [...session.settings.filter(isSetting), ...ask.settings, ...asked],
      limits,
      engine.settings,
      mayWrite(user),
    );
    const mark = randomBytes(12).toString('hex');
    const seconds = Number(settings.find(([name]) => name === 'max_execution_time')?.[1] ?? limits.seconds);
    const query: Omit<ReaderQuery, 'sql'> = {
      preamble: preamble({
        roles: [ROLES[user]],
        database: requireDatabase(ask.database ?? session.database ?? database),
        settings,
        params: [...params],
        mark,
        readOnly: statement.kind === 'question',
      }),
      mark,
      deadlineMs: seconds * 1_000 + GRACE_MS,
    };
    if (statement.kind !== 'question') return change(statement, ask, query, response, headers);
    const format = formatOf(statement.format ?? ask.defaultFormat ?? 'TabSeparated', engine.formats);
    const { through, coding } = encodingOf(format, ask, request);
    const reading = await readers.start({
      ...query,
      sql: (output) =>
        `${statement.sql} INTO OUTFILE ${output} TRUNCATE${coding?.byEngine == null ? '' : ` COMPRESSION ${quote(coding.byEngine)}`} FORMAT ${format.name}`,
    });
    return sendAnswer(response, reading, {
      headers: {
        ...headers,
        'content-type': format.contentType,
        'x-clickhouse-format': format.name,
        ...(coding !== null && { 'content-encoding': coding.name }),
      },
      through,
      encoder: coding?.encoder() ?? null,
      hold: ask.url.get('wait_end_of_query') === '1' ? HOLD_WHOLE_BYTES : HOLD_BYTES,
      tag: randomBytes(8).toString('hex'),
      version: engine.version,
    });
  }

  /** An INSERT, or a change of the schema: nothing comes back. */
  async function change(
    statement: Exclude<Statement, { kind: 'question' | 'set' | 'use' }>,
    ask: Ask,
    query: Omit<ReaderQuery, 'sql'>,
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
  ): Promise<ClickHouseFailure | null> {
    let sql: string;
    let file: string | null = null;
    if (statement.kind === 'insert') {
      file = join(dir, `insert-${process.pid}-${++serial}.data`);
      writeFileSync(file, dataOf(ask.body, statement), { mode: 0o600 });
      sql = `${statement.head} FROM INFILE ${quote(file)} FORMAT ${formatName(statement.format)}`;
    } else sql = statement.sql;
    try {
      const reading = await readers.start({ ...query, sql: () => sql });
      reading.output.resume();
      const error = await reading.done;
      if (error !== null) throw error;
      send(response, 200, '', headers);
      return null;
    } finally {
      if (file !== null) rmSync(file, { force: true });
    }
  }

  function requireDatabase(name: string): string {
    if (name === database || name === 'default' || name.toLowerCase() === 'information_schema') return name;
    throw engine.databases.has(name)
      ? failure('ACCESS_DENIED', `Not enough privileges. The database ${name} cannot be the current one`)
      : new ClickHouseFailure(81, 'UNKNOWN_DATABASE', `Database ${name} does not exist`);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 8123, host, resolve);
  }).catch(async (error) => {
    await readers.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  return {
    host,
    port,
    stats: () => ({ ...readers.stats(), answered, failed }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await readers.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface EngineFacts {
  readonly version: string;
  readonly timeZone: string;
  readonly settings: ReadonlySet<string>;
  readonly databases: ReadonlySet<string>;
  readonly formats: OutputFormats;
}

async function describeEngine(owner: OwnerSession): Promise<EngineFacts> {
  const lines = async (sql: string): Promise<string[]> =>
    (await owner.ask(sql, 'TabSeparated'))
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
  const [about = ''] = await lines('SELECT version(), timeZone()');
  const [version = '', timeZone = ''] = about.split('\t');
  return {
    version,
    timeZone,
    settings: new Set(await lines('SELECT name FROM system.settings')),
    databases: new Set(await lines('SELECT name FROM system.databases')),
    formats: outputFormats(await lines('SELECT name FROM system.formats WHERE is_output')),
  };
}

function isProbe({ pathname, searchParams }: URL): boolean {
  if (pathname === '/ping' || pathname === '/replicas_status') return true;
  return pathname === '/' && !searchParams.has('query');
}

const mayWrite = (user: User): boolean => user === 'writer' || user === 'admin';

/** The engine refuses by role as well; this says it in words that fit an endpoint. */
function requireChange(user: User, ask: Ask, statement: Statement): void {
  if (ask.readOnly) {
    throw failure(
      'READONLY',
      'Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly',
    );
  }
  if (!mayWrite(user) || (statement.kind === 'change' && user !== 'admin')) {
    throw failure('ACCESS_DENIED', `${user}: Not enough privileges. This user only reads`);
  }
}

/**
 * Reads the statement at the beginning of a body. Data that follow an INSERT may be binary: it is read byte by byte first,
 * so that positions are bytes.
 */
function readStatement(body: Buffer, params: ReadonlyMap<string, string>): Statement {
  const head = body.subarray(0, MAX_STATEMENT).toString('latin1');
  if (/^\s*(?:(?:--[^\n]*\n|\/\*[\s\S]*?\*\/)\s*)*INSERT\b/i.test(head)) {
    const statement = parseStatement(head, params);
    if (statement.kind !== 'insert') return parseStatement(body.toString('utf8'), params);
    return { ...statement, head: Buffer.from(statement.head, 'latin1').toString('utf8') };
  }
  if (body.length > MAX_STATEMENT) {
    throw failure('QUERY_IS_TOO_LARGE', `the statement is longer than ${MAX_STATEMENT} bytes`);
  }
  return parseStatement(body.toString('utf8'), params);
}

/** Data begin after the rest of the statement's line, if that is blank. */
function dataOf(
  body: Buffer,
  { dataAt, format }: { readonly dataAt: number; readonly format: string },
): Buffer {
  let at = dataAt;
  if (format === 'Values') return body.subarray(at);
  while (body[at] === 0x20 || body[at] === 0x09 || body[at] === 0x0d) at++;
  return body.subarray(body[at] === 0x0a ? at + 1 : at === body.length ? at : dataAt);
}

function formatName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9]*$/.test(name)) return name;
  throw new ClickHouseFailure(73, 'UNKNOWN_FORMAT', `Unknown format ${name}`);
}

function formatOf(name: string, formats: OutputFormats): OutputFormat {
  const format = formats.get(name.toLowerCase());
  if (format === undefined) throw new ClickHouseFailure(73, 'UNKNOWN_FORMAT', `Unknown format ${name}`);
  return format;
}

interface OutputEncoding {
  readonly through: readonly Transform[];
  readonly coding: Coding | null;
}

function encodingOf(format: OutputFormat, ask: Ask, request: IncomingMessage): OutputEncoding {
  const through: Transform[] = [];
  const revision = Number(ask.url.get('client_protocol_version') ?? 0);
  if (format.name === 'Native' && revision > 0) through.push(nativeFraming(revision));
  if (ask.url.get('compress') === '1') through.push(blockCompression());
  const accepted = request.headers['accept-encoding'];
  const wanted = ask.url.get('enable_http_compression') === '1' && typeof accepted === 'string';
  // What is framed here cannot be compressed by the engine any more.
  return { through, coding: wanted ? chooseCoding(accepted, through.length === 0) : null };
}

const isSetting = ([name]: Assignment): boolean => !name.startsWith('param_');

function paramsOf(settings: readonly Assignment[]): [string, string][] {
  return settings
    .filter((one) => !isSetting(one))
    .map(([name, value]) => [name.slice('param_'.length), value]);
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=UTF-8', ...headers });
  response.end(body);
}
