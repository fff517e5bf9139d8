import { labelled, type Scenario, times } from './scenario.ts';
import type { Trace } from './trace.ts';

const id = (trace: Trace): string => `#W${1_000_000 + trace.chance.int(8_999_999)}`;

/**
 * Runs that a reader of their content would judge otherwise than anybody can who sees digests, times and token counts
 * only. They are outside the published figures, so that these say what the evidence allows, and listed beside them.
 */
export const BLIND_SPOTS: readonly Scenario[] = [
  {
    name: 'the same call, each result with the time in it',
    tell(trace) {
      const args = { order: id(trace) };
      return labelled(
        'no_progress',
        times(12, () => trace.call('get_order', args, { status: 'open', at: id(trace) })),
      );
    },
  },
  {
    name: 'a cycle, the result of one of its calls with the time in it',
    tell(trace) {
      const steps = times(14, (i) =>
        i % 2 === 0 ? trace.call('health', {}, { at: id(trace) }) : trace.call('read_log', {}, 'nothing new'),
      );
      return labelled('cycle', steps, 5);
    },
  },
  {
    name: 'the same search in other words, by an agent without a history',
    tell(trace) {
      const steps = times(19, (i) =>
        trace.call('web_search', { query: `format of the file${', really'.repeat(i)}` }, { hits: id(trace) }),
      );
      return labelled('near_identical', steps);
    },
  },
  {
    name: 'the same call with something else now and then',
    tell(trace) {
      const args = { env: 'PATH' };
      const steps = times(16, (i) => {
        if (i % 2 === 0) trace.work(1);
        return trace.call('get_env', args, 'unset');
      });
      return labelled('no_progress', steps);
    },
  },
  {
    name: 'calls of one turn, whose order changes from turn to turn',
    tell(trace) {
      const steps: string[] = [];
      times(8, () => {
        trace.think();
        for (const tool of trace.chance.shuffle(['get_a', 'get_b', 'get_c']))
          steps.push(trace.tool(tool, {}, 'same'));
      });
      return labelled('cycle', steps, 8);
    },
  },
  {
    name: 'a wizard whose steps the server counts, results unknown',
    emitter: { results: false },
    tell(trace) {
      times(6, () => trace.call('wizard', { action: 'next' }, undefined));
      return null;
    },
  },
  {
    name: 'a short text drafted and reviewed by hand-offs',
    tell(trace) {
      times(5, () => {
        trace.think({ output: 50 + trace.chance.int(30) });
        trace.handOff('writer', 'critic');
        trace.think({ output: 60 + trace.chance.int(200) });
        trace.handOff('critic', 'writer');
      });
      return null;
    },
  },
  {
    name: 'a free slot looked for all month',
    tell(trace) {
      times(12, (day) => trace.call('is_free', { day: `2026-04-${10 + day}` }, { free: false }));
      return null;
    },
  },
];
