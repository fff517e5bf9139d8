/** A LangChain agent on LangGraph under OpenInference; a person must approve the refund, so a second trace resumes it. */
import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as callbacks from '@langchain/core/callbacks/manager';
import { AIMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { FakeStreamingChatModel } from '@langchain/core/utils/testing';
import { Command, interrupt, MemorySaver } from '@langchain/langgraph';
import { createAgent } from 'langchain';
import { z } from 'zod';
import { AGENT, CONVERSATION, PROMPT, RESULTS, turnAfter, USER } from '../scenario.mjs';
import { provider } from './_telemetry.mjs';

new LangChainInstrumentation({ tracerProvider: provider }).manuallyInstrument(callbacks);

class ScriptedModel extends FakeStreamingChatModel {
  constructor() {
    super({});
    this.model = 'gpt-4o';
  }

  _llmType() {
    return 'openai';
  }

  getLsParams(options) {
    return {
      ...super.getLsParams(options),
      ls_provider: 'openai',
      ls_model_name: 'gpt-4o',
      ls_model_type: 'chat',
    };
  }

  bindTools() {
    return this;
  }

  async _generate(messages) {
    const turn = turnAfter(messages.findLast((message) => message.getType() === 'tool')?.tool_call_id);
    const { input, cached, output, reasoning } = turn.usage;
    const message = new AIMessage({
      content: turn.text ?? '',
      tool_calls: turn.call && [{ id: turn.call.id, name: turn.call.name, args: turn.call.arguments }],
      usage_metadata: {
        input_tokens: input,
        output_tokens: output,
        total_tokens: input + output,
        input_token_details: { cache_read: cached },
        output_token_details: { reasoning },
      },
      response_metadata: { model_name: 'gpt-4o-2024-08-06' },
    });
    return { generations: [{ text: turn.text ?? '', message }] };
  }
}

const agent = createAgent({
  name: AGENT,
  model: new ScriptedModel(),
  tools: [
    tool(async () => RESULTS.lookup_booking, {
      name: 'lookup_booking',
      description: 'Finds a booking',
      schema: z.object({ id: z.string() }),
    }),
    tool(
      async () => {
        if (interrupt({ question: 'Refund 120 EUR?' }) !== 'yes') throw new Error('not approved');
        return RESULTS.issue_refund;
      },
      {
        name: 'issue_refund',
        description: 'Pays money back',
        schema: z.object({ booking: z.string(), amount: z.number() }),
      },
    ),
  ],
  checkpointer: new MemorySaver(),
});

const config = { configurable: { thread_id: CONVERSATION }, metadata: { user_id: USER } };
await agent.invoke({ messages: [{ role: 'user', content: PROMPT }] }, config);
await agent.invoke(new Command({ resume: 'yes' }), config);

await provider.shutdown();
