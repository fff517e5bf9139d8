import { createLoopDetector } from '@agentops/processor';
import { describe, expect, it } from 'vitest';
import { judgeAll, scoresOf } from './evaluate.ts';

const UNSEEN = 20_260_401;
const verdicts = judgeAll(UNSEEN, 24);

/** Their circle shows when the invocations are known to be one agent's. */
const ACROSS_INVOCATIONS = new Set(['check_style']);

describe('loop detection on the labelled set', () => {
  it('covers every pattern with circles, and more honest runs than that', () => {
    expect(verdicts.filter(({ label }) => label !== null).length).toBeGreaterThanOrEqual(250);
    expect(verdicts.filter(({ label }) => label === null).length).toBeGreaterThanOrEqual(300);
    for (const { sequences } of scoresOf(verdicts)) expect(sequences).toBeGreaterThanOrEqual(16);
  });

  it.each(scoresOf(verdicts))('finds $pattern', ({ precision, recall, mostDelay }) => {
    expect(precision).toBeGreaterThanOrEqual(0.95);
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(mostDelay).toBeLessThanOrEqual(2);
  });

  it('is right, too, while the spans of agents have not come', () => {
    const detector = createLoopDetector();
    for (const { run, label, context, hit } of verdicts) {
      if (label?.pattern === 'recursion') continue;
      const nodes = run.nodes
        .filter(({ step }) => step.kind !== 'run')
        .map((node) => ({ ...node, agent: null, parent: null }));
      const live = detector.detect({ ...run, nodes }, context).map(({ pattern }) => pattern);
      const settled = detector.detect(run, context).map(({ pattern }) => pattern);
      if (label === null) expect(settled).toEqual(expect.arrayContaining(live));
      else if (hit !== null && !ACROSS_INVOCATIONS.has(hit.subject)) expect(live).toContain(label.pattern);
    }
  });

  it('needs no step after the one that establishes a pattern', () => {
    const detector = createLoopDetector();
    for (const { run, context, hit } of verdicts) {
      // An agent's span is there when it ends: the tree of a recursion comes from its inside.
      if (hit === null || hit.pattern === 'recursion') continue;
      const end = run.nodes.findIndex(({ step }) => step.spanId === hit.detectedSpanId) + 1;
      const sooner = detector.detect({ ...run, nodes: run.nodes.slice(0, end) }, context);
      expect(sooner.map(({ findingId }) => findingId)).toContain(hit.findingId);
      const before = detector.detect({ ...run, nodes: run.nodes.slice(0, end - 1) }, context);
      expect(before.map(({ findingId }) => findingId)).not.toContain(hit.findingId);
    }
  });
});
