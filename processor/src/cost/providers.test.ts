import { describe, expect, test } from 'vitest';
import { createPriceBook } from './catalogue.ts';
import { questions } from './providers.ts';

const AT = 1_795_000_000_000;
const book = createPriceBook();
const priced = (provider: string, model: string): string | undefined =>
  book.quote(provider, model, AT, 1000)?.priceId.replace(/^genai-prices@[^:]+:/, '');

describe('providers by the names that emitters give them', () => {
  test.each([
    ['openai', 'gpt-4o-2024-08-06', 'openai/gpt-4o'],
    ['openai.responses', 'gpt-5', 'openai/gpt-5'],
    ['azure.ai.openai', 'gpt-4o', 'azure/gpt-4o'],
    ['az.ai.openai', 'gpt-4.1', 'azure/gpt-4.1'],
    ['azure-openai.chat', 'gpt-35-turbo', 'azure/gpt-3.5-turbo'],
    [
      'aws.bedrock',
      'us.anthropic.claude-sonnet-4-20250514-v1:0',
      'aws/regional.anthropic.claude-sonnet-4-20250514-v1:0',
    ],
    [
      'amazon-bedrock',
      'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'aws/global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    ],
    [
      'aws_bedrock',
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0',
      'aws/amazon.nova-lite-v1:0',
    ],
    ['gcp.vertex_ai', 'claude-sonnet-4@20250514', 'google/claude-4-sonnet'],
    ['gcp.gemini', 'models/gemini-2.5-pro', 'google/gemini-2.5-pro'],
    ['gcp.gen_ai', 'gemini-2.5-flash', 'google/gemini-2.5-flash'],
    ['google.generative-ai', 'gemini-2.5-flash', 'google/gemini-2.5-flash'],
    ['x_ai', 'grok-3', 'x-ai/grok-3'],
    ['xai.chat', 'grok-3', 'x-ai/grok-3'],
    ['mistral_ai', 'mistral-large-latest', 'mistral/mistral-large'],
    ['moonshot_ai', 'kimi-k2-0711-preview', 'moonshotai/kimi-k2-0711-preview'],
    ['groq.chat', 'llama-3.3-70b-versatile', 'groq/llama-3.3-70b-versatile'],
    [
      'togetherai.chat',
      'meta-llama/Llama-3.3-70B-Instruct-Turbo',
      'together/meta-llama/Llama-3.3-70B-Instruct-Turbo',
    ],
    ['openrouter', 'anthropic/claude-sonnet-4', 'openrouter/anthropic/claude-sonnet-4'],
  ])('%s %s', (provider, model, entry) => {
    expect(priced(provider, model)).toBe(entry);
    expect(book.quote(provider, model, AT, 1)!.confidence).not.toBe('list-inferred');
  });
});

describe('where the name says nothing, the model does, and the quote says so', () => {
  test.each([
    ['', 'gpt-4o', 'openai/gpt-4o'],
    ['langchain', 'gpt-4o', 'openai/gpt-4o'],
    ['crewai', 'openai/gpt-4o-mini', 'openai/gpt-4o-mini'],
    ['pydantic-ai', 'openai:gpt-4o', 'openai/gpt-4o'],
    [
      'strands-agents',
      'us.anthropic.claude-sonnet-4-20250514-v1:0',
      'aws/regional.anthropic.claude-sonnet-4-20250514-v1:0',
    ],
    [
      'litellm',
      'bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0',
      'aws/regional.anthropic.claude-sonnet-4-20250514-v1:0',
    ],
    ['litellm', 'groq/llama-3.3-70b-versatile', 'groq/llama-3.3-70b-versatile'],
    ['litellm', 'azure/gpt-4o', 'azure/gpt-4o'],
    ['a gateway of our own', 'claude-opus-4-1-20250805', 'anthropic/claude-opus-4-1'],
    ['', 'ft:gpt-4o-2024-08-06:acme::abc123', undefined],
  ])('%j %s', (provider, model, entry) => {
    expect(priced(provider, model)).toBe(entry);
    if (entry !== undefined) expect(book.quote(provider, model, AT, 1)!.confidence).toBe('list-inferred');
  });
});

test.each([
  ['ollama', 'deepseek-r1:8b'],
  ['ollama.chat', 'deepseek-r1:8b'],
  ['vllm', 'deepseek-chat'],
  ['litellm', 'ollama/deepseek-r1:8b'],
  ['openai', 'deepseek-chat'],
  ['openai', 'no-such-model'],
  ['github-copilot', 'gpt-4o'],
  ['', ''],
])('%j %j is on nobody’s price list', (provider, model) => {
  expect(book.quote(provider, model, AT, 1)).toBeNull();
});

test('nothing is asked twice', () => {
  expect(questions('openai', 'gpt-4o')).toHaveLength(1);
  expect(
    questions('aws.bedrock', 'arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-pro-v1:0'),
  ).toHaveLength(2);
});
