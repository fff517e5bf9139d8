import { findProvider } from '@pydantic/genai-prices';

/** What to ask the catalogue: a model of one of its providers, or of the one that it infers from the model's name. */
export interface Question {
  readonly providerId: string | null;
  readonly model: string;
  /** True where the emitter's name of the provider did not decide. */
  readonly inferred: boolean;
}

/** Names that frameworks and gateways put where a model's provider belongs: the model's name says more. */
const FRAMEWORKS = new Set([
  'agno',
  'autogen',
  'crewai',
  'gateway',
  'gcp.vertex.agent',
  'haystack',
  'langchain',
  'langgraph',
  'litellm',
  'llama_index',
  'llamaindex',
  'microsoft.agent_framework',
  'openai_agents',
  'pydantic-ai',
  'smolagents',
  'strands-agents',
  'unknown',
  'vercel',
]);

/** Servers of one's own: what they cost stands in the registry, never on somebody's price list. */
const SELF_HOSTED = new Set([
  'llama.cpp',
  'llama_cpp',
  'llamacpp',
  'llamafile',
  'lm_studio',
  'lmstudio',
  'local',
  'localai',
  'ollama',
  'self-hosted',
  'self_hosted',
  'sglang',
  'tgi',
  'vllm',
]);

/** How names begin that the catalogue does not know, or takes for another provider's (Azure's, for OpenAI's). */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['az.ai.', 'azure'],
  ['azure', 'azure'],
  ['gcp.', 'google'],
  ['vertex', 'google'],
  ['togetherai', 'together'],
  ['x_ai', 'x-ai'],
  ['xai', 'x-ai'],
];

/** Models as Amazon Bedrock names them: `us.anthropic.claude-…-v1:0`, or the ARN of an inference profile. */
const BEDROCK =
  /^(?:arn:aws[\w-]*:bedrock:|(?:(?:us|us-gov|eu|apac|jp|au|ca|sa|global)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|meta|mistral|openai|qwen|writer)\.)/;

type Named =
  | { readonly says: 'provider'; readonly id: string }
  | { readonly says: 'nothing' | 'self-hosted' };

/** What an emitter's name of a provider says: OpenTelemetry's names, the AI SDK's (`groq.chat`), a framework's own. */
function readProvider(name: string): Named {
  const lower = name.trim().toLowerCase();
  if (lower === '' || FRAMEWORKS.has(lower)) return { says: 'nothing' };
  const head = lower.split('.', 1)[0]!;
  if (SELF_HOSTED.has(lower) || SELF_HOSTED.has(head)) return { says: 'self-hosted' };
  const known = BEGINNINGS.find(([beginning]) => lower.startsWith(beginning));
  if (known !== undefined) return { says: 'provider', id: known[1] };
  const found = findProvider({ providerId: lower }) ?? findProvider({ providerId: head });
  return found === undefined ? { says: 'nothing' } : { says: 'provider', id: found.id };
}

/**
 * The questions to ask in turn until one has a price; none for what a server of one's own runs. Where the provider's name
 * says nothing, the model's does: by a prefix (`groq/llama-…`, `openai:gpt-4o`), as a Bedrock id, or by the catalogue's
 * own inference.
 */
export function questions(provider: string, model: string): Question[] {
  const named = readProvider(provider);
  if (named.says === 'self-hosted') return [];
  if (named.says === 'provider') return withBare(named.id, model, false);
  if (BEDROCK.test(model)) return withBare('aws', model, true);
  const prefixed = /^([^/:]+)[/:](.+)$/.exec(model);
  const prefix = readProvider(prefixed?.[1] ?? '');
  if (prefix.says === 'self-hosted') return [];
  return prefix.says === 'provider'
    ? [...withBare(prefix.id, prefixed![2]!, true), ...withBare(null, model, true)]
    : withBare(null, model, true);
}

/** The model, and its name without a path: `models/gemini-2.5-flash`, an ARN. */
function withBare(providerId: string | null, model: string, inferred: boolean): Question[] {
  const bare = model.slice(model.lastIndexOf('/') + 1);
  const whole = { providerId, model, inferred };
  return bare === model ? [whole] : [whole, { providerId, model: bare, inferred }];
}
