import { expect, it } from 'vitest';
import { disagreement } from './disagreement.ts';
import type { DisagreementRow, Report } from './model.ts';

const row: DisagreementRow = {
  agent: 'customer-support',
  environment: 'production',
  tasks: 90,
  judged_by_two: 40,
  disagreed: 10,
  agent_human: 30,
  agent_human_disagreed: 9,
  agent_system: 0,
  agent_system_disagreed: 0,
  agent_evaluator: 20,
  agent_evaluator_disagreed: 1,
  evaluator_human: 0,
  evaluator_human_disagreed: 0,
  system_human: 0,
  system_human_disagreed: 0,
  overclaimed: 7,
};
const shown = (rows: readonly DisagreementRow[], waitingVerdicts = 0): string =>
  disagreement({ disagreement: rows, waitingVerdicts } as Pick<
    Report,
    'disagreement' | 'waitingVerdicts'
  > as Report);

it('shows shares with what they rest on, and a dash where nobody was judged twice', () => {
  const line = shown([row]).split('\n').at(-1)!;
  expect(line.split(/ {2,}/)).toEqual([
    'customer-support',
    '25.0 % (10/40)',
    '30.0 % (9/30)',
    '–',
    '5.0 % (1/20)',
    '–',
    '–',
    '7',
  ]);
});

it('tells environments apart where there are several', () => {
  expect(shown([row])).not.toContain('(production)');
  expect(shown([row, { ...row, environment: '' }])).toMatch(/\(production\)[\s\S]*\(no environment\)/);
});

it('says how many verdicts wait, also where nothing else is to be said', () => {
  expect(shown([], 2)).toBe('2 verdicts wait for a task that is not here');
  expect(shown([])).toBe('');
});
