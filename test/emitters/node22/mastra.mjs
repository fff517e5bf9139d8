/** Mastra with its own OpenTelemetry exporter: usage stands on the model calls alone. */
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { OtelExporter } from '@mastra/otel-exporter';
import { MockLanguageModelV3 } from 'ai6/test';
import { z } from 'zod';
import { AGENT, CONVERSATION, PROMPT, RESULTS, USER } from '../scenario.mjs';
import { answer } from './_fake-model.mjs';

const exporter = new OtelExporter({
  provider: {
    custom: { endpoint: `${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`, protocol: 'http/json' },
  },
});
const agent = new Agent({
  id: AGENT,
  name: AGENT,
  instructions: 'Refund bookings.',
  model: new MockLanguageModelV3({
    provider: 'anthropic.messages',
    modelId: 'claude-sonnet-5',
    doGenerate: async (options) => answer(options),
  }),
  tools: {
    lookup_booking: createTool({
      id: 'lookup_booking',
      description: 'Finds a booking',
      inputSchema: z.object({ id: z.string() }),
      execute: async () => RESULTS.lookup_booking,
    }),
    issue_refund: createTool({
      id: 'issue_refund',
      description: 'Pays money back',
      inputSchema: z.object({ booking: z.string(), amount: z.number() }),
      execute: async () => RESULTS.issue_refund,
    }),
  },
});
const mastra = new Mastra({
  agents: { [AGENT]: agent },
  observability: new Observability({
    configs: { otel: { serviceName: process.env.OTEL_SERVICE_NAME, exporters: [exporter] } },
  }),
});
await mastra.getAgent(AGENT).generate(PROMPT, { memory: { thread: CONVERSATION, resource: USER } });
await mastra.shutdown();
