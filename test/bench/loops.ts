import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLoopDetector, type LoopContext, type LoopRun } from '@agentops/processor';
import { times } from '../loops/scenario.ts';
import { COMPLETE, createTrace, type Trace } from '../loops/trace.ts';

export interface LoopFigure {
  readonly name: string;
  readonly nsPerStep: number;
}

export interface LoopMemory {
  readonly steps: number;
  /** Held after the longest run by the detector and what it found, garbage not counted. */
  readonly bytesPerStep: number;
}

const CONTEXT: LoopContext = { rules: () => null, history: null, cost: () => 0 };

function runsOf(count: number, tell: (trace: Trace, index: number) => void): LoopRun[] {
  return times(count, (index) => {
    const trace = createTrace(index + 1, COMPLETE);
    tell(trace, index);
    return trace.finish();
  });
}

/** Ten steps, as most runs of the corpus have; long ones; and circles to the end. */
const CORPORA: readonly (readonly [string, readonly LoopRun[]])[] = [
  ['runs of 9 steps', runsOf(2_000, (trace) => trace.agent('support', () => trace.work(4)))],
  ['runs of 1,001 steps', runsOf(20, (trace) => trace.agent('support', () => trace.work(500)))],
  [
    'runs of 1,001 steps of batch work with one tool',
    runsOf(20, (trace) =>
      trace.agent('support', () => {
        for (let i = 0; i < 500; i++) trace.call('read_file', { part: i }, { text: i });
      }),
    ),
  ],
  [
    'runs of 1,001 steps that circle, period 3',
    runsOf(20, (trace) =>
      trace.agent('support', () => {
        for (let i = 0; i < 500; i++) trace.call('read_file', { part: i % 3 }, { text: i % 3 });
      }),
    ),
  ],
];

/** Nanoseconds a step, the best of several: the machine's other work only ever slows a run down. */
export function benchLoops(): LoopFigure[] {
  const detector = createLoopDetector();
  return CORPORA.map(([name, runs]) => {
    const steps = runs.reduce((sum, { nodes }) => sum + nodes.length, 0);
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 30; round++) {
      const start = performance.now();
      for (const run of runs) detector.detect(run, CONTEXT);
      least = Math.min(least, performance.now() - start);
    }
    return { name, nsPerStep: (least * 1e6) / steps };
  });
}

export function benchLoopMemory(): LoopMemory {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap = (): number => {
    for (let i = 0; i < 4; i++) collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const [run] = runsOf(1, (trace) => {
    for (let i = 0; i < 50_000; i++) trace.call('read_file', { part: i % 3 }, { text: i % 3 });
  });
  // The first look makes flat strings of the digests, as they come from the decoder.
  createLoopDetector().detect(run!, CONTEXT);
  const before = heap();
  const detector = createLoopDetector();
  const findings = detector.detect(run!, CONTEXT);
  const held = heap() - before;
  // Both are alive until here.
  if (findings.length !== detector.detect(run!, CONTEXT).length)
    throw new Error('not a function of its input');
  const steps = run!.nodes.length;
  return { steps, bytesPerStep: held / steps };
}
