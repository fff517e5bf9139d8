/** The Anthropic SDK, which sends spans of its own as soon as a tracer provider exists; its tool runner is the agent. */
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { z } from 'zod';
import { PROMPT, RESULTS } from '../scenario.mjs';
import { provider } from './_telemetry.mjs';

const client = new Anthropic();
await client.beta.messages.toolRunner({
  model: 'claude-sonnet-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: PROMPT }],
  tools: [
    betaZodTool({
      name: 'lookup_booking',
      description: 'Finds a booking',
      inputSchema: z.object({ id: z.string() }),
      run: async () => JSON.stringify(RESULTS.lookup_booking),
    }),
    betaZodTool({
      name: 'issue_refund',
      description: 'Pays money back',
      inputSchema: z.object({ booking: z.string(), amount: z.number() }),
      run: async () => JSON.stringify(RESULTS.issue_refund),
    }),
  ],
});

await provider.shutdown();
