import { type Scenario, times } from './scenario.ts';
import { allow, type Trace } from './trace.ts';

const some = (trace: Trace, least: number, most: number): number =>
  least + trace.chance.int(most - least + 1);
const id = (trace: Trace): string => `#W${1_000_000 + trace.chance.int(8_999_999)}`;

/** A run that is no circle. */
function honest(
  name: string,
  tell: (trace: Trace) => void,
  more: Omit<Scenario, 'name' | 'tell'> = {},
): Scenario {
  return {
    name,
    ...more,
    tell(trace) {
      trace.work(some(trace, 0, 3));
      tell(trace);
      trace.work(some(trace, 0, 2));
      return null;
    },
  };
}

/** Work that repeats and is none the less on its way: what in-agent detectors stop by mistake. */
export const NO_CIRCLES: readonly Scenario[] = [
  honest('page after page', (trace) => {
    times(some(trace, 6, 20), (page) =>
      trace.call('list_orders', { page }, { rows: [id(trace), id(trace)] }),
    );
    trace.call('list_orders', { page: 99 }, { rows: [] });
  }),
  honest('page after page, the place kept by the server', (trace) => {
    times(some(trace, 6, 20), () => trace.call('next_page', {}, { rows: [id(trace)] }));
  }),
  honest('empty pages of a tool that pages', (trace) => {
    allow(trace, 'scan_table', { pagination: true });
    times(some(trace, 6, 15), (page) => trace.call('scan_table', { page }, { rows: [] }));
  }),
  honest(
    'page after page, digests of arguments only',
    (trace) => {
      times(some(trace, 8, 20), (page) => trace.call('list_orders', { page }, undefined));
    },
    { emitter: { results: false } },
  ),
  honest('a file in pieces', (trace) => {
    const path = `docs/${trace.chance.hex(2)}.md`;
    times(some(trace, 5, 15), (i) => trace.call('read_file', { path, offset: i * 200 }, { text: id(trace) }));
  }),
  honest('five files after another', (trace) => {
    times(some(trace, 5, 9), (i) =>
      trace.call('read_file', { path: `src/part${i}.ts` }, { text: id(trace) }),
    );
  }),
  honest('polling, as the registry allows', (trace) => {
    allow(trace, 'job_status', { polling: true });
    const job = id(trace);
    times(some(trace, 4, 20), () => trace.call('job_status', { job }, { state: 'running' }));
    trace.call('job_status', { job }, { state: 'done' });
  }),
  honest('polling in a cycle, as the registry allows', (trace) => {
    allow(trace, 'build_status', { polling: true });
    allow(trace, 'queue_length', { polling: true });
    const build = id(trace);
    times(some(trace, 4, 12), () => {
      trace.call('build_status', { build }, { state: 'running' });
      trace.call('queue_length', { build }, { jobs: 4 });
    });
  }),
  honest('polling nobody declared, with waits', (trace) => {
    const job = id(trace);
    times(some(trace, 3, 7), () => {
      trace.call('get_training_job', { job }, { state: 'running' });
      trace.pause(10_000 + trace.chance.int(50_000));
    });
  }),
  honest(
    'polling every five minutes, model calls unseen',
    (trace) => {
      const job = id(trace);
      times(some(trace, 4, 6), () => {
        trace.call('get_training_job', { job }, { state: 'running' });
        trace.pause(300_000);
      });
    },
    { emitter: { models: false } },
  ),
  honest('polling with a sleep between', (trace) => {
    const command = `gh run view ${trace.chance.int(1e6)}`;
    times(some(trace, 3, 7), () => {
      trace.call('exec', { command }, 'in progress');
      trace.call('sleep', { seconds: 2 }, { slept: 2 }, { ms: 2_000 });
    });
  }),
  honest('polling whose answer goes on', (trace) => {
    const job = id(trace);
    times(some(trace, 4, 15), (i) => trace.call('get_job', { job }, { percent: i * 6 }));
  }),
  honest('twenty mails to twenty customers', (trace) => {
    times(20, () =>
      trace.call(
        'send_mail',
        { to: `c${trace.chance.int(1e6)}@example.com`, body: 'your parcel is late' },
        { sent: true },
      ),
    );
  }),
  honest('a batch that marks item after item', (trace) => {
    times(some(trace, 8, 30), () => trace.call('close_ticket', { ticket: id(trace) }, 'ok'));
  }),
  honest('a batch, effects declared, verbs that mislead', (trace) => {
    allow(trace, 'check_in_passenger', { effect: 'write' });
    times(some(trace, 8, 20), () => trace.call('check_in_passenger', { seat: id(trace) }, { done: true }));
  }),
  honest(
    'a batch without digests',
    (trace) => {
      times(some(trace, 8, 30), () => trace.call('resize_image', {}, undefined));
    },
    { emitter: { arguments: false, results: false } },
  ),
  honest('a batch in which a few fail', (trace) => {
    times(some(trace, 12, 20), (i) =>
      trace.call('import_row', { row: i }, { ok: i % 4 !== 0 }, { failed: i % 4 === 0 || i % 4 === 1 }),
    );
  }),
  honest('the same rule read before each item', (trace) => {
    times(some(trace, 5, 12), () => {
      trace.call('read_policy', { section: 'refunds' }, { text: 'within 30 days' });
      trace.call('refund', { order: id(trace) }, { refunded: true });
    });
  }),
  honest('a queue emptied', (trace) => {
    times(some(trace, 5, 15), () => {
      trace.call('next_ticket', {}, { ticket: id(trace) });
      trace.call('answer_ticket', { text: id(trace) }, 'ok');
    });
  }),
  honest('a queue emptied in one go', (trace) => {
    trace.think();
    times(some(trace, 4, 10), () => trace.tool('pop', {}, { item: id(trace) }));
  }),
  honest('retries that back off', (trace) => {
    const args = { account: id(trace) };
    const tries = some(trace, 3, 6);
    trace.think();
    times(tries, (i) => {
      trace.tool('charge', args, { error: 'busy' }, { failed: true });
      trace.pause(500 * 2 ** i);
    });
    trace.tool('charge', args, { charged: true });
  }),
  honest('three tries of a client library', (trace) => {
    const args = { account: id(trace) };
    trace.think();
    times(3, () => trace.tool('fetch_rates', args, { error: '503' }, { failed: true }));
    trace.tool('fetch_rates', args, { rate: 1.2 });
  }),
  honest('a call put right at the third try', (trace) => {
    times(some(trace, 1, 3), (i) =>
      trace.call('create_event', { at: `tomorrow ${i}` }, { error: 'bad date' }, { failed: true }),
    );
    trace.call('create_event', { at: '2026-04-01' }, { created: true });
  }),
  honest('a model busy for a while', (trace) => {
    times(some(trace, 2, 4), (i) => {
      trace.think({ failed: true });
      trace.pause(1_000 * 2 ** i);
    });
    trace.think();
  }),
  honest('edit and test, failing the same way for a while', (trace) => {
    times(some(trace, 4, 9), (i) => {
      trace.call('edit', { line: trace.chance.int(900), text: `${id(trace)} ${i}` }, { done: true });
      trace.call('run_tests', {}, { failing: 2 }, { failed: true, ms: 8_000 });
    });
    trace.call('run_tests', {}, { failing: 0 });
  }),
  honest('the state read again after every change', (trace) => {
    times(some(trace, 4, 9), (i) => {
      trace.call('git_status', {}, { clean: false });
      trace.call('git_add', { path: `file${i}` }, 'ok');
    });
  }),
  honest('a wizard of two steps for each of many', (trace) => {
    times(some(trace, 4, 9), () => {
      const customer = id(trace);
      trace.call('wizard', { step: 'start', customer }, { token: id(trace) });
      trace.call('wizard', { step: 'finish', customer }, { done: true });
    });
  }),
  honest('two tools in turn, each time about another thing', (trace) => {
    times(some(trace, 5, 12), () => {
      const order = id(trace);
      trace.call('get_order', { order }, { total: trace.chance.int(900) });
      trace.call('get_shipment', { order }, { at: trace.chance.int(900) });
    });
  }),
  honest('the same call twice, out of carelessness', (trace) => {
    const args = { user: id(trace) };
    times(2, () => trace.call('get_user', args, { name: 'Ada' }));
    trace.work(2);
    times(2, () => trace.call('get_user', args, { name: 'Ada' }));
  }),
  honest('equal calls, as many as the registry allows', (trace) => {
    allow(trace, 'heartbeat', { identical: 8 });
    times(some(trace, 3, 8), () => trace.call('heartbeat', {}, 'alive'));
  }),
  honest('a free slot looked for', (trace) => {
    times(some(trace, 2, 4), (day) => trace.call('is_free', { day: `2026-04-${10 + day}` }, { free: false }));
    trace.call('is_free', { day: '2026-04-20' }, { free: true });
  }),
  honest('a user who asks for the same again', (trace) => {
    const args = { flight: 'XY12' };
    times(some(trace, 3, 6), () => {
      trace.call('flight_status', args, { status: 'delayed' });
      trace.think({ output: 40 });
      trace.pause(8_000 + trace.chance.int(60_000));
    });
  }),
  honest('workers side by side that begin alike', (trace) => {
    trace.agents(['worker', 'worker', 'worker', 'worker', 'worker'], () => {
      trace.call('list_files', { dir: '.' }, { files: 12 });
      trace.work(3);
    });
  }),
  honest('workers side by side that do one look-up each', (trace) => {
    trace.agents(['worker', 'worker', 'worker', 'worker'], () => {
      trace.call('read_brief', {}, { text: 'all the same' });
    });
  }),
  honest('workers after another that begin alike', (trace) => {
    times(some(trace, 4, 7), () =>
      trace.agent('worker', () => {
        trace.call('read_brief', {}, { text: 'all the same' });
        trace.work(2);
      }),
    );
  }),
  honest('an agent told by two instrumentations', (trace) => {
    trace.agent('support', () =>
      trace.agent('support', () => trace.agent('support', () => trace.agent('support', () => trace.work(4)))),
    );
  }),
  honest('a task taken apart twice', (trace) => {
    trace.agent('planner', () => {
      trace.work(1);
      trace.agent('planner', () => {
        trace.work(1);
        times(4, () => trace.agent('planner', () => trace.work(2)));
      });
    });
  }),
  honest('drafts and reviews that converge', (trace) => {
    let length = 600 + trace.chance.int(400);
    times(some(trace, 4, 7), () => {
      trace.agent('writer', () => trace.think({ output: Math.round(length) }));
      trace.agent('reviewer', () => trace.think({ output: 60 + trace.chance.int(160) }));
      length *= 0.75 + trace.chance.next() * 0.1;
    });
  }),
  honest('drafts and reviews handed to and fro', (trace) => {
    let length = 700 + trace.chance.int(500);
    times(some(trace, 4, 6), () => {
      trace.think({ output: Math.round(length) });
      trace.handOff('writer', 'reviewer');
      trace.think({ output: 110 + trace.chance.int(200) });
      trace.handOff('reviewer', 'writer');
      length *= 0.7 + trace.chance.next() * 0.15;
    });
  }),
  honest('a supervisor whose workers work', (trace) => {
    times(some(trace, 4, 8), () => {
      trace.think();
      trace.handOff('supervisor', 'researcher');
      trace.agent('researcher', () => trace.work(2));
      trace.handOff('researcher', 'supervisor');
    });
  }),
  honest('a customer whose matters belong to two desks', (trace) => {
    times(some(trace, 3, 5), () => {
      trace.think();
      trace.handOff('triage', 'billing');
      trace.call('get_invoice', { invoice: id(trace) }, { total: trace.chance.int(900) });
      trace.think({ output: 80 });
      trace.pause(20_000);
      trace.handOff('billing', 'triage');
    });
  }),
  honest('a customer sent back once', (trace) => {
    for (const [from, to] of [
      ['triage', 'billing'],
      ['billing', 'triage'],
      ['triage', 'billing'],
    ] as const) {
      trace.think();
      trace.handOff(from, to);
    }
    trace.work(2);
  }),
  honest('one word for each of many items', (trace) => {
    times(some(trace, 10, 30), () =>
      trace.think({ output: 1 + trace.chance.int(2), input: 200 + trace.chance.int(600) }),
    );
  }),
  honest('a long text, continued at the limit of tokens', (trace) => {
    const output = [512, 1_000, 1_024, 2_048, 4_096][trace.chance.int(5)]!;
    let input = 800;
    times(some(trace, 4, 8), () => {
      trace.think({ output, input });
      input += output + 9;
    });
  }),
  honest('a chat with short answers', (trace) => {
    let input = 900;
    times(some(trace, 6, 14), () => {
      const output = 8 + trace.chance.int(5);
      trace.think({ output, input });
      input += output + 4 + trace.chance.int(30);
      trace.pause(6_000 + trace.chance.int(40_000));
    });
  }),
  honest('an agent that thinks aloud', (trace) => {
    let input = 900;
    times(some(trace, 6, 12), () => {
      const output = 40 + trace.chance.int(120);
      trace.think({ output, input });
      input += output;
    });
  }),
  honest('a hard case within the history', (trace) => trace.work(some(trace, 20, 24)), {
    history: { runs: 250, mostCalls: 40 },
  }),
  honest('a long run of a new agent', (trace) => trace.work(60), { history: { runs: 12, mostCalls: 9 } }),
];
