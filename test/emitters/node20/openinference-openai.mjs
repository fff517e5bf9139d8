/** The OpenAI SDK under OpenInference, a hand-written agent loop: model calls only, no spans for agent or tools. */
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import OpenAI from 'openai';
import { PROMPT, RESULTS } from '../scenario.mjs';
import { provider } from './_telemetry.mjs';

const instrumentation = new OpenAIInstrumentation({
  tracerProvider: provider,
  traceConfig: process.env.HIDE_CONTENT ? { hideInputs: true, hideOutputs: true } : {},
});
instrumentation.manuallyInstrument(OpenAI);

const client = new OpenAI();
const tools = ['lookup_booking', 'issue_refund'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: {} } },
}));

const messages = [{ role: 'user', content: PROMPT }];
await provider.getTracer('refund-service').startActiveSpan('POST /refunds', async (request) => {
  for (;;) {
    const { choices } = await client.chat.completions.create({ model: 'gpt-4o', messages, tools });
    const { message } = choices[0];
    messages.push(message);
    if (!message.tool_calls) break;
    for (const call of message.tool_calls) {
      const content = JSON.stringify(RESULTS[call.function.name]);
      messages.push({ role: 'tool', tool_call_id: call.id, content });
    }
  }
  request.end();
});

await provider.shutdown();
