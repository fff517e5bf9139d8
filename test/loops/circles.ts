import { labelled, type Scenario, times } from './scenario.ts';
import { allow, type Trace } from './trace.ts';

const some = (trace: Trace, least: number, most: number): number =>
  least + trace.chance.int(most - least + 1);
const id = (trace: Trace): string => `#W${1_000_000 + trace.chance.int(8_999_999)}`;

/** Runs that go in circles, as in-agent detectors' issues tell them. */
export const CIRCLES: readonly Scenario[] = [
  {
    name: 'the same search in vain',
    tell(trace) {
      trace.work(some(trace, 0, 4));
      const args = { query: `lemma ${id(trace)}` };
      return labelled(
        'no_progress',
        times(some(trace, 4, 14), () => trace.call('search_lemmas', args, [])),
      );
    },
  },
  {
    name: 'the same read, model calls unseen',
    emitter: { models: false },
    tell(trace) {
      trace.work(some(trace, 0, 3));
      const path = `src/${trace.chance.hex(3)}.ts`;
      const steps = times(some(trace, 3, 9), () =>
        trace.call('read_file', { path }, { text: path.repeat(9) }),
      );
      trace.work(2);
      return labelled('no_progress', steps);
    },
  },
  {
    name: 'a slow local model that asks the same',
    emitter: { latency: 45_000 },
    tell(trace) {
      trace.work(2);
      const args = { command: 'ls -l', dir: `/srv/${trace.chance.hex(2)}` };
      return labelled(
        'no_progress',
        times(some(trace, 4, 8), () => trace.call('shell', args, 'total 0')),
      );
    },
  },
  {
    name: 'a wrapper that hides its failure: no output, exit 0, 20 times and more',
    tell(trace) {
      const command = `node -e "list(${trace.chance.int(9)})"`;
      return labelled(
        'no_progress',
        times(some(trace, 20, 40), () => trace.call('exec', { command }, { out: '', code: 0 })),
      );
    },
  },
  {
    name: 'the same call three times in one turn, turn after turn',
    tell(trace) {
      const args = { order: id(trace) };
      const steps: string[] = [];
      times(some(trace, 2, 4), () => {
        trace.think();
        for (let i = 0; i < 3; i++) steps.push(trace.tool('get_order', args, { status: 'open' }));
      });
      return labelled('no_progress', steps);
    },
  },
  {
    name: 'a worker that circles while others work beside it',
    tell(trace) {
      const args = { page: 'pricing' };
      const steps: string[] = [];
      trace.agents(['researcher', 'writer', 'checker'], (index) => {
        if (index !== 0) return trace.work(8);
        trace.work(1);
        steps.push(...times(some(trace, 4, 8), () => trace.call('open_page', args, '404')));
      });
      return labelled('no_progress', steps);
    },
  },
  {
    name: 'a loop of invocations that finds the same each time',
    tell(trace) {
      const args = { draft: id(trace) };
      const steps: string[] = [];
      trace.agent('loop', () => {
        times(some(trace, 4, 8), () =>
          trace.agent('critic', () => {
            steps.push(trace.call('check_style', args, { score: 3 }));
          }),
        );
      });
      return labelled('no_progress', steps);
    },
  },
  {
    name: 'a session log read over and over, with waits, for hours',
    tell(trace) {
      const args = { action: 'log', session: trace.chance.hex(4) };
      const steps = times(some(trace, 40, 70), () => {
        trace.pause(5_500 + trace.chance.int(5_000));
        return trace.call('process', args, 'no new output');
      });
      return labelled('no_progress', steps, 8);
    },
  },
  {
    name: 'a polling tool polled without end',
    tell(trace) {
      allow(trace, 'job_status', { polling: true });
      const args = { job: id(trace) };
      const steps = times(some(trace, 60, 90), () => trace.call('job_status', args, { state: 'queued' }));
      return labelled('no_progress', steps, 30);
    },
  },
  {
    name: 'the same call, results unknown',
    emitter: { results: false },
    tell(trace) {
      trace.work(some(trace, 0, 4));
      const args = { user: id(trace) };
      const steps = times(some(trace, 5, 12), () => trace.call('get_user', args, undefined));
      return labelled('same_call', steps);
    },
  },
  {
    name: 'the same call, neither results nor model calls',
    emitter: { results: false, models: false },
    tell(trace) {
      const args = { url: `https://example.com/${trace.chance.hex(2)}` };
      const steps = times(some(trace, 5, 12), () => trace.call('fetch', args, undefined));
      trace.work(3);
      return labelled('same_call', steps);
    },
  },
  ...[2, 3, 4, 5, 7].map(
    (period): Scenario => ({
      name: `a cycle of ${period} calls`,
      tell(trace) {
        trace.work(some(trace, 0, 5));
        const ref = id(trace);
        const rounds = some(trace, 4, 6);
        const steps = times(rounds * period, (i) =>
          trace.call(
            `${['get', 'search', 'read'][(i % period) % 3]}_${'abcdefg'[i % period]}`,
            { ref },
            { of: i % period },
          ),
        );
        return labelled('cycle', steps, 3 * period - 1);
      },
    }),
  ),
  {
    name: 'two ranges of one file, read in turn',
    tell(trace) {
      const path = `logs/${trace.chance.hex(3)}.txt`;
      const steps = times(some(trace, 8, 16), (i) =>
        trace.call('read_file', { path, offset: (i % 2) * 2_000 }, { text: `part ${i % 2} of ${path}` }),
      );
      return labelled('cycle', steps, 5);
    },
  },
  {
    name: 'a tool that may poll, in a circle with one that may not',
    tell(trace) {
      allow(trace, 'check_device', { polling: true });
      const ref = id(trace);
      const steps = times(some(trace, 8, 16), (i) =>
        trace.call(i % 2 === 0 ? 'search_knowledge' : 'check_device', { ref }, { same: true }),
      );
      return labelled('cycle', steps, 5);
    },
  },
  {
    name: 'a cycle, results unknown',
    emitter: { results: false },
    tell(trace) {
      trace.work(2);
      const ref = id(trace);
      const steps = times(some(trace, 9, 16), (i) =>
        trace.call(['read', 'write', 'test'][i % 3]!, { ref }, undefined),
      );
      return labelled('cycle', steps, 8);
    },
  },
  {
    name: 'a fix that breaks what the other fix mends',
    tell(trace) {
      const steps = times(some(trace, 13, 20), (i) =>
        i % 2 === 0
          ? trace.call('edit', { file: 'a.ts', to: i % 4 }, { done: true })
          : trace.call('run_tests', {}, { failing: i % 4 }, { failed: true, ms: 9_000 }),
      );
      return labelled('cycle', steps, 11);
    },
  },
  {
    name: 'the same failing call',
    tell(trace) {
      trace.work(some(trace, 0, 4));
      const args = { sql: 'SELECT missing FROM orders', tag: trace.chance.int(99) };
      const steps = times(some(trace, 5, 12), () =>
        trace.call('query', args, { error: 'no such column' }, { failed: true }),
      );
      return labelled('retry_storm', steps);
    },
  },
  {
    name: 'retries without a model between, each error with an id of its own',
    emitter: { models: false, latency: 20 },
    tell(trace) {
      trace.work(3);
      const args = { booking: id(trace) };
      const steps = times(some(trace, 6, 14), () =>
        trace.tool('book', args, { error: `timeout ${trace.chance.hex(8)}` }, { failed: true }),
      );
      trace.work(1);
      return labelled('retry_storm', steps);
    },
  },
  {
    name: 'a failing tool with ever other arguments',
    tell(trace) {
      trace.work(2);
      const steps = times(some(trace, 6, 12), (i) =>
        trace.call(
          'run_python',
          { code: `parse(${'('.repeat(i + 1)}` },
          { error: 'SyntaxError' },
          { failed: true },
        ),
      );
      return labelled('retry_storm', steps);
    },
  },
  {
    name: 'a failing tool, digests unknown',
    emitter: { arguments: false, results: false },
    tell(trace) {
      trace.work(2);
      const steps = times(some(trace, 6, 12), () => trace.call('deploy', {}, undefined, { failed: true }));
      return labelled('retry_storm', steps);
    },
  },
  {
    name: 'a model that is refused again and again',
    tell(trace) {
      trace.work(3);
      return labelled(
        'retry_storm',
        times(some(trace, 5, 12), () => trace.think({ failed: true })),
      );
    },
  },
  {
    name: 'guessed order numbers that do not exist',
    tell(trace) {
      trace.work(some(trace, 0, 3));
      const steps = times(some(trace, 7, 14), () =>
        trace.call('get_order_details', { order_id: id(trace) }, { error: 'order not found' }),
      );
      return labelled('near_identical', steps);
    },
  },
  {
    name: 'pages after the last one',
    tell(trace) {
      for (let page = 1; page < 4; page++)
        trace.call('list_invoices', { page }, { rows: [id(trace), id(trace)] });
      const steps = times(some(trace, 7, 12), (i) =>
        trace.call('list_invoices', { page: i + 4 }, { rows: [] }),
      );
      return labelled('near_identical', steps);
    },
  },
  {
    name: 'a status asked with a nonce each time',
    tell(trace) {
      const job = id(trace);
      const steps = times(some(trace, 7, 14), (i) =>
        trace.call('jobStatus', { job, nonce: `${i}-${trace.chance.hex(4)}` }, { state: 'running' }),
      );
      return labelled('near_identical', steps);
    },
  },
  {
    name: 'two agents that both say it is the other’s',
    tell(trace) {
      trace.work(2);
      const steps = times(some(trace, 7, 14), (i) => {
        trace.think();
        return i % 2 === 0 ? trace.handOff('triage', 'billing') : trace.handOff('billing', 'triage');
      });
      return labelled('ping_pong', steps, 4);
    },
  },
  {
    name: 'two agents, only hand-offs in the telemetry',
    emitter: { models: false, usage: false },
    tell(trace) {
      const steps = times(some(trace, 7, 14), (i) => {
        trace.think();
        return i % 2 === 0 ? trace.handOff('sales', 'support') : trace.handOff('support', 'sales');
      });
      return labelled('ping_pong', steps, 4);
    },
  },
  {
    name: 'two agents that explain at length why it is the other’s',
    tell(trace) {
      trace.work(2);
      const steps = times(some(trace, 9, 16), (i) => {
        trace.think({ output: 60 + trace.chance.int(340) });
        return i % 2 === 0 ? trace.handOff('support', 'refunds') : trace.handOff('refunds', 'support');
      });
      return labelled('ping_pong', steps, 4);
    },
  },
  {
    name: 'three agents in a circle',
    tell(trace) {
      trace.work(1);
      const names = ['lead', 'engineering', 'marketing'];
      const steps = times(some(trace, 10, 15), (i) => {
        trace.think();
        return trace.handOff(names[i % 3]!, names[(i + 1) % 3]!);
      });
      return labelled('ping_pong', steps, 7);
    },
  },
  {
    name: 'delegation to and fro, each time the same words',
    tell(trace) {
      const steps: string[] = [];
      times(some(trace, 4, 8), () => {
        steps.push(trace.handOff('planner', 'coder'));
        trace.agent('coder', () => trace.think({ output: 180 + trace.chance.int(6) }));
        steps.push(trace.handOff('coder', 'planner'));
        trace.think({ output: 40 });
      });
      return labelled('ping_pong', steps, 4);
    },
  },
  {
    name: 'thanks for the thanks',
    tell(trace) {
      trace.work(3);
      const output = 9 + trace.chance.int(30);
      let input = 2_400;
      const steps = times(some(trace, 5, 12), () => {
        const step = trace.think({ output, input });
        input += output + 11;
        return step;
      });
      return labelled('model_no_progress', steps);
    },
  },
  {
    name: 'an answer that no parser takes, asked for again',
    tell(trace) {
      trace.work(1);
      const output = 150 + trace.chance.int(300);
      const nudge = 30 + trace.chance.int(30);
      let input = 5_000;
      const steps = times(some(trace, 5, 12), () => {
        const step = trace.think({ output, input });
        input += output + nudge + trace.chance.int(2);
        return step;
      });
      return labelled('model_no_progress', steps);
    },
  },
  {
    name: 'an agent that gives its task to itself',
    tell(trace) {
      const steps: string[] = [];
      const depth = some(trace, 5, 9);
      const descend = (level: number): void => {
        steps[level] = trace.agent('planner', () => {
          trace.think();
          if (level < depth) descend(level + 1);
        });
      };
      descend(0);
      return labelled('recursion', steps);
    },
  },
  {
    name: 'two agents that delegate to each other',
    tell(trace) {
      const steps: string[] = [];
      const depth = some(trace, 7, 12);
      const descend = (level: number): void => {
        steps[level] = trace.agent(level % 2 === 0 ? 'analyst' : 'reviewer', () => {
          trace.call('read_brief', { level, of: id(trace) }, { text: id(trace) });
          if (level < depth) descend(level + 1);
        });
      };
      descend(0);
      return labelled('recursion', steps, 4);
    },
  },
  {
    name: 'ever other web searches, far beyond what the agent ever needed',
    history: { runs: 250, mostCalls: 20 },
    tell(trace) {
      const calls: string[] = [];
      times(some(trace, 18, 30), (i) => {
        calls.push(trace.think());
        const words = times(3, () => WORDS[trace.chance.int(WORDS.length)]!);
        calls.push(
          trace.tool(
            'web_search',
            { query: `${words.join(' ')} ${'very '.repeat(i % 5)}` },
            { hits: id(trace) },
          ),
        );
      });
      return { pattern: 'beyond_history', since: calls[30]!, sure: calls[30]! };
    },
  },
  {
    name: 'a list of things to do, rewritten and rewritten',
    history: { runs: 60, mostCalls: 12 },
    emitter: { arguments: false, results: false },
    tell(trace) {
      const calls: string[] = [];
      times(some(trace, 14, 30), () => calls.push(trace.think(), trace.tool('write_todos', {}, undefined)));
      return { pattern: 'beyond_history', since: calls[18]!, sure: calls[18]! };
    },
  },
];

const WORDS = [
  'format',
  'file',
  'etf',
  'code',
  'market',
  'list',
  'download',
  'reference',
  'manual',
  'table',
  'layout',
];
