import type { JsonValue } from '../decode/attributes.ts';
import type { Dialect } from './dialect.ts';

/** MLflow tracing: every value is JSON in a string, names arrive quoted. */
export const mlflow: Dialect = {
  name: 'mlflow',
  detect: { scopes: ['mlflow'], keys: ['mlflow.spanType'] },
  kind: [
    {
      key: 'mlflow.spanType',
      is: {
        '"LLM"': 'llm',
        '"CHAT_MODEL"': 'llm',
        '"AGENT"': 'run',
        '"TOOL"': 'tool',
        '"CHAIN"': 'other',
        '"RETRIEVER"': 'retrieval',
        '"EMBEDDING"': 'embedding',
        LLM: 'llm',
        CHAT_MODEL: 'llm',
        AGENT: 'run',
        TOOL: 'tool',
        CHAIN: 'other',
        RETRIEVER: 'retrieval',
        EMBEDDING: 'embedding',
      },
    },
  ],
  fields: {
    agentName: [{ spanName: '' }],
    provider: [{ key: 'mlflow.llm.provider', parse: unquoted }],
    requestModel: [{ key: 'mlflow.llm.model', parse: unquoted }],
    inputTokens: [{ key: 'mlflow.chat.tokenUsage', path: ['input_tokens'] }],
    outputTokens: [{ key: 'mlflow.chat.tokenUsage', path: ['output_tokens'] }],
    cacheReadTokens: [{ key: 'mlflow.chat.tokenUsage', path: ['cache_read_input_tokens'] }],
    cacheWriteTokens: [{ key: 'mlflow.chat.tokenUsage', path: ['cache_creation_input_tokens'] }],
    totalTokens: [{ key: 'mlflow.chat.tokenUsage', path: ['total_tokens'] }],
    reportedCost: [{ key: 'mlflow.llm.cost', path: ['total_cost'] }],
    toolName: [{ spanName: '' }],
    toolArguments: ['mlflow.spanInputs'],
    toolResult: ['mlflow.spanOutputs'],
  },
  cacheInside: 'auto',
  keepsOther: true,
};

function unquoted(value: JsonValue): JsonValue {
  return String(value).replace(/^"(.*)"$/, '$1');
}
