/** Google ADK for TypeScript: tools hang under the model call, output leaves thoughts out, a failing tool says nothing. */
import { BaseLlm, FunctionTool, InMemoryRunner, LlmAgent } from '@google/adk';
import { z } from 'zod';
import { AGENT, CONVERSATION, PROMPT, RESULTS, turnAfter, USER } from '../scenario.mjs';
import { provider } from './_telemetry.mjs';

class ScriptedModel extends BaseLlm {
  async *generateContentAsync({ contents }) {
    const answered = contents.flatMap(({ parts }) => parts ?? []).findLast((part) => part.functionResponse);
    const turn = turnAfter(answered?.functionResponse.id);
    const { input, cached, output, reasoning } = turn.usage;
    yield {
      content: {
        role: 'model',
        parts: [
          turn.call
            ? { functionCall: { id: turn.call.id, name: turn.call.name, args: turn.call.arguments } }
            : { text: turn.text },
        ],
      },
      usageMetadata: {
        promptTokenCount: input,
        cachedContentTokenCount: cached,
        candidatesTokenCount: output - reasoning,
        thoughtsTokenCount: reasoning,
        totalTokenCount: input + output,
      },
    };
  }

  async connect() {
    throw new Error('no live connection');
  }
}

const agent = new LlmAgent({
  name: AGENT,
  model: new ScriptedModel({ model: 'gemini-2.5-flash' }),
  tools: [
    new FunctionTool({
      name: 'lookup_booking',
      description: 'Finds a booking',
      parameters: z.object({ id: z.string() }),
      execute: () => RESULTS.lookup_booking,
    }),
    new FunctionTool({
      name: 'issue_refund',
      description: 'Pays money back',
      parameters: z.object({ booking: z.string(), amount: z.number() }),
      execute: () => RESULTS.issue_refund,
    }),
  ],
});
const runner = new InMemoryRunner({ agent, appName: 'refunds' });
const session = await runner.sessionService.createSession({
  appName: 'refunds',
  userId: USER,
  sessionId: CONVERSATION,
});
const events = runner.runAsync({
  userId: USER,
  sessionId: session.id,
  newMessage: { role: 'user', parts: [{ text: PROMPT }] },
});
for await (const _ of events);

await provider.shutdown();
