/** Two instrumentations see each call: the AI SDK, and inside of it the Anthropic SDK. Usage must count once. */
import Anthropic from '@anthropic-ai/sdk';
import { generateText, stepCountIs, tool } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { z } from 'zod';
import { AGENT, CONVERSATION, PROMPT, RESULTS, USER } from '../scenario.mjs';
import { provider } from './_telemetry.mjs';

const client = new Anthropic();

const model = new MockLanguageModelV3({
  provider: 'anthropic.messages',
  modelId: 'claude-sonnet-5',
  doGenerate: async ({ prompt }) => {
    const message = await client.messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 1024,
      messages: prompt.filter(({ role }) => role !== 'system').map(toAnthropic),
    });
    const { usage } = message;
    const cacheRead = usage.cache_read_input_tokens ?? 0;
    const cacheWrite = usage.cache_creation_input_tokens ?? 0;
    return {
      content: message.content.map((part) =>
        part.type === 'tool_use'
          ? { type: 'tool-call', toolCallId: part.id, toolName: part.name, input: JSON.stringify(part.input) }
          : { type: 'text', text: part.text },
      ),
      finishReason: {
        unified: message.stop_reason === 'tool_use' ? 'tool-calls' : 'stop',
        raw: message.stop_reason,
      },
      usage: {
        inputTokens: {
          total: usage.input_tokens + cacheRead + cacheWrite,
          noCache: usage.input_tokens,
          cacheRead,
          cacheWrite,
        },
        outputTokens: { total: usage.output_tokens, text: usage.output_tokens, reasoning: undefined },
      },
      response: { id: message.id, modelId: message.model },
      warnings: [],
    };
  },
});

function toAnthropic({ role, content }) {
  if (role === 'tool') {
    return {
      role: 'user',
      content: content.map((part) => ({
        type: 'tool_result',
        tool_use_id: part.toolCallId,
        content: JSON.stringify(part.output),
      })),
    };
  }
  return {
    role,
    content: content.map((part) =>
      part.type === 'tool-call'
        ? { type: 'tool_use', id: part.toolCallId, name: part.toolName, input: part.input }
        : { type: 'text', text: part.text },
    ),
  };
}

await generateText({
  model,
  prompt: PROMPT,
  stopWhen: stepCountIs(5),
  experimental_telemetry: {
    isEnabled: true,
    functionId: AGENT,
    metadata: { userId: USER, sessionId: CONVERSATION },
  },
  tools: {
    lookup_booking: tool({
      description: 'Finds a booking',
      inputSchema: z.object({ id: z.string() }),
      execute: async () => RESULTS.lookup_booking,
    }),
    issue_refund: tool({
      description: 'Pays money back',
      inputSchema: z.object({ booking: z.string(), amount: z.number() }),
      execute: async () => RESULTS.issue_refund,
    }),
  },
});

await provider.shutdown();
