import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** The ClickHouse data source that the provisioning files define. */
export const DATA_SOURCE = {
  type: 'grafana-clickhouse-datasource',
  uid: 'agentops-clickhouse',
} as const satisfies DataSourceRef;

/** The version whose query model this writes: without it the plugin migrates every query. */
export const PLUGIN_VERSION = '4.20.0';

const FORMATS = { timeseries: 0, table: 1, logs: 2, traces: 3 } as const;
export type QueryFormat = keyof typeof FORMATS;

/** A query of Grafana's ClickHouse data source in SQL. */
export function clickhouse(rawSql: string, format: QueryFormat, refId = 'A'): cog.Builder<cog.Dataquery> {
  return {
    build: () =>
      ({
        refId,
        datasource: DATA_SOURCE,
        editorType: 'sql',
        rawSql: dedent(rawSql),
        format: FORMATS[format],
        queryType: format,
        pluginVersion: PLUGIN_VERSION,
        meta: {},
        _implementsDataqueryVariant: () => {},
      }) as cog.Dataquery,
  };
}

/** Without the indentation that it has in the code. */
export function dedent(text: string): string {
  const lines = text.replace(/^\n+|\s+$/g, '').split('\n');
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  const [first = '', ...rest] = lines;
  return [first.trimStart(), ...rest.map((line) => line.slice(common))].join('\n');
}
