import { generateText, registerTelemetry, stepCountIs, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';
import { AGENT, CONVERSATION, PROMPT, RESULTS, USER } from '../scenario.mjs';
import { answer } from './_fake-model.mjs';
import { provider } from './_telemetry.mjs';

/** The agent of AI SDK 7 under one of its telemetry integrations. */
export async function runAgent(telemetry) {
  registerTelemetry(telemetry);
  await generateText({
    model: new MockLanguageModelV4({
      provider: 'anthropic.messages',
      modelId: 'claude-sonnet-5',
      doGenerate: async (options) => answer(options),
    }),
    prompt: PROMPT,
    stopWhen: stepCountIs(5),
    runtimeContext: { userId: USER, sessionId: CONVERSATION },
    telemetry: { functionId: AGENT, includeRuntimeContext: { userId: true, sessionId: true } },
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
}
