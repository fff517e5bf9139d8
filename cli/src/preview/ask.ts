/** A ClickHouse that speaks HTTP, and who asks it. */
export interface ClickHouseAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database?: string;
}

/** Asks for JSONCompact: numbers as numbers, as Grafana's data source has them. A failure is an answer, too. */
export function askClickHouse(
  { url, user, password, database = 'agentops' }: ClickHouseAccess,
  sql: string,
): Promise<Response> {
  const parameters = new URLSearchParams({
    database,
    default_format: 'JSONCompact',
    output_format_json_quote_64bit_integers: '0',
    output_format_json_quote_denormals: '0',
    wait_end_of_query: '1',
  });
  return fetch(`${url}/?${parameters}`, {
    method: 'POST',
    headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
    body: sql,
  });
}
