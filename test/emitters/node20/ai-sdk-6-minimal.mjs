/** An agent of twenty lines that names nobody: what anyone has who switches the AI SDK's telemetry on. */
import { generateText, stepCountIs, tool } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { z } from 'zod';
import { provider } from './_telemetry.mjs';

const usage = { inputTokens: { total: 1000 }, outputTokens: { total: 100 } };
const look = { type: 'tool-call', toolCallId: 'call_1', toolName: 'lookup_booking', input: '{"id":"B-42"}' };
const turns = [
  { content: [look], finishReason: { unified: 'tool-calls' }, usage, warnings: [] },
  { content: [{ type: 'text', text: 'Confirmed.' }], finishReason: { unified: 'stop' }, usage, warnings: [] },
];
await generateText({
  model: new MockLanguageModelV3({ provider: 'openai.chat', modelId: 'gpt-4o', doGenerate: turns }),
  prompt: 'Is booking B-42 confirmed?',
  stopWhen: stepCountIs(5),
  experimental_telemetry: { isEnabled: true },
  tools: { lookup_booking: tool({ inputSchema: z.object({ id: z.string() }), execute: () => 'confirmed' }) },
});
await provider.shutdown();
