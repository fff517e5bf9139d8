import { type Cases, ended, HOUR, task } from './said.ts';

/** What is said of a task afterwards. */
export const JUDGES: Cases = {
  'scores by trace, task, reference and answer'(story, at, name) {
    const environment = story.random.int(2) === 0 ? 'production' : 'staging';
    const trace = story.trace('claims', environment);
    const root = trace.run('payer', at, at + 9000, {
      ...task(name, { 'agentops.task.ref': `order-${name}` }),
      ...ended('success'),
    });
    trace.chat(at, at + 500, { 'gen_ai.response.id': `scored-${name}` }, { under: root });
    trace.step(
      'evaluation',
      at + 900,
      at + 900,
      { 'gen_ai.evaluation.name': 'style', 'gen_ai.evaluation.score.value': 0.25 },
      { under: root },
    );
    const later = at + 2 * HOUR;
    const event = 'gen_ai.evaluation.result';
    story.log(event, later, {
      'gen_ai.evaluation.name': 'tone',
      'gen_ai.evaluation.score.value': 0.5,
      'agentops.task.id': name,
    });
    story.log(event, later + 1, {
      'gen_ai.evaluation.name': 'Task Completion',
      'gen_ai.evaluation.score.label': 'Fail',
      'agentops.task.ref': `order-${name}`,
    });
    story.log(event, later + 2, {
      'gen_ai.evaluation.name': 'facts',
      'gen_ai.evaluation.score.value': 1,
      'gen_ai.response.id': `scored-${name}`,
    });
    story.log(event, later + 3, {
      'gen_ai.evaluation.name': 'lost',
      'gen_ai.evaluation.score.value': 0,
      'agentops.task.id': `never-${name}`,
    });
  },
  'verdicts of a person, a system and an evaluator, days later'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 3000, {
      ...task(name, { 'agentops.task.ref': `bill-${name}` }),
      ...ended('success'),
    });
    trace.chat(at, at + 500, {}, { under: root });
    const event = 'agentops.task.outcome';
    story.log(event, at + 20 * HOUR, { ...task(name), ...ended('failure', 'human'), 'user.id': 'mei' });
    story.log(event, at + 30 * HOUR, { ...task(name), ...ended('success', 'human'), 'user.id': 'rin' });
    story.log(event, at + 31 * HOUR, { 'agentops.task.ref': `bill-${name}`, ...ended('failure', 'system') });
    story.log(
      event,
      at + 32 * HOUR,
      { ...task(name), ...ended('failure', 'evaluator') },
      { environment: 'production' },
    );
    story.log(
      event,
      at + 33 * HOUR,
      { ...task(name), ...ended('unknown', 'human') },
      { environment: 'staging' },
    );
  },
};
