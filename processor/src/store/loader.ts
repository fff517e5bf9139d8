import type { KnownTraces } from '../chain/known-traces.ts';
import type { StoredFacts } from '../fold/step-rows.ts';
import { addItem, createTraceSet, keepSkeleton, setVariants, type TraceSet } from '../fold/trace-set.ts';
import {
  type Claims,
  type ModelFacts,
  NO_CLAIMS,
  NO_RESOURCE,
  type Receipt,
  type ResourceContext,
  type Step,
  type ToolFacts,
} from '../model.ts';
import { createPages } from '../steps/page.ts';
import { appendStep } from '../steps/whole.ts';
import type { Store } from './client.ts';

/** Reads sets back: the rows of `steps` carry every item whole. */
export interface Loader {
  /** The sets of these traces, in one query; a trace that the store does not hold is left out. */
  load(traceIds: readonly string[]): Promise<TraceSet[]>;
  /** Fills the filter of known traces. */
  known(into: KnownTraces): Promise<void>;
}

type StepRow = { readonly [column: string]: string | number | string[] | null };

const COLUMNS = `trace_id, span_id, parent_span_id, kind, name, status, status_message, error_type, dialect, service,
  tool, tool_call_id, amount, amount_currency, arguments_digest, arguments_shape_digest, result_digest,
  request_model, response_model, provider, response_id, usage_known, input_tokens, cached_input_tokens,
  cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
  reported_cost, reported_currency, waiting, sampled_share, attribute_count, dropped_attributes,
  claims, facts, resource_context, variants, source, source_offset, source_index,
  toUnixTimestamp64Nano(started_at) AS start_ns, toUnixTimestamp64Nano(ended_at) AS end_ns,
  toUnixTimestamp64Milli(received_at) AS received_ms`;

/**
 * The filter is filled slice by slice, so that no answer holds the whole store. Rows stand in the order of their trace ids:
 * slices by these read every row once, all together.
 */
const SLICES = ['', ...'123456789abcdef'];

export function createLoader(store: Store): Loader {
  const { database } = store;
  const pages = createPages();
  return {
    async load(traceIds) {
      const rows = await store.query<StepRow>(
        `SELECT ${COLUMNS} FROM ${database}.steps FINAL
         WHERE trace_id IN {ids:Array(String)} AND inferred = 0
         ORDER BY trace_id, source, source_offset, source_index`,
        { ids: traceIds },
      );
      const sets = new Map<string, TraceSet>();
      for (const row of rows) {
        const traceId = String(row['trace_id']);
        let set = sets.get(traceId);
        if (set === undefined) {
          set = createTraceSet(traceId);
          set.reloaded = true;
          sets.set(traceId, set);
        }
        if (row['kind'] === 'skeleton') {
          keepSkeleton(set, {
            spanId: String(row['span_id']),
            parentSpanId: String(row['parent_span_id']),
            service: String(row['service']),
            startedAt: BigInt(String(row['start_ns'])),
          });
          continue;
        }
        const receipt: Receipt = {
          source: String(row['source']),
          offset: Number(row['source_offset']),
          receivedAt: Number(row['received_ms']),
        };
        const page = pages.open();
        addItem(set, page, appendStep(page, stepOf(row), receipt, Number(row['source_index'])));
        const variants = row['variants'] as string[];
        if (variants.length > 0) setVariants(set, set.rows.length - 1, variants);
      }
      const loops = await store.query<{ trace: string; id: string; at: string }>(
        `SELECT trace_id AS trace, finding_id AS id, toUnixTimestamp64Nano(detected_at) AS at
         FROM ${database}.loops FINAL WHERE trace_id IN {ids:Array(String)}`,
        { ids: traceIds },
      );
      for (const { trace, id, at } of loops) {
        const set = sets.get(trace);
        if (set !== undefined)
          set.writtenLoops = [...set.writtenLoops, { findingId: id, detectedAt: BigInt(at) }];
      }
      return [...sets.values()];
    },
    async known(into) {
      for (const [i, from] of SLICES.entries()) {
        const to = SLICES[i + 1];
        const ids = await store.text(
          `SELECT DISTINCT trace_id FROM ${database}.steps
           WHERE trace_id >= '${from}' ${to === undefined ? '' : `AND trace_id < '${to}'`}`,
          'TabSeparated',
        );
        for (const id of ids.split('\n')) if (id !== '' && !into.mayHold(id)) into.add(id);
      }
    },
  };
}

/** The inverse of `fold/step-rows.ts`: a step equal to the one that was written, field by field. */
function stepOf(row: StepRow): Step {
  const text = (column: string): string => String(row[column] ?? '');
  const number = (column: string): number => Number(row[column]);
  const facts: StoredFacts = text('facts') === '' ? {} : JSON.parse(text('facts'));
  const kind = text('kind') as Step['kind'];
  const startedAt = BigInt(text('start_ns'));
  const model: ModelFacts | null =
    kind === 'llm' || kind === 'embedding' || facts.wrapper === true
      ? {
          provider: text('provider'),
          requestModel: text('request_model'),
          responseModel: text('response_model'),
          responseId: text('response_id'),
          usage:
            number('usage_known') === 0
              ? null
              : {
                  input: number('input_tokens'),
                  cachedInput: number('cached_input_tokens'),
                  cacheWrite: number('cache_write_tokens'),
                  cacheWrite5m: number('cache_write_5m_tokens'),
                  cacheWrite1h: number('cache_write_1h_tokens'),
                  output: number('output_tokens'),
                  reasoning: number('reasoning_tokens'),
                },
          reportedCost: text('reported_cost'),
          reportedCurrency: text('reported_currency'),
          toolCalls: facts.calls ?? [],
        }
      : null;
  const tool: ToolFacts | null =
    kind === 'tool' || kind === 'handoff' || kind === 'approval'
      ? {
          name: text('tool'),
          callId: text('tool_call_id'),
          argumentsDigest: text('arguments_digest'),
          argumentsShapeDigest: text('arguments_shape_digest'),
          resultDigest: text('result_digest'),
          amount: text('amount'),
          amountCurrency: text('amount_currency'),
          effect: facts.claimed?.effect ?? '',
          resource: facts.claimed?.resource ?? '',
        }
      : null;
  return {
    traceId: text('trace_id'),
    spanId: text('span_id'),
    parentSpanId: text('parent_span_id'),
    kind,
    name: text('name'),
    startedAt,
    endedAt: BigInt(text('end_ns')),
    status: text('status') as Step['status'],
    statusMessage: text('status_message'),
    errorType: text('error_type'),
    dialect: text('dialect'),
    resource: resourceOf(text('resource_context')),
    claims:
      text('claims') === ''
        ? NO_CLAIMS
        : { ...NO_CLAIMS, ...(JSON.parse(text('claims')) as Partial<Claims>) },
    model,
    tool,
    handoff: facts.handoff ?? null,
    approval: facts.approval ?? null,
    evaluation: facts.evaluation ?? null,
    sequence: facts.sequence ?? null,
    waiting: number('waiting') === 1,
    sampledShare: number('sampled_share'),
    attributeCount: number('attribute_count'),
    droppedAttributes: number('dropped_attributes'),
  };
}

const resources = new Map<string, ResourceContext>();
const MAX_RESOURCES = 4096;

function resourceOf(json: string): ResourceContext {
  let resource = resources.get(json);
  if (resource === undefined) {
    resource = Object.freeze({
      ...NO_RESOURCE,
      ...(JSON.parse(json === '' ? '{}' : json) as Partial<ResourceContext>),
    });
    if (resources.size >= MAX_RESOURCES) resources.clear();
    resources.set(json, resource);
  }
  return resource;
}
