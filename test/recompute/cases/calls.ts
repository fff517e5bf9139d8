import { asks, type Cases, decides, ended, HOUR, MINUTE, paid, task } from './said.ts';

/** Calls that are told more than once, what they cost, and what is allowed. */
export const CALLS: Cases = {
  'a call told by client and server, and one that was interrupted'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 9000, { ...task(name), ...ended('success') });
    const outer = trace.tool('look', at, at + 1000, {}, { under: root });
    trace.tool('look', at + 100, at + 900, {}, { under: outer, service: 'look-server', error: 'boom' });
    trace.tool(
      'look',
      at + 2000,
      at + 2100,
      { 'error.type': 'GraphInterrupt' },
      { under: root, error: 'GraphInterrupt()' },
    );
    trace.tool('look', at + 3000, at + 3100, {}, { under: root });
  },
  'answers told by wrappers, twice in a trace, and in another one'(story, at, name) {
    const usage = { 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 };
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 9000, { ...task(name), ...ended('success'), ...usage });
    const outer = trace.chat(at, at + 1000, usage, { under: root });
    trace.chat(at + 10, at + 990, usage, { under: outer });
    const same = { 'gen_ai.response.id': `same-${name}`, ...usage };
    trace.chat(at + 2000, at + 2500, same, { under: root });
    trace.chat(at + 2010, at + 2490, same, { under: root });
    for (const environment of ['production', 'staging']) {
      const gateway = story.trace('gateway', environment);
      gateway.chat(at + 2005, at + 2495, same);
    }
    const sums = story.trace('claims');
    sums.run('payer', at + 5000, at + 6000, {
      ...task(`${name}-sum`),
      ...ended('success'),
      'gen_ai.request.model': 'gpt-4o-2024-08-06',
      'gen_ai.provider.name': 'openai',
      ...usage,
    });
  },
  'what has no price, no usage, no rate'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 9000, { ...task(name), ...ended('success') });
    trace.chat(
      at,
      at + 900,
      { 'gen_ai.request.model': 'ours', 'gen_ai.response.model': 'ours' },
      { under: root },
    );
    trace.step(
      'chat',
      at + 1000,
      at + 1900,
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o-2024-08-06',
      },
      { under: root },
    );
    trace.chat(
      at + 2000,
      at + 2900,
      { 'gen_ai.request.model': 'own-7b', 'gen_ai.response.model': 'own-7b', 'gen_ai.provider.name': 'vllm' },
      { under: root },
    );
    trace.tool('in-pounds', at + 3000, at + 3100, {}, { under: root });
    trace.tool('in-dollars', at + 4000, at + 4100, {}, { under: root });
  },
  'what the registry does not allow'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 9000, {
      ...task(name),
      ...ended('success'),
      'agentops.agent.version': '9.9',
    });
    trace.tool('undeclared', at, at + 100, {}, { under: root });
    trace.tool(
      'look',
      at + 200,
      at + 300,
      { 'agentops.tool.resource': 'payroll', 'agentops.tool.side_effect': 'read' },
      { under: root },
    );
    trace.chat(
      at + 400,
      at + 500,
      { 'gen_ai.request.model': 'gpt-4.1-2025-04-14', 'gen_ai.response.model': 'gpt-4.1-2025-04-14' },
      { under: root },
    );
    trace.tool(
      'pay',
      at + 600,
      at + 700,
      { 'agentops.tool.amount': '500', 'agentops.tool.currency': 'GBP' },
      { under: root },
    );
    trace.tool('pay', at + 800, at + 900, {}, { under: root });
    trace.tool(
      'pay',
      at + 1000,
      at + 1100,
      { 'agentops.tool.amount': '900', 'agentops.tool.currency': 'USD' },
      { under: root },
    );
  },
  'payments of which a share is looked at'(story, at, name) {
    for (let i = 0; i < 5; i++) {
      const trace = story.trace('claims');
      const start = at + i * 20 * HOUR;
      const root = trace.run('payer', start, start + HOUR, { ...task(`${name}-${i}`), ...ended('success') });
      if (i === 0) {
        asks(trace, root, start + 10, `sample-${name}`, { 'agentops.approval.rule': 'sample' });
        decides(trace, root, start + MINUTE, `sample-${name}`);
      }
      trace.tool('pay', start + 2 * MINUTE, start + 3 * MINUTE, paid(20_000 + i), { under: root });
    }
  },
};
