import { turnAfter } from '../scenario.mjs';

/** What the scripted model answers, as AI SDK providers of version 3 and 4 say it. */
export function answer({ prompt }) {
  const turn = turnAfter(prompt.findLast(({ role }) => role === 'tool')?.content.at(-1).toolCallId);
  const { input, cached, written, output, reasoning } = turn.usage;
  return {
    content: turn.call
      ? [
          {
            type: 'tool-call',
            toolCallId: turn.call.id,
            toolName: turn.call.name,
            input: JSON.stringify(turn.call.arguments),
          },
        ]
      : [{ type: 'text', text: turn.text }],
    finishReason: { unified: turn.call ? 'tool-calls' : 'stop', raw: undefined },
    usage: {
      inputTokens: {
        total: input,
        noCache: input - cached - written,
        cacheRead: cached,
        cacheWrite: written,
      },
      outputTokens: { total: output, text: output - reasoning, reasoning },
    },
    warnings: [],
  };
}
