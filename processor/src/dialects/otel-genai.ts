import type { JsonValue } from '../decode/attributes.ts';
import { type Dialect, type KindAnswer, transferTarget } from './dialect.ts';
import { isRecord, parsedJson } from './values.ts';

/** `gen_ai.operation.name`, the convention's values first, then those that frameworks add. */
const OPERATIONS: Readonly<Record<string, KindAnswer>> = {
  chat: 'llm',
  text_completion: 'llm',
  generate_content: 'llm',
  completion: 'llm',
  generate: 'llm',
  embeddings: 'embedding',
  retrieval: 'retrieval',
  rerank: 'retrieval',
  search_memory: 'retrieval',
  vector_db_retrieve: 'retrieval',
  create_memory: 'other',
  update_memory: 'other',
  upsert_memory: 'other',
  delete_memory: 'other',
  create_memory_store: 'other',
  delete_memory_store: 'other',
  fetch_response: 'other',
  count_tokens: 'other',
  plan: 'other',
  create_agent: 'other',
  execute_tool: 'tool',
  handoff: 'handoff',
  agent_handoff: 'handoff',
  invoke_agent: 'run',
  invoke_workflow: 'workflow',
  invoke_swarm: 'workflow',
  invoke_graph: 'workflow',
  workflow: 'workflow',
  agent_step: 'other',
  execute_node: 'other',
  invoke_node: 'other',
  execute_task: 'other',
  guardrail_check: 'guardrail',
  guard: 'guardrail',
  'guardrail.run': 'guardrail',
};

/** OpenTelemetry GenAI semantic conventions, today's names before the deprecated ones. The last of all dialects. */
export const otelGenAi: Dialect = {
  name: 'otel-genai',
  detect: { keys: ['gen_ai.*', 'mcp.method.name'] },
  kind: [
    { key: 'gen_ai.operation.name', is: OPERATIONS },
    { key: 'mcp.method.name', is: { 'tools/call': 'tool', 'elicitation/create': 'approval' } },
    { key: 'gen_ai.evaluation.name', present: 'evaluation' },
    { spanName: 'execute_tool *', kind: 'tool' },
    { spanName: 'invoke_agent *', kind: 'run' },
    { spanName: 'invoke_workflow *', kind: 'workflow' },
    { spanName: 'chat *', kind: 'llm' },
    { key: 'gen_ai.usage.input_tokens', present: 'llm' },
    { key: 'gen_ai.request.model', present: 'llm' },
  ],
  fields: {
    agentName: [
      'gen_ai.agent.name',
      // The name that the OpenAI Agents SDK gives a workflow when nobody named it.
      { key: 'gen_ai.workflow.name', reject: ['Agent workflow', 'Agent Workflow'] },
      { spanName: 'invoke_agent ' },
    ],
    agentId: ['gen_ai.agent.id'],
    agentVersion: ['gen_ai.agent.version'],
    conversationId: ['gen_ai.conversation.id', 'session.id'],
    userId: [
      'user.id',
      'enduser.id',
      'enduser.pseudo.id',
      'gen_ai.user',
      'gen_ai.request.user',
      'user.email',
    ],
    tenant: ['tenant.id', 'tenant_id', 'tenant', 'customer.id', 'organization.id'],
    department: ['department'],
    team: ['team.id', 'team'],
    costCenter: ['service.instance.cost_center.id', 'cost_center', 'cost_center.id'],
    provider: ['gen_ai.provider.name', 'gen_ai.system'],
    requestModel: ['gen_ai.request.model'],
    responseModel: ['gen_ai.response.model'],
    responseId: ['gen_ai.response.id'],
    inputTokens: [
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.prompt_tokens',
      'gen_ai.aggregated_usage.input_tokens',
    ],
    outputTokens: [
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.completion_tokens',
      'gen_ai.aggregated_usage.output_tokens',
    ],
    cacheReadTokens: [
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_read_input_tokens',
      'gen_ai.usage.details.cache_read_tokens',
      'gen_ai.usage.input_tokens.cached',
      'gen_ai.aggregated_usage.cache_read.input_tokens',
    ],
    cacheWriteTokens: [
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_creation_input_tokens',
      'gen_ai.usage.cache_write_input_tokens',
      'gen_ai.usage.details.cache_write_tokens',
      'gen_ai.usage.input_tokens.cache_write',
      'gen_ai.aggregated_usage.cache_creation.input_tokens',
      'gen_ai.aggregated_usage.cache_write.input_tokens',
    ],
    cacheWrite5mTokens: [
      'gen_ai.usage.cache_creation.5m_input_tokens',
      'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
    ],
    cacheWrite1hTokens: [
      'gen_ai.usage.cache_creation.1h_input_tokens',
      'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
    ],
    reasoningTokens: [
      'gen_ai.usage.reasoning.output_tokens',
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.details.reasoning_tokens',
      'gen_ai.usage.output_tokens.reasoning',
      'gen_ai.aggregated_usage.reasoning.output_tokens',
    ],
    totalTokens: ['gen_ai.usage.total_tokens', 'llm.usage.total_tokens'],
    reportedCost: ['gen_ai.usage.cost.amount', 'gen_ai.usage.cost', 'operation.cost'],
    reportedCurrency: ['gen_ai.usage.cost.currency'],
    toolName: [
      { key: 'gen_ai.tool.name', reject: ['unknown', 'DynamicStructuredTool'] },
      'mcp.tool.name',
      { spanName: 'execute_tool ' },
    ],
    toolCallId: [
      { key: 'gen_ai.tool.call.id', reject: ['unknown', '<not specified>'] },
      'jsonrpc.request.id',
    ],
    toolArguments: [
      'gen_ai.tool.call.arguments',
      'mcp.request.argument',
      'event:gen_ai.tool.message/content',
    ],
    toolResult: ['gen_ai.tool.call.result', 'mcp.response.value'],
    handoffFrom: ['gen_ai.agent.handoff.source.name', 'gen_ai.handoff.from_agent', 'gen_ai.caller.name'],
    handoffTo: [
      'gen_ai.agent.handoff.target.name',
      'gen_ai.handoff.to_agent',
      { key: 'gen_ai.tool.name', parse: transferTarget },
    ],
    evaluationName: ['gen_ai.evaluation.name'],
    evaluationScore: ['gen_ai.evaluation.score.value'],
    evaluationLabel: ['gen_ai.evaluation.score.label'],
    errorType: ['error.type', 'event:exception/exception.type'],
    finishReasons: ['gen_ai.response.finish_reasons', 'gen_ai.response.finish_reason'],
    inputMessages: ['gen_ai.input.messages', 'gen_ai.prompt'],
    outputMessages: ['gen_ai.output.messages', 'gen_ai.completion'],
    systemInstructions: ['gen_ai.system_instructions'],
    requestedToolCalls: [
      { key: 'gen_ai.output.messages', contains: 'tool_call', parse: toolCallsOfMessages },
    ],
  },
  cacheInside: 'auto',
  waits: [
    'GraphInterrupt',
    'NodeInterrupt',
    'langgraph.errors.GraphInterrupt',
    'ApprovalRequired',
    'CallDeferred',
  ],
  keepsOther: true,
};

/** `[{role, parts: [{type: 'tool_call', id, name, arguments}]}]` → `[{id, name, arguments}]`. */
export function toolCallsOfMessages(value: JsonValue): JsonValue | undefined {
  // Most outputs ask for no tool: they are not worth parsing.
  if (typeof value === 'string' && !value.includes('tool_call')) return undefined;
  const messages = typeof value === 'string' ? parsedJson(value) : value;
  if (!Array.isArray(messages)) return undefined;
  const calls = messages
    .flatMap((message) => (isRecord(message) && Array.isArray(message['parts']) ? message['parts'] : []))
    .filter(isRecord)
    .filter((part) => part['type'] === 'tool_call' && typeof part['name'] === 'string')
    .map((part) => ({ id: part['id'] ?? '', name: part['name']!, arguments: part['arguments'] ?? '' }));
  return calls.length > 0 ? calls : undefined;
}
