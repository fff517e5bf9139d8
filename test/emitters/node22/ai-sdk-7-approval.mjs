/** AI SDK 7 with a tool that a person must approve: the run stops, and another trace goes on once it is approved. */
import { OpenTelemetry } from '@ai-sdk/otel';
import { generateText, registerTelemetry, stepCountIs, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';
import { AGENT, CONVERSATION, PROMPT, RESULTS, USER } from '../scenario.mjs';
import { answer } from './_fake-model.mjs';
import { provider } from './_telemetry.mjs';

registerTelemetry(new OpenTelemetry({ usage: true, runtimeContext: true }));

const run = (messages) =>
  generateText({
    model: new MockLanguageModelV4({
      provider: 'anthropic.messages',
      modelId: 'claude-sonnet-5',
      doGenerate: async (options) => answer(options),
    }),
    messages,
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
        needsApproval: true,
        execute: async () => RESULTS.issue_refund,
      }),
    },
  });

const asked = [{ role: 'user', content: PROMPT }];
const stopped = await run(asked);
const approvals = stopped.content
  .filter(({ type }) => type === 'tool-approval-request')
  .map(({ approvalId }) => ({ type: 'tool-approval-response', approvalId, approved: true }));
await run([...asked, ...stopped.response.messages, { role: 'tool', content: approvals }]);

await provider.shutdown();
