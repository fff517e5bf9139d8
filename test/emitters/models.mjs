import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { turnAfter } from './scenario.mjs';

/**
 * Model providers on loopback: OpenAI chat completions and responses, Anthropic messages. Which turn comes next is
 * read from the last tool result that the request carries, so that they need no memory.
 * @returns {Promise<{ port: number, close(): void }>}
 */
export function startModels() {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const answer = answerTo(request.url ?? '', body);
    if (answer === null) {
      response
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"error":{"message":"no such model API"}}');
    } else if (body.stream === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of answer.events) response.write(event);
      response.end();
    } else {
      response.writeHead(200, { 'content-type': 'application/json', 'request-id': `req_${randomUUID()}` });
      response.end(JSON.stringify(answer.whole));
    }
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: server.address().port,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

function answerTo(url, body) {
  if (url.endsWith('/chat/completions')) return chatCompletion(body);
  if (url.endsWith('/responses')) return { whole: openAiResponse(body), events: [] };
  if (url.includes('/messages')) return { whole: anthropicMessage(body), events: [] };
  return null;
}

/** An agent that may hand over does so first: one more call, 700 tokens in and 30 out. */
const HANDOVER = { input: 700, cached: 0, written: 0, output: 30, reasoning: 0 };

function nextTurn(tools, answered) {
  if (answered !== undefined) return turnAfter(answered);
  const name = (tools ?? [])
    .map((tool) => tool.function?.name ?? tool.name)
    .find((tool) => tool?.startsWith('transfer_to_'));
  return name === undefined
    ? turnAfter(undefined)
    : { call: { id: 'call_transfer', name, arguments: {} }, usage: HANDOVER };
}

function chatCompletion({ messages, model, tools, stream_options: streamOptions }) {
  const turn = nextTurn(tools, messages.findLast((message) => message.role === 'tool')?.tool_call_id);
  const toolCalls = turn.call && [
    {
      id: turn.call.id,
      type: 'function',
      function: { name: turn.call.name, arguments: JSON.stringify(turn.call.arguments) },
    },
  ];
  const head = { id: `chatcmpl-${randomUUID()}`, created: 1_795_000_000, model: `${model}-2024-08-06` };
  const message = {
    role: 'assistant',
    content: turn.text ?? null,
    ...(toolCalls && { tool_calls: toolCalls }),
  };
  const finish = toolCalls ? 'tool_calls' : 'stop';
  const usage = {
    prompt_tokens: turn.usage.input,
    completion_tokens: turn.usage.output,
    total_tokens: turn.usage.input + turn.usage.output,
    prompt_tokens_details: { cached_tokens: turn.usage.cached },
    completion_tokens_details: { reasoning_tokens: turn.usage.reasoning },
  };
  const chunk = (choices, rest) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...rest })}\n\n`;
  const delta = { ...message, ...(toolCalls && { tool_calls: [{ index: 0, ...toolCalls[0] }] }) };
  return {
    whole: {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finish }],
      usage,
    },
    events: [
      chunk([{ index: 0, delta, finish_reason: null }]),
      chunk([{ index: 0, delta: {}, finish_reason: finish }]),
      ...(streamOptions?.include_usage ? [chunk([], { usage })] : []),
      'data: [DONE]\n\n',
    ],
  };
}

function openAiResponse({ input, model, tools }) {
  const items = Array.isArray(input) ? input : [];
  const turn = nextTurn(tools, items.findLast((item) => item.type === 'function_call_output')?.call_id);
  return {
    id: `resp_${randomUUID().replaceAll('-', '')}`,
    object: 'response',
    created_at: 1_795_000_000,
    status: 'completed',
    model: `${model}-2024-08-06`,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    output: [
      turn.call
        ? {
            type: 'function_call',
            id: `fc_${randomUUID().replaceAll('-', '')}`,
            call_id: turn.call.id,
            name: turn.call.name,
            arguments: JSON.stringify(turn.call.arguments),
            status: 'completed',
          }
        : {
            type: 'message',
            id: `msg_${randomUUID().replaceAll('-', '')}`,
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text: turn.text, annotations: [] }],
          },
    ],
    usage: {
      input_tokens: turn.usage.input,
      input_tokens_details: { cached_tokens: turn.usage.cached },
      output_tokens: turn.usage.output,
      output_tokens_details: { reasoning_tokens: turn.usage.reasoning },
      total_tokens: turn.usage.input + turn.usage.output,
    },
  };
}

function anthropicMessage({ messages, model }) {
  const answered = messages
    .flatMap((message) => (Array.isArray(message.content) ? message.content : []))
    .findLast((part) => part.type === 'tool_result');
  const turn = turnAfter(answered?.tool_use_id);
  const { input, cached, written, output } = turn.usage;
  return {
    id: `msg_${randomUUID().replaceAll('-', '')}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [
      turn.call
        ? { type: 'tool_use', id: turn.call.id, name: turn.call.name, input: turn.call.arguments }
        : { type: 'text', text: turn.text },
    ],
    stop_reason: turn.call ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    // Anthropic counts the cache beside the input.
    usage: {
      input_tokens: input - cached - written,
      cache_read_input_tokens: cached,
      cache_creation_input_tokens: written,
      cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { thinking_tokens: turn.usage.reasoning },
    },
  };
}
