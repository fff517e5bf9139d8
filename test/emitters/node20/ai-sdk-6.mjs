/** Vercel AI SDK 6 with its own telemetry: a run with two tools, then a streamed one whose tool fails. */
import { generateText, simulateReadableStream, stepCountIs, streamText, tool } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { z } from 'zod';
import { AGENT, CONVERSATION, PROMPT, RESULTS, turnAfter, USER } from '../scenario.mjs';
import { provider } from './_telemetry.mjs';

function answer(options) {
  const turn = turnAfter(options.prompt.findLast(({ role }) => role === 'tool')?.content.at(-1).toolCallId);
  const { input, cached, written, output, reasoning } = turn.usage;
  return {
    content: turn.call
      ? [
          {
            type: 'tool-call',
            toolCallId: turn.call.id,
            toolName: turn.call.name,
            input: JSON.stringify(turn.call.arguments),
          },
        ]
      : [{ type: 'text', text: turn.text }],
    finishReason: { unified: turn.call ? 'tool-calls' : 'stop', raw: undefined },
    usage: {
      inputTokens: {
        total: input,
        noCache: input - cached - written,
        cacheRead: cached,
        cacheWrite: written,
      },
      outputTokens: { total: output, text: output - reasoning, reasoning },
    },
    warnings: [],
  };
}

const model = new MockLanguageModelV3({
  provider: 'anthropic.messages',
  modelId: 'claude-sonnet-5',
  doGenerate: async (options) => answer(options),
  doStream: async (options) => {
    const { content, finishReason, usage } = answer(options);
    const parts = content.flatMap((part) =>
      part.type === 'text'
        ? [
            { type: 'text-start', id: '1' },
            { type: 'text-delta', id: '1', delta: part.text },
            { type: 'text-end', id: '1' },
          ]
        : [part],
    );
    return {
      stream: simulateReadableStream({
        chunks: [{ type: 'stream-start', warnings: [] }, ...parts, { type: 'finish', finishReason, usage }],
      }),
    };
  },
});

const tools = (issueRefund) => ({
  lookup_booking: tool({
    description: 'Finds a booking',
    inputSchema: z.object({ id: z.string() }),
    execute: async () => RESULTS.lookup_booking,
  }),
  issue_refund: tool({
    description: 'Pays money back',
    inputSchema: z.object({ booking: z.string(), amount: z.number() }),
    execute: issueRefund,
  }),
});

const settings = (conversation) => ({
  model,
  prompt: PROMPT,
  stopWhen: stepCountIs(5),
  experimental_telemetry: {
    isEnabled: true,
    functionId: AGENT,
    metadata: { userId: USER, sessionId: conversation },
  },
});

await generateText({ ...settings(CONVERSATION), tools: tools(async () => RESULTS.issue_refund) });

const streamed = streamText({
  ...settings('conv-43'),
  tools: tools(async () => {
    throw new Error('the bank does not answer');
  }),
});
await streamed.consumeStream();

await provider.shutdown();
