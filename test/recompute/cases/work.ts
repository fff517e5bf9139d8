import type { Attributes } from '../../tools/otlp.ts';
import { type Cases, ended, HOUR, paid, task } from './said.ts';

/** Runs and tasks: whose they are, how they end, where they begin. */
export const WORK: Cases = {
  'a plain task: whose work it is stands on the span, above it, on the resource, or in the registry'(
    story,
    at,
    name,
  ) {
    const { random } = story;
    const trace = story.trace('claims');
    const said: Attributes = {
      ...task(name, { 'agentops.task.type': 'claim', 'agentops.task.ref': `ref-${name}` }),
      'user.id': `u-${random.int(5)}`,
      ...(random.int(2) === 0 && {
        'agentops.department': ['finance', 'sales', 'nobody-knows'][random.int(3)]!,
      }),
      ...(random.int(2) === 0 && { 'agentops.team': ['payers', 'made-up'][random.int(2)]! }),
      ...(random.int(2) === 0 && { 'agentops.tenant.id': 'acme' }),
    };
    const resource = random.int(2) === 0 ? { 'agentops.cost_center': ['FIN-1', 'XX-9'][random.int(2)]! } : {};
    const root = trace.run(
      'payer',
      at,
      at + 5000,
      { ...said, ...ended(['success', 'failure', 'escalated'][random.int(3)]!) },
      { resource },
    );
    trace.chat(at, at + 900, {}, { under: root, resource });
    const call = trace.tool(
      'look',
      at + 900,
      at + 1500,
      {},
      { under: root, resource, ...(random.int(3) === 0 && { error: 'timeout' }) },
    );
    trace.chat(at + 1000, at + 1400, { 'agentops.department': 'sales' }, { under: call, resource });
    trace.tool('priced', at + 2000, at + 2100, {}, { under: root });
  },
  'nobody gives a verdict'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 2000, task(name));
    trace.chat(at, at + 900, {}, { under: root });
  },
  'no call at all'(story, at, name) {
    story.trace('claims').run('payer', at, at + 10, { ...task(name), ...ended('success') });
  },
  'a sub-agent in a service that names no environment, one in another, and one that nobody registered'(
    story,
    at,
    name,
  ) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 9000, { ...task(name), ...ended('success') });
    const far = trace.run(
      'researcher',
      at + 100,
      at + 3000,
      {},
      { under: root, service: 'research', environment: '' },
    );
    trace.chat(at + 200, at + 900, {}, { under: far, service: 'research', environment: '' });
    trace.tool('look', at + 900, at + 1000, {}, { under: far, service: 'research', environment: '' });
    const other = trace.run(
      'researcher',
      at + 3000,
      at + 5000,
      {},
      { under: root, service: 'research', environment: 'staging' },
    );
    trace.chat(at + 3200, at + 3900, {}, { under: other, service: 'research', environment: 'staging' });
    const stray = trace.run('scraper', at + 5000, at + 7000, {}, { under: root, service: 'nowhere' });
    trace.chat(at + 5200, at + 5900, {}, { under: stray, service: 'nowhere' });
    const old = trace.run('retiree', at + 7000, at + 8000, {}, { under: root, service: 'old' });
    trace.tool('look', at + 7100, at + 7200, {}, { under: old, service: 'old' });
  },
  'one run works through several tasks'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 9000);
    for (let i = 0; i < 3; i++) {
      const start = at + 100 + i * 1000;
      const inner = trace.step(
        'task',
        start,
        start + 900,
        { 'agentops.kind': 'other', ...task(`${name}-${i}`), ...ended('success', 'agent') },
        { under: root },
      );
      trace.chat(start, start + 500, {}, { under: inner });
      trace.tool('pay', start + 500, start + 600, paid(9000), { under: inner });
    }
  },
  'an attempt fails and the next one does not'(story, at, name) {
    for (const [i, error] of ['ECONNRESET', undefined].entries()) {
      const trace = story.trace('claims');
      const start = at + i * HOUR;
      const root = trace.run('payer', start, start + 2000, task(name), error === undefined ? {} : { error });
      trace.chat(start, start + 900, {}, { under: root });
    }
  },
  'an attempt fails and the next one does not, where that is success'(story, at, name) {
    for (const [i, error] of ['ECONNRESET', undefined].entries()) {
      const trace = story.trace('drafts');
      const start = at + i * HOUR;
      const root = trace.run(
        'drafter',
        start,
        start + 2000,
        task(name),
        error === undefined ? {} : { error },
      );
      trace.chat(start, start + 900, {}, { under: root });
    }
  },
  'every attempt fails'(story, at, name) {
    for (let i = 0; i < 2; i++) {
      const trace = story.trace('claims');
      const root = trace.run('payer', at + i * HOUR, at + i * HOUR + 2000, task(name), {
        error: 'ECONNRESET',
      });
      trace.chat(at + i * HOUR, at + i * HOUR + 900, {}, { under: root });
    }
  },
  'sampled by half, and the root never comes'(story, at, name) {
    const trace = story.trace('claims');
    const state = { state: 'ot=th:8' };
    const root = trace.run('payer', at, at + 3000, { ...task(name), ...ended('success') }, state);
    trace.chat(at, at + 500, {}, { under: root, ...state });
    const lost = story.trace('claims');
    lost.chat(at, at + 500, {}, { under: story.random.hex(8) });
    lost.tool('look', at + 600, at + 700, {}, { under: story.random.hex(8) });
  },
  'told twice with another end, under foreign spans, in a circle'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 5000, { ...task(name), ...ended('failure') });
    const spanId = story.random.hex(8);
    trace.chat(at, at + 500, { 'gen_ai.response.id': `v-${name}` }, { under: root, spanId });
    trace.chat(
      at,
      at + 700,
      { 'gen_ai.response.id': `v-${name}`, 'gen_ai.usage.output_tokens': 999 },
      { under: root, spanId },
    );
    const web = trace.step(
      'GET /',
      at + 1000,
      at + 1900,
      { 'http.request.method': 'GET' },
      { under: root, service: 'web' },
    );
    trace.tool('look', at + 1100, at + 1800, {}, { under: web, service: 'look-server' });
    const [a, b] = [story.random.hex(8), story.random.hex(8)];
    trace.tool('look', at + 2000, at + 2100, {}, { under: b, spanId: a });
    trace.tool('look', at + 2000, at + 2200, {}, { under: a, spanId: b });
  },
  'two runs side by side in a trace, and a step that hangs on nothing'(story, at, name) {
    const trace = story.trace('claims');
    for (let i = 0; i < 2; i++) {
      const start = at + i * 10_000;
      const root = trace.run('payer', start, start + 5000, { ...task(`${name}-${i}`), ...ended('success') });
      trace.chat(start, start + 500, {}, { under: root });
    }
    trace.chat(at + 11_000, at + 12_000, {}, { under: story.random.hex(8) });
  },
};
