import { failure } from './failure.ts';
import { quote, quoteName } from './lex.ts';
import type { Assignment } from './statement.ts';

/** What one query may use. No setting lifts it; a lower one may be asked for. */
export interface QueryLimits {
  readonly seconds: number;
  readonly memoryBytes: number;
  readonly threads: number;
  readonly resultRows: number;
  readonly resultBytes: number;
}

/** Settings of ClickHouse's HTTP interface and of clients: read by the endpoint or without meaning in one process. */
const OF_HTTP =
  /^(query|query_id|database|default_format|user|password|quota_key|role|stacktrace|session_(id|timeout|check)|close_session|compress|decompress|buffer_size|wait_end_of_query|client_protocol_version|enable_http_compression|send_progress_in_http_headers|readonly|priority|async_insert|wait_for_async_insert|log_queries|send_logs_level|log_comment|cancel_http_readonly_queries_on_client_close|http_.*|network_(zstd_)?compression_(method|level)|(connect|send|receive)_timeout|idle_connection_timeout|max_concurrent_queries_for_user|use_query_cache|enable_filesystem_cache|workload)$/;

/** How an answer looks and how a query is read: nothing that costs, reaches out or opens a file. */
const FREE =
  /^(output_format_(?!.*schema).*|input_format_(?!.*schema).*|format_(csv|tsv|custom|regexp|template_row_between|display|binary)_.*|bool_(true|false)_representation|date_time_(in|out)put_format|cast_.*|join_(use_nulls|algorithm|default_strictness|any_take_last_row)|any_join_distinct_right_table_keys|session_timezone|use_client_time_zone|extremes|limit|offset|final|enable_analyzer|allow_experimental_analyzer|group_by_use_nulls|transform_null_in|union_default_mode|(intersect|except)_default_mode|totals_mode|prefer_column_name_to_alias|aggregate_functions_null_for_empty|asterisk_include_(alias|materialized)_columns|optimize_.*|do_not_merge_across_partitions_select_final|max_block_size|default_table_engine|show_table_uuid_in_table_create_query_if_not_nil|data_type_default_nullable|low_cardinality_.*|date_time_overflow_behavior|short_circuit_function_evaluation|regexp_dict_.*|dialect_unused|additional_result_filter|empty_result_for_aggregation_by_(empty_set|constant_keys_on_empty_set)|count_distinct_implementation|decimal_check_overflow|legacy_column_name_of_tuple_literal|describe_.*|function_implementation_unused|exact_rows_before_limit|rows_before_aggregation)$/;

/** What a writer says of its insert besides. */
const OF_INSERT =
  /^(insert_deduplicate|insert_deduplication_token|deduplicate_blocks_in_dependent_materialized_views|max_insert_block_size|min_insert_block_size_(rows|bytes)|max_insert_threads|optimize_on_insert|mutations_sync|alter_sync|insert_null_as_default)$/;

type Cap = readonly [setting: string, most: (limits: QueryLimits) => number];
const CAPPED: readonly Cap[] = [
  ['max_execution_time', ({ seconds }) => seconds],
  ['max_estimated_execution_time', ({ seconds }) => seconds],
  ['max_memory_usage', ({ memoryBytes }) => memoryBytes],
  ['max_threads', ({ threads }) => threads],
  ['max_result_rows', ({ resultRows }) => resultRows],
  ['max_result_bytes', ({ resultBytes }) => resultBytes],
  ['max_rows_to_read', () => Number.MAX_SAFE_INTEGER],
  ['max_bytes_to_read', () => Number.MAX_SAFE_INTEGER],
  ['max_query_size', () => 1 << 20],
];

/** Always the same: an overrun is an error and never a cut answer, nothing goes to disk, nothing looks inside the process. */
const FIXED: readonly Assignment[] = [
  ['result_overflow_mode', 'throw'],
  ['timeout_overflow_mode', 'throw'],
  ['read_overflow_mode', 'throw'],
  ['timeout_before_checking_execution_speed', '0'],
  ['max_bytes_before_external_group_by', '0'],
  ['max_bytes_before_external_sort', '0'],
  ['max_bytes_ratio_before_external_group_by', '0'],
  ['max_bytes_ratio_before_external_sort', '0'],
  ['allow_introspection_functions', '0'],
  ['use_query_cache', '0'],
  ['async_insert', '0'],
  ['implicit_select', '0'],
  // ClickHouse 26.7 looks for subcolumns (`department.size`) that a view does not have, and refuses the question.
  ['optimize_functions_to_subcolumns', '0'],
];

/**
 * The settings that a query runs with, from what clients ask for in URL, session and SETTINGS clause, in this order.
 * Throws UNKNOWN_SETTING for a name that the engine does not know, and SETTING_CONSTRAINT_VIOLATION for what may not be
 * changed. A limit above ours, or none (0), becomes ours: clients send their own defaults unasked.
 */
export function allowedSettings(
  asked: readonly Assignment[],
  limits: QueryLimits,
  known: ReadonlySet<string>,
  writes = false,
): Assignment[] {
  const values = new Map<string, string>(FIXED);
  for (const [name, most] of CAPPED) {
    const cap = most(limits);
    values.set(name, String(cap === Number.MAX_SAFE_INTEGER ? 0 : cap));
  }
  const caps = new Map(CAPPED);
  for (const [name, value] of asked) {
    const most = caps.get(name);
    if (most !== undefined) values.set(name, capped(name, value, most(limits)));
    else if (FREE.test(name) && known.has(name)) values.set(name, value);
    else if (OF_INSERT.test(name)) {
      if (writes && known.has(name)) values.set(name, value);
    } else if (OF_HTTP.test(name)) continue;
    else if (!known.has(name))
      throw failure(
        'UNKNOWN_SETTING',
        `Setting ${name} is neither a builtin setting nor started with the prefix 'SQL_' registered for user-defined settings`,
      );
    else if (values.get(name) !== value)
      throw failure('SETTING_CONSTRAINT_VIOLATION', `Setting ${name} should not be changed`);
  }
  return [...values];
}

function capped(name: string, value: string, most: number): string {
  const asked = Number(value);
  if (!Number.isFinite(asked) || asked < 0)
    throw failure('BAD_ARGUMENTS', `Setting ${name} must be a number, not ${value}`);
  if (asked === 0) return most === Number.MAX_SAFE_INTEGER ? '0' : String(most);
  return String(Math.min(asked, most));
}

export interface Preamble {
  readonly roles: readonly string[];
  readonly database: string;
  readonly settings: readonly Assignment[];
  /** By name, without `param_`; values as they stand in a URL. */
  readonly params: readonly Assignment[];
  /** Finds the query again, to end it. */
  readonly mark: string;
  readonly readOnly: boolean;
}

/** The statements that make a fresh session of the engine the one of a user and a query; after them nothing can be changed back. */
export function preamble({ roles, database, settings, params, mark, readOnly }: Preamble): string {
  const all: Assignment[] = [
    ...params.map(([name, value]): Assignment => [`param_${name}`, value]),
    ...settings,
    ['log_comment', mark],
  ];
  return [
    `SET ROLE ${roles.join(', ')}`,
    `USE ${quoteName(database)}`,
    `SET ${all.map(([name, value]) => `${quoteName(name)} = ${quote(value)}`).join(', ')}`,
    ...(readOnly ? ['SET readonly = 1'] : []),
  ].join(';\n');
}
