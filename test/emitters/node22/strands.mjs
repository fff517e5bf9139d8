/** Strands Agents, whose agent span repeats the usage of its model calls. */
import { Agent, tool } from '@strands-agents/sdk';
import { OpenAIModel } from '@strands-agents/sdk/models/openai';
import { z } from 'zod';
import { AGENT, CONVERSATION, PROMPT, RESULTS, USER } from '../scenario.mjs';
import { provider } from './_telemetry.mjs';

const agent = new Agent({
  name: AGENT,
  model: new OpenAIModel({ api: 'chat', modelId: 'gpt-4o', apiKey: 'none' }),
  printer: false,
  traceAttributes: { 'session.id': CONVERSATION, 'user.id': USER },
  tools: [
    tool({
      name: 'lookup_booking',
      description: 'Finds a booking',
      inputSchema: z.object({ id: z.string() }),
      callback: () => RESULTS.lookup_booking,
    }),
    tool({
      name: 'issue_refund',
      description: 'Pays money back',
      inputSchema: z.object({ booking: z.string(), amount: z.number() }),
      callback: () => RESULTS.issue_refund,
    }),
  ],
});
await agent.invoke(PROMPT);

await provider.shutdown();
