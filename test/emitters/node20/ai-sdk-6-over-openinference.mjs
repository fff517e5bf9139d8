/** The AI SDK, and inside of it the OpenAI SDK under OpenInference: names and ids have nothing in common. */
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { generateText, stepCountIs, tool } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import OpenAI from 'openai';
import { z } from 'zod';
import { AGENT, CONVERSATION, PROMPT, RESULTS, USER } from '../scenario.mjs';
import { provider } from './_telemetry.mjs';

new OpenAIInstrumentation({ tracerProvider: provider }).manuallyInstrument(OpenAI);
const client = new OpenAI();

const model = new MockLanguageModelV3({
  provider: 'openai.chat',
  modelId: 'gpt-4o',
  doGenerate: async ({ prompt }) => {
    const { choices, usage, id, model: answered } = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: prompt.flatMap(toOpenAi),
    });
    const [{ message }] = choices;
    const cached = usage.prompt_tokens_details.cached_tokens;
    const reasoning = usage.completion_tokens_details.reasoning_tokens;
    return {
      content: message.tool_calls
        ? message.tool_calls.map((call) => ({
            type: 'tool-call',
            toolCallId: call.id,
            toolName: call.function.name,
            input: call.function.arguments,
          }))
        : [{ type: 'text', text: message.content }],
      finishReason: { unified: message.tool_calls ? 'tool-calls' : 'stop' },
      usage: {
        inputTokens: { total: usage.prompt_tokens, noCache: usage.prompt_tokens - cached, cacheRead: cached },
        outputTokens: {
          total: usage.completion_tokens,
          text: usage.completion_tokens - reasoning,
          reasoning,
        },
      },
      response: { id, modelId: answered },
      warnings: [],
    };
  },
});

function toOpenAi({ role, content }) {
  if (role === 'tool') {
    return content.map((part) => ({
      role,
      tool_call_id: part.toolCallId,
      content: JSON.stringify(part.output),
    }));
  }
  const text = content.map((part) => part.text ?? '').join('');
  const calls = content
    .filter((part) => part.type === 'tool-call')
    .map((part) => ({
      id: part.toolCallId,
      type: 'function',
      function: { name: part.toolName, arguments: JSON.stringify(part.input) },
    }));
  return [{ role, content: text, ...(calls.length > 0 && { tool_calls: calls }) }];
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
