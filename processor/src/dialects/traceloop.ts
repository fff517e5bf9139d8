import type { JsonValue } from '../decode/attributes.ts';
import type { Dialect } from './dialect.ts';

/** OpenLLMetry (Traceloop): `@traceloop/*`, `opentelemetry.instrumentation.*` with `traceloop.*` attributes. */
export const traceloop: Dialect = {
  name: 'traceloop',
  detect: { scopes: ['@traceloop/'], keys: ['traceloop.*', 'llm.request.type'] },
  kind: [
    {
      key: 'gen_ai.operation.name',
      is: { handoff: 'handoff', execute_task: 'other', vector_db_retrieve: 'retrieval' },
    },
    {
      key: 'traceloop.span.kind',
      is: {
        workflow: 'workflow',
        agent: 'run',
        tool: 'tool',
        task: 'other',
        session: 'other',
        handoff: 'handoff',
      },
    },
    {
      key: 'llm.request.type',
      is: { chat: 'llm', completion: 'llm', embedding: 'embedding', rerank: 'retrieval' },
    },
  ],
  fields: {
    agentName: [
      'gen_ai.agent.name',
      { key: 'traceloop.entity.name', reject: ['Agent Workflow'] },
      { key: 'traceloop.workflow.name', reject: ['Agent Workflow'] },
    ],
    conversationId: [
      'gen_ai.conversation.id',
      'traceloop.association.properties.session_id',
      'traceloop.association.properties.thread_id',
    ],
    userId: ['traceloop.association.properties.user_id', 'llm.user'],
    tenant: ['traceloop.association.properties.customer_id', 'traceloop.association.properties.tenant_id'],
    toolName: [
      { key: 'gen_ai.tool.name', reject: ['DynamicStructuredTool', 'unknown'] },
      { key: 'traceloop.entity.name', parse: withoutSuffix },
    ],
    // Of LangChain, the whole call with the step's number and the message with its ids: equal calls would look different.
    toolCallId: [
      'gen_ai.tool.call.id',
      { key: 'gen_ai.tool.call.result', path: ['output', 'kwargs', 'tool_call_id'] },
    ],
    toolArguments: [
      { key: 'gen_ai.tool.call.arguments', path: ['input_str'] },
      'gen_ai.tool.call.arguments',
      { key: 'traceloop.entity.input', path: ['input_str'] },
      'traceloop.entity.input',
    ],
    toolResult: [
      { key: 'gen_ai.tool.call.result', path: ['output', 'kwargs', 'content'] },
      'gen_ai.tool.call.result',
      { key: 'traceloop.entity.output', path: ['output', 'kwargs', 'content'] },
      'traceloop.entity.output',
    ],
    handoffFrom: ['gen_ai.handoff.from_agent', 'openai.agent.handoff_parent'],
    handoffTo: ['gen_ai.handoff.to_agent'],
    // `success` only says that nothing was thrown: no verdict.
    outcome: [{ key: 'gen_ai.task.status', parse: (value) => (value === 'failure' ? value : undefined) }],
    outcomeSource: [{ key: 'gen_ai.task.status', parse: () => 'emitter' }],
  },
  waits: ['GraphInterrupt'],
  keepsOther: true,
};

/** `lookup_booking.tool` → `lookup_booking` */
function withoutSuffix(value: JsonValue): JsonValue {
  return String(value).replace(/\.tool$/, '');
}
