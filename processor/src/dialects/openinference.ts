import type { JsonValue } from '../decode/attributes.ts';
import type { Dialect } from './dialect.ts';

/**
 * OpenInference (Arize): `@arizeai/openinference-*`, `openinference.instrumentation.*`. A span that was converted to or
 * from OTel GenAI carries both vocabularies: this one, which tells chains from agents, is read first.
 */
export const openInference: Dialect = {
  name: 'openinference',
  detect: {
    scopes: ['@arizeai/openinference', 'openinference.instrumentation'],
    keys: ['openinference.span.kind'],
  },
  kind: [
    {
      key: 'openinference.span.kind',
      is: {
        LLM: 'llm',
        EMBEDDING: 'embedding',
        TOOL: 'tool',
        AGENT: 'run',
        CHAIN: 'other',
        RETRIEVER: 'retrieval',
        RERANKER: 'retrieval',
        GUARDRAIL: 'guardrail',
        EVALUATOR: 'evaluation',
        PROMPT: 'other',
      },
      refine: (kind, read) => {
        // Handoffs of the OpenAI Agents SDK are TOOL spans that call nothing.
        if (kind === 'tool' && /^(handoff to |handoff_to_)/.test(read.text('toolName') || read.spanName))
          return 'handoff';
        // A graph without an agent around it is the run.
        if (kind === 'other' && !read.hasParent && read.attribute('openinference.span.kind') === 'CHAIN')
          return 'workflow';
        return undefined;
      },
    },
  ],
  fields: {
    agentName: ['agent.name', { key: 'metadata', path: ['lc_agent_name'] }, 'graph.node.id'],
    conversationId: ['session.id', { key: 'metadata', path: ['thread_id'] }],
    userId: ['user.id', { key: 'metadata', path: ['user_id'] }],
    tenant: [
      { key: 'metadata', path: ['tenant_id'] },
      { key: 'metadata', path: ['tenant'] },
    ],
    provider: ['llm.provider', 'llm.system', { key: 'metadata', path: ['ls_provider'] }],
    requestModel: [
      'llm.request.model_name',
      { key: 'llm.invocation_parameters', path: ['model'] },
      'llm.model_name',
      'embedding.model_name',
      { key: 'metadata', path: ['ls_model_name'] },
    ],
    responseModel: ['llm.response.model_name', 'llm.model_name'],
    responseId: [{ key: 'output.value', path: ['id'] }],
    inputTokens: ['llm.token_count.prompt'],
    outputTokens: ['llm.token_count.completion'],
    cacheReadTokens: ['llm.token_count.prompt_details.cache_read'],
    cacheWriteTokens: ['llm.token_count.prompt_details.cache_write'],
    reasoningTokens: ['llm.token_count.completion_details.reasoning'],
    totalTokens: ['llm.token_count.total'],
    reportedCost: ['llm.cost.total'],
    toolName: [{ key: 'tool.name', reject: ['DynamicStructuredTool', 'unknown'] }],
    toolCallId: [
      'tool.id',
      'tool_call.id',
      { key: 'output.value', path: ['output', 'kwargs', 'tool_call_id'] },
      { key: 'output.value', path: ['data', 'tool_call_id'] },
    ],
    toolArguments: ['input.value'],
    // LangChain wraps results into messages with ids of their own: equal results would look different.
    toolResult: [
      { key: 'output.value', path: ['output', 'kwargs', 'content'] },
      { key: 'output.value', path: ['data', 'content'] },
      'output.value',
    ],
    handoffFrom: [{ key: 'input.value', path: ['from_agent'] }, 'graph.node.parent_id', 'input.value'],
    handoffTo: [{ key: 'output.value', path: ['to_agent'] }, { spanName: 'handoff to ' }],
    evaluationName: ['annotations.0.annotation.name', 'evaluations.0.evaluation.name'],
    evaluationScore: ['annotations.0.annotation.score', 'evaluations.0.evaluation.score'],
    evaluationLabel: ['annotations.0.annotation.label', 'evaluations.0.evaluation.label'],
    // LangGraph for JavaScript sends no exception type: the message is what was asked, then the interrupt's own text.
    errorType: [{ key: 'event:exception/exception.message', parse: interrupt }],
    finishReasons: ['llm.finish_reason'],
    inputMessages: ['input.value'],
    outputMessages: ['output.value'],
    requestedToolCalls: [{ prefix: 'llm.output_messages.', collect: requestedToolCalls }],
  },
  cacheInside: true,
  waits: ['GraphInterrupt'],
  keepsOther: true,
};

/** `[…]\n\nGraphInterrupt: […]` → `GraphInterrupt` */
function interrupt(value: JsonValue): JsonValue | undefined {
  return /(^|\n)GraphInterrupt: /.test(String(value)) ? 'GraphInterrupt' : undefined;
}

/** `0.message.tool_calls.1.tool_call.function.name` … → `[{id, name, arguments}]`. */
function requestedToolCalls(entries: ReadonlyMap<string, JsonValue>): JsonValue | undefined {
  const calls = new Map<string, { id: JsonValue; name: JsonValue; arguments: JsonValue }>();
  for (const [key, value] of entries) {
    const match =
      /^(\d+)\.message\.tool_calls\.(\d+)\.tool_call\.(id|function\.name|function\.arguments)$/.exec(key);
    if (match === null) continue;
    const place = `${match[1]}.${match[2]}`;
    const call = calls.get(place) ?? { id: '', name: '', arguments: '' };
    if (match[3] === 'id') call.id = value;
    else if (match[3] === 'function.name') call.name = value;
    else call.arguments = value;
    calls.set(place, call);
  }
  const named = [...calls.values()].filter((call) => call.name !== '');
  return named.length > 0 ? named : undefined;
}
