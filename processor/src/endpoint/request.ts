import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { failure } from './failure.ts';
import type { Assignment } from './statement.ts';

/** A request as ClickHouse's HTTP interface takes it, before anyone has looked at the statement. */
export interface Ask {
  readonly url: URLSearchParams;
  readonly queryId: string;
  /** Statement and, for an INSERT, the data that follow it. */
  readonly body: Buffer;
  /** Everything of the URL and headers that is no parameter of ours: to be checked as settings. */
  readonly settings: readonly Assignment[];
  readonly params: ReadonlyMap<string, string>;
  readonly database: string | null;
  readonly defaultFormat: string | null;
  /** Nothing may change: the request is a GET or HEAD. */
  readonly readOnly: boolean;
}

const EXTERNAL =
  'external data are not taken: put the values into the query, as a parameter or with values(…)';

/** Puts a request together from URL, headers and body. Throws BAD_ARGUMENTS and NOT_IMPLEMENTED. */
export async function readAsk(request: IncomingMessage, url: URLSearchParams, body: Buffer): Promise<Ask> {
  const { headers, method } = request;
  const type = headers['content-type'] ?? '';
  const fields = new URLSearchParams(url);
  let rest: Buffer = body;
  if (/^multipart\/form-data/i.test(type)) {
    rest = Buffer.alloc(0);
    for (const [name, value] of await formOf(type, body)) fields.append(name, value);
  }
  const query = (fields.get('query') ?? '').trimEnd();
  const settings: Assignment[] = [];
  const params = new Map<string, string>();
  for (const [name, value] of fields) {
    if (name.startsWith('param_')) params.set(name.slice('param_'.length), value);
    else if (/_(structure|types|format)$/.test(name) && fields.has(name.replace(/_[a-z]+$/, ''))) {
      throw failure('NOT_IMPLEMENTED', EXTERNAL);
    } else if (name !== '') settings.push([name, value]);
  }
  return {
    url: fields,
    queryId: fields.get('query_id') || randomUUID(),
    body:
      query === ''
        ? rest
        : rest.length === 0
          ? Buffer.from(query)
          : Buffer.concat([Buffer.from(`${query}\n`), rest]),
    settings,
    params,
    database: header(headers['x-clickhouse-database']) ?? fields.get('database'),
    defaultFormat: header(headers['x-clickhouse-format']) ?? fields.get('default_format'),
    readOnly: method !== 'POST',
  };
}

function header(value: string | string[] | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

async function formOf(type: string, body: Buffer): Promise<[string, string][]> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  } catch (error) {
    throw failure('BAD_ARGUMENTS', `the form cannot be read: ${(error as Error).message}`);
  }
  return [...form].map(([name, value]) => {
    if (typeof value !== 'string') throw failure('NOT_IMPLEMENTED', EXTERNAL);
    return [name, value];
  });
}
