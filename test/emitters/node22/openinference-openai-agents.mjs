/** The OpenAI Agents SDK under OpenInference: a triage agent hands over to the one that refunds. */
import { OpenAIAgentsInstrumentation } from '@arizeai/openinference-instrumentation-openai-agents';
import * as agents from '@openai/agents';
import { z } from 'zod';
import { AGENT, PROMPT, RESULTS } from '../scenario.mjs';
import { provider } from './_telemetry.mjs';

new OpenAIAgentsInstrumentation({ tracerProvider: provider }).manuallyInstrument(agents);
agents.setTracingDisabled(false);

const refunds = new agents.Agent({
  name: AGENT,
  model: 'gpt-4o',
  instructions: 'Refund bookings.',
  tools: [
    agents.tool({
      name: 'lookup_booking',
      description: 'Finds a booking',
      parameters: z.object({ id: z.string() }),
      execute: async () => RESULTS.lookup_booking,
    }),
    agents.tool({
      name: 'issue_refund',
      description: 'Pays money back',
      parameters: z.object({ booking: z.string(), amount: z.number() }),
      execute: async () => RESULTS.issue_refund,
    }),
  ],
});
const triage = new agents.Agent({
  name: 'triage',
  model: 'gpt-4o',
  instructions: 'Find who can help.',
  handoffs: [refunds],
});
await agents.run(triage, PROMPT);

await provider.forceFlush();
await provider.shutdown();
process.exit(0);
