import { error, type Finding, type Path } from '../diagnostic.ts';
import type { Agent } from '../schema/agent.ts';
import { type SliBound, sliOf } from '../sli/index.ts';

type Slo = Agent['slos'][number];

/** Every SLO of an agent that still works must have an objective that can be missed and met. */
export function* checkObjectives(agent: Agent): Generator<Finding> {
  if (agent.stage === 'retired') return;
  if (agent.stage === 'production' && !agent.slos.some((slo) => slo.sli === 'task_success')) {
    yield error(
      'slo-without-objective',
      ['slos'],
      'a production agent has no objective for task_success',
      'add {sli: task_success, objective: 75}: begin a little above what was measured',
    );
  }
  const seen = new Set<string>();
  for (const [index, slo] of agent.slos.entries()) {
    const at: Path = ['slos', index];
    const key = JSON.stringify([slo.sli, slo.window, slo.at_most ?? null]);
    if (seen.has(key)) {
      yield error(
        'duplicate',
        at,
        `${slo.sli} over ${slo.window} has an objective already`,
        'keep one of them',
      );
    }
    seen.add(key);
    yield* checkObjective(slo, agent.stage, at);
    yield* checkBound(slo, at);
  }
}

function* checkObjective({ sli, objective }: Slo, stage: Agent['stage'], at: Path): Generator<Finding> {
  if (stage === 'production' && (objective === undefined || objective === 'measure')) {
    yield error(
      'slo-without-objective',
      at,
      `${sli} has no objective, and the agent is in production`,
      'set objective to a percentage; only a pilot may say measure',
    );
  } else if (objective === undefined) {
    yield error(
      'slo-without-objective',
      at,
      `${sli} has no objective`,
      'set objective to a percentage, or to measure while the agent is a pilot',
    );
  } else if (objective === 100) {
    yield error(
      'slo-without-objective',
      [...at, 'objective'],
      'an objective of 100 % leaves no error budget',
      'set it below 100',
    );
  } else if (objective === 0) {
    yield error(
      'slo-without-objective',
      [...at, 'objective'],
      'an objective of 0 % says nothing',
      'set it above 0, or to measure while the agent is a pilot',
    );
  }
  // Asking people is what the rules want: more of it is neither better nor worse.
  if (sliOf(sli).direction === 'none' && typeof objective === 'number') {
    yield error(
      'slo-direction',
      at,
      'planned_human_share has no direction: the approval rules decide it',
      'use unplanned_human_share, or remove it: it is shown without an objective',
    );
  }
}

function* checkBound({ sli, at_most, objective }: Slo, at: Path): Generator<Finding> {
  const { bound } = sliOf(sli);
  if (bound === undefined) {
    if (at_most === undefined) return;
    yield error('slo-bound', [...at, 'at_most'], `${sli} is a share and takes no at_most`, 'remove at_most');
  } else if (at_most === undefined) {
    if (typeof objective !== 'number') return;
    yield error('slo-bound', at, `${sli} does not say what is good`, `add ${bound.example}`);
  } else if (formOf(at_most) !== bound.form) {
    yield error('slo-bound', [...at, 'at_most'], `${sli} is no ${formOf(at_most)}`, `write ${bound.example}`);
  }
}

function formOf(bound: NonNullable<Slo['at_most']>): SliBound['form'] {
  if (typeof bound === 'number') return 'number';
  return bound.includes(' ') ? 'money' : 'duration';
}
