import {
  asks,
  type Cases,
  circles,
  decides,
  digests,
  ended,
  HOUR,
  MINUTE,
  paid,
  SECOND,
  talk,
  task,
} from './said.ts';

/** Requests for approval, decisions, takeovers, and waits. */
export const PEOPLE: Cases = {
  'a run waits and is resumed in another trace, in circles'(story, at, name) {
    const first = story.trace('claims');
    const root = first.run('payer', at, at + 1000, talk(name));
    first.chat(at, at + 500, {}, { under: root });
    asks(first, root, at + 600, `ap-${name}`, paid(120_000));
    const second = story.trace('claims');
    const later = at + 20 * MINUTE;
    const resumed = second.run('payer', later, later + 9000, {
      ...talk(name),
      ...ended('success', 'system'),
    });
    decides(second, resumed, later, `ap-${name}`, { 'agentops.human.time_s': 42.5 });
    circles(second, resumed, later + 10, 5, name);
    second.tool('pay', later + 6000, later + 7000, paid(120_000), { under: resumed });
  },
  'a run that names its task waits, and what resumes it does not'(story, at, name) {
    const first = story.trace('claims');
    const root = first.run('payer', at, at + 1000, { ...talk(name), ...task(`named-${name}`) });
    asks(first, root, at + 600, `ap-${name}`, paid(120_000));
    const second = story.trace('claims');
    const later = at + 20 * MINUTE;
    const resumed = second.run('payer', later, later + 9000, { ...talk(name), ...ended('success') });
    decides(second, resumed, later, `ap-${name}`);
    second.tool('pay', later + 6000, later + 7000, paid(120_000), { under: resumed });
    second.chat(later + 7000, later + 8000, {}, { under: resumed });
  },
  'the same conversation in two environments'(story, at, name) {
    for (const environment of ['production', 'staging']) {
      const first = story.trace('claims', environment);
      const root = first.run('payer', at, at + 1000, talk(name));
      asks(first, root, at + 600, `ap-${environment}-${name}`, paid(120_000));
      const second = story.trace('claims', environment);
      const later = at + 20 * MINUTE;
      const resumed = second.run('payer', later, later + 9000, { ...talk(name), ...ended('success') });
      decides(second, resumed, later, `ap-${environment}-${name}`);
    }
  },
  'the same task and the same approval in two environments'(story, at, name) {
    const ways = [
      ['production', 'hana', 30],
      ['staging', 'kenji', 90],
    ] as const;
    for (const [environment, reviewer, minutes] of ways) {
      const trace = story.trace('claims', environment);
      const root = trace.run('payer', at, at + 3 * HOUR, {
        ...task(name),
        ...ended(environment === 'staging' ? 'failure' : 'success'),
      });
      trace.chat(at, at + 900, {}, { under: root });
      asks(trace, root, at + 1000, `same-${name}`, paid(130_000));
      decides(trace, root, at + minutes * MINUTE, `same-${name}`, {
        'agentops.approval.reviewer': reviewer,
        'agentops.human.time_s': minutes,
      });
      const later = at + 2 * HOUR;
      trace.tool('pay', later, later + 500, paid(130_000), { under: root });
      if (environment === 'staging') {
        trace.tool('undeclared', later + 600, later + 700, {}, { under: root });
        circles(trace, root, later + 1000, 5, name);
        trace.step(
          'evaluation',
          later + 9000,
          later + 9000,
          { 'gen_ai.evaluation.name': 'task_success', 'gen_ai.evaluation.score.label': 'fail' },
          { under: root },
        );
      }
    }
  },
  'a desk of its own decides, and knows the approval only'(story, at, name) {
    for (const [i, decision] of ['approved', 'rejected', 'edited', 'expired'].entries()) {
      const trace = story.trace('claims');
      const start = at + i * MINUTE;
      const root = trace.run('payer', start, start + 9 * MINUTE, {
        ...task(`${name}-${decision}`),
        ...ended('success'),
      });
      asks(trace, root, start + 600, `desk-${name}-${decision}`, paid(150_000));
      const desk = story.trace('approval-desk', i % 2 === 0 ? 'production' : '');
      decides(desk, undefined, start + 5 * MINUTE, `desk-${name}-${decision}`, {
        'agentops.approval.decision': decision,
        ...(decision === 'expired' ? { 'agentops.approval.reviewer': '' } : { 'agentops.human.time_s': 60 }),
      });
      trace.tool('pay', start + 6 * MINUTE, start + 7 * MINUTE, paid(150_000), { under: root });
    }
  },
  'one is asked and another decides: the claimant'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + HOUR, {
      ...task(name),
      ...ended('success'),
      'user.id': 'kenji',
    });
    asks(trace, root, at + 600, `who-${name}`, { ...paid(120_000), 'agentops.approval.reviewer': 'hana' });
    decides(trace, root, at + 5 * MINUTE, `who-${name}`, { 'agentops.approval.reviewer': 'kenji' });
    trace.tool('pay', at + 6 * MINUTE, at + 7 * MINUTE, paid(120_000), { under: root });
  },
  'a payment that was decided on fails twice before it is made, and then once more'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + HOUR, { ...task(name), ...ended('success') });
    asks(trace, root, at + 600, `again-${name}`, paid(120_000));
    decides(trace, root, at + 5 * MINUTE, `again-${name}`);
    for (const [i, error] of ['timeout', 'timeout', undefined, undefined].entries()) {
      const start = at + (6 + i) * MINUTE;
      trace.tool('pay', start, start + SECOND, paid(120_000), {
        under: root,
        ...(error !== undefined && { error }),
      });
    }
  },
  'two payments of one amount are decided on; the first fails, and is made after the other'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + HOUR, { ...task(name), ...ended('success') });
    for (const [i, decision] of ['approved', 'rejected'].entries()) {
      asks(trace, root, at + (i + 1) * SECOND, `turn-${i}-${name}`, paid(120_000));
      decides(trace, root, at + (i + 4) * MINUTE, `turn-${i}-${name}`, {
        'agentops.approval.decision': decision,
      });
    }
    for (const [i, [claim, error]] of [
      ['a', 'timeout'],
      ['b', undefined],
      ['a', undefined],
    ].entries()) {
      const start = at + (6 + i) * MINUTE;
      trace.tool(
        'pay',
        start,
        start + SECOND,
        { ...paid(120_000), ...digests(claim!) },
        {
          under: root,
          ...(error !== undefined && { error }),
        },
      );
    }
  },
  'a decision is told twice'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + HOUR, { ...task(name), ...ended('success') });
    asks(trace, root, at + 600, `twice-${name}`, paid(120_000));
    decides(trace, root, at + 5 * MINUTE, `twice-${name}`, { 'agentops.approval.decision': 'edited' });
    decides(trace, root, at + 5 * MINUTE + 20, `twice-${name}`, { 'agentops.approval.decision': 'edited' });
    trace.tool('pay', at + 6 * MINUTE, at + 7 * MINUTE, paid(120_000), { under: root });
  },
  'the parent asks for what its sub-agent does'(story, at, name) {
    const trace = story.trace('claims');
    const call = `call_${story.random.hex(8)}`;
    const root = trace.run('payer', at, at + HOUR, { ...task(name), ...ended('success') });
    asks(trace, root, at + 600, `sub-${name}`, { ...paid(140_000, call), 'gen_ai.tool.name': 'order' });
    decides(trace, root, at + 5 * MINUTE, `sub-${name}`);
    const sub = trace.run('buyer', at + 6 * MINUTE, at + 8 * MINUTE, {}, { under: root, service: 'buying' });
    trace.tool('order', at + 6 * MINUTE, at + 7 * MINUTE, paid(140_000, call), {
      under: sub,
      service: 'buying',
    });
  },
  'waits over nights, weekends and the turn of clocks'(story, at, name) {
    for (const [i, channel] of ['office', 'night', 'always', 'nobody-knows'].entries()) {
      const trace = story.trace('claims');
      const start = at + story.random.int(20) * HOUR;
      const wait = (1 + story.random.int(100)) * HOUR + story.random.int(3_600_000);
      const root = trace.run('payer', start, start + wait + HOUR, {
        ...task(`${name}-${i}`),
        ...ended('success'),
      });
      asks(trace, root, start + 600, `wait-${name}-${i}`, {
        ...paid(110_000 + i),
        'agentops.approval.channel': channel,
        'agentops.approval.sla_s': [3600, 14_400, 86_400, 0][story.random.int(4)]!,
      });
      if (i < 3 || story.random.int(2) === 0) decides(trace, root, start + wait, `wait-${name}-${i}`);
      trace.tool('pay', start + wait + MINUTE, start + wait + 2 * MINUTE, paid(110_000 + i), { under: root });
    }
  },
  'asked as late as half of the time allowed, and twice as late'(story, at, name) {
    // To the nanosecond where an hour is over.
    for (const late of [0, 1]) {
      const trace = story.trace('claims');
      const root = trace.run('payer', at, at + 3 * HOUR, { ...task(`${name}-${late}`), ...ended('success') });
      asks(trace, root, at, `edge-${name}-${late}`, {
        'agentops.approval.channel': 'always',
        'agentops.approval.sla_s': 3600,
        ...paid(120_000),
      });
      decides(trace, root, at + HOUR + late, `edge-${name}-${late}`);
      trace.tool('pay', at + 2 * HOUR, at + 2 * HOUR + 5, paid(120_000), { under: root });
    }
  },
  'people take over'(story, at, name) {
    const trace = story.trace('claims');
    const root = trace.run('payer', at, at + 5000, { ...task(name), ...ended('escalated') });
    trace.step(
      'escalation',
      at + 100,
      at + 100,
      { 'agentops.kind': 'handoff', 'agentops.escalation.channel': 'business' },
      { under: root },
    );
    trace.step(
      'handoff',
      at + 200,
      at + 200,
      { 'agentops.kind': 'handoff', 'gen_ai.agent.handoff.target.name': 'buyer' },
      { under: root },
    );
  },
};
