import { NO_RESOURCE, type ResourceContext } from '../model.ts';
import { KINDS, STATUSES, USAGE_KNOWN, WAITING } from '../steps/page.ts';
import {
  CACHE_WRITE,
  CACHE_WRITE_1H,
  CACHE_WRITE_5M,
  CACHED_INPUT,
  INPUT,
  OUTPUT,
  REASONING,
} from '../steps/usage.ts';
import { createSequence } from './dictionary.ts';
import { attributed, coded, labels, shared, traceIds } from './gathered-labels.ts';
import { counts, flagged, received, shares, times, tokens } from './gathered-numbers.ts';
import { digests, ids, texts } from './gathered-texts.ts';
import { float64, label, list, money, text, uint8, uint64 } from './native.ts';
import { createSelectedBlock } from './selected-block.ts';

/** Steps; names and order as in `schema/`. */
export const createStepBlock = () =>
  createSelectedBlock('steps', (rows) => ({
    trace_id: traceIds(rows),
    span_id: ids(rows, (page) => page.spanIds),
    parent_span_id: ids(rows, (page) => page.parentIds),
    started_at: times(rows, (page) => page.startedAt),
    ended_at: times(rows, (page) => page.endedAt),
    kind: coded(rows, (page) => page.kinds, KINDS),
    name: labels(rows, (page) => page.names),
    status: coded(rows, (page) => page.statuses, STATUSES),
    status_message: texts(rows, (page) => page.statusMessages),
    error_type: labels(rows, (page) => page.errorTypes),
    dialect: labels(rows, (page) => page.dialects),
    service: shared(
      rows,
      (page) => page.resources,
      (resource) => resource.service,
    ),
    environment: attributed(rows, (at) => at.environment),
    run_id: attributed(rows, (at) => at.runId, createSequence()),
    task_id: attributed(rows, (at) => at.taskId, createSequence()),
    agent: attributed(rows, (at) => at.agent.id),
    user_id: attributed(rows, (at) => at.userId),
    tool: labels(rows, (page) => page.tools),
    tool_call_id: texts(rows, (page) => page.callIds),
    effect: label(),
    risk: label(),
    resource: label(),
    amount: money(),
    amount_currency: label(),
    arguments_digest: digests(rows, (page) => page.argumentsDigests),
    arguments_shape_digest: digests(rows, (page) => page.shapeDigests),
    result_digest: digests(rows, (page) => page.resultDigests),
    approval_id: text(),
    request_model: labels(rows, (page) => page.requestModels),
    response_model: labels(rows, (page) => page.responseModels),
    provider: labels(rows, (page) => page.providers),
    response_id: texts(rows, (page) => page.responseIds),
    usage_known: flagged(rows, USAGE_KNOWN),
    input_tokens: tokens(rows, INPUT),
    cached_input_tokens: tokens(rows, CACHED_INPUT),
    cache_write_tokens: tokens(rows, CACHE_WRITE),
    cache_write_5m_tokens: tokens(rows, CACHE_WRITE_5M),
    cache_write_1h_tokens: tokens(rows, CACHE_WRITE_1H),
    output_tokens: tokens(rows, OUTPUT),
    reasoning_tokens: tokens(rows, REASONING),
    reported_cost: text(),
    reported_currency: label(),
    counted: uint8(),
    inferred: uint8(),
    waiting: flagged(rows, WAITING),
    undeclared: label(),
    undeclared_data: label(),
    approval_rule: label(),
    approval_percent: float64(),
    failed_inside: uint8(),
    agent_violation: label(),
    undeclared_version: label(),
    sampled_share: shares(rows, (page) => page.sampledShares),
    attribute_count: counts(rows, (page) => page.attributeCounts),
    dropped_attributes: counts(rows, (page) => page.droppedAttributes),
    claims: text(),
    facts: text(),
    resource_context: shared(rows, (page) => page.resources, resourceText),
    variants: list(text()),
    source: shared(
      rows,
      (page) => page.receipts,
      (receipt) => receipt.source,
    ),
    source_offset: received(rows, 'UInt64', (receipt) => receipt.offset),
    source_index: counts(rows, (page) => page.indexes),
    received_at: received(rows, "DateTime64(3, 'UTC')", (receipt) => receipt.receivedAt),
    version: uint64(),
    deleted: uint8(),
  }));

/** Only what is said, as JSON. Made once: the object is shared by all its spans. */
const resourceTexts = new WeakMap<ResourceContext, string>();

function resourceText(resource: ResourceContext): string {
  let text = resourceTexts.get(resource);
  if (text === undefined) {
    text = JSON.stringify(resource, (_, value) => (value === '' ? undefined : value));
    resourceTexts.set(resource, text);
  }
  return text;
}

/** The resource of a row that no received item stands behind: its service alone is known, and is not read back. */
export function serviceAlone(service: string): ResourceContext {
  const resource = { ...NO_RESOURCE, service };
  resourceTexts.set(resource, '');
  return resource;
}
