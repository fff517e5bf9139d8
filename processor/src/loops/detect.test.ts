import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markOfText } from '../steps/digests.ts';
import { createLoopDetector } from './detect.ts';
import { type InferredCall, type LoopContext, type LoopNode, type LoopStep, MAX_EVIDENCE } from './types.ts';

const CONTEXT: LoopContext = { rules: () => null, history: null, cost: () => 5n };

interface Call {
  readonly tool?: string;
  readonly args?: string;
  readonly result?: string;
  readonly failed?: boolean;
  readonly counted?: boolean;
}

/** One second a call, without a pause. */
function toolNode(
  at: number,
  { tool = 'read', args = 'a', result = '', failed = false, counted = true }: Call,
): LoopNode {
  return {
    step: {
      ...stepAt(at),
      kind: 'tool',
      name: `execute_tool ${tool}`,
      toolName: tool,
      ...argumentsOf(args && digest(args)),
      ...resultOf(result && digest(result)),
    },
    parent: null,
    agent: null,
    counted,
    failed,
  };
}

function modelNode(at: number, input: number, output: number): LoopNode {
  return {
    step: {
      ...stepAt(at),
      kind: 'llm',
      name: 'chat',
      requestModel: 'gpt-4o',
      inputTokens: input,
      outputTokens: output,
    },
    parent: null,
    agent: null,
    counted: true,
    failed: false,
  };
}

/** A step that says nothing but when it was. */
function stepAt(at: number): Omit<LoopStep, 'kind'> {
  const startedAt = BigInt(at) * 1_000_000_000n;
  return {
    spanId: at.toString(16).padStart(16, '0'),
    parentSpanId: '',
    name: '',
    startedAt,
    endedAt: startedAt + 1_000_000_000n,
    claims: { agentName: '' },
    handoff: null,
    requestModel: '',
    inputTokens: -1,
    outputTokens: -1,
    toolName: '',
    argumentsMark: 0,
    argumentsDigest: '',
    argumentsShapeDigest: '',
    resultMark: 0,
    resultDigest: '',
  };
}

function resultOf(digest: string): Pick<LoopStep, 'resultMark' | 'resultDigest'> {
  return { resultMark: markOfText(digest), resultDigest: digest };
}

function argumentsOf(digest: string): Pick<LoopStep, 'argumentsMark' | 'argumentsDigest'> {
  return { argumentsMark: markOfText(digest), argumentsDigest: digest };
}

/** Distinct texts end in distinct characters, like real digests. */
function digest(text: string, place = 'helper'): string {
  return `${place}:chaskey-12:${Buffer.from(text).toString('hex').padStart(32, '0')}`;
}

const spanOf = (at: number): string => at.toString(16).padStart(16, '0');

function find(nodes: readonly LoopNode[], context = CONTEXT, inferred: readonly InferredCall[] = []) {
  return createLoopDetector().detect({ traceId: 'f'.repeat(32), nodes, inferred }, context);
}

const calls = (list: readonly Call[]): LoopNode[] => list.map((call, at) => toolNode(at, call));
const repeat = (count: number, call: Call): Call[] => Array.from({ length: count }, () => call);

describe('loops of a run', () => {
  it('tells where it began, by what it is known and what it wasted', () => {
    const nodes = [
      toolNode(0, { tool: 'plan' }),
      toolNode(1, { result: 'x' }),
      modelNode(2, 100, 7),
      toolNode(3, { result: 'x' }),
      modelNode(4, 120, 8),
      toolNode(5, { result: 'x' }),
      modelNode(6, 140, 9),
      toolNode(7, { result: 'x' }),
      toolNode(8, { tool: 'answer' }),
    ];
    const [finding, ...others] = find(nodes);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      pattern: 'no_progress',
      subject: 'read',
      sinceSpanId: spanOf(1),
      detectedSpanId: spanOf(5),
      detectedAt: 6_000_000_000n,
      endedAt: 8_000_000_000n,
      evidence: [spanOf(1), spanOf(3), spanOf(5)],
      wastedCalls: 3,
      wastedTokens: 149n,
      wastedCost: 15n,
    });
  });

  it('has no cost where one of the calls has none', () => {
    const nodes = calls(repeat(5, { result: 'x' }));
    const cost = (node: LoopNode): bigint | null => (node === nodes[3] ? null : 1n);
    expect(find(nodes, { ...CONTEXT, cost })[0]).toMatchObject({ wastedCalls: 3, wastedCost: null });
    // What came before is not part of it.
    expect(find(nodes, { ...CONTEXT, cost: (node) => (node === nodes[0] ? null : 1) })[0]!.wastedCost).toBe(
      3n,
    );
  });

  it('keeps as much evidence as tells the pattern, however long it goes on', () => {
    const rules = { effect: '', polling: true, pagination: false, identical: 0 };
    const [finding] = find(calls(repeat(200, { result: 'x' })), { ...CONTEXT, rules: () => rules });
    expect(finding!.evidence.length).toBeLessThanOrEqual(MAX_EVIDENCE);
    expect(finding!.wastedCalls).toBeGreaterThan(100);
  });

  it('ignores what wraps or repeats a call', () => {
    const twice = [0, 1, 2, 3].map((at) => toolNode(at, { result: 'x', counted: at % 2 === 0 }));
    expect(find(twice)).toEqual([]);
  });

  it('compares no digests of different places', () => {
    const nodes = calls(repeat(3, { result: 'x' }));
    const elsewhere = toolNode(1, {});
    nodes[1] = { ...elsewhere, step: { ...elsewhere.step, ...resultOf(digest('y', 'collector')) } };
    nodes[2] = toolNode(2, {});
    expect(find(nodes)).toEqual([]);
    expect(find([...nodes, toolNode(3, {})])).toMatchObject([{ pattern: 'same_call' }]);
  });

  it('says nothing of calls without digests', () => {
    expect(find(calls(repeat(40, { args: '' })))).toEqual([]);
  });

  it('takes calls that were only asked for', () => {
    const nodes = [0, 1, 2, 3, 4].map((at) => modelNode(at, 100 + at, 10 + at));
    const call = { id: '', name: 'read', argumentsDigest: digest('a'), argumentsShapeDigest: '' };
    const inferred = nodes.map((node) => ({ node, index: 0, call }));
    expect(find(nodes, CONTEXT, inferred)).toMatchObject([
      { pattern: 'same_call', evidence: [0, 1, 2, 3].map((at) => `${spanOf(at)}-0`), wastedCalls: 4 },
    ]);
  });

  it('judges a run by its agent’s history, if that is long enough', () => {
    const nodes = calls(Array.from({ length: 20 }, (_, i) => ({ args: `${i}` })));
    const history = { runs: 30, mostCalls: 12 };
    expect(find(nodes, { ...CONTEXT, history })).toMatchObject([
      { pattern: 'beyond_history', sinceSpanId: spanOf(18), wastedCalls: 2 },
    ]);
    expect(find(nodes, { ...CONTEXT, history: { ...history, runs: 29 } })).toEqual([]);
  });
});

const anyCall = fc.record({
  tool: fc.constantFrom('read', 'send'),
  args: fc.constantFrom('', 'a', 'b'),
  result: fc.constantFrom('', 'x', 'y'),
  failed: fc.boolean(),
});
const anyRun = fc.array(anyCall, { maxLength: 40 });

describe('loops of any run', () => {
  it('are found as they are established, and keep their ids', () => {
    fc.assert(
      fc.property(anyRun, (list) => {
        const nodes = calls(list);
        let known: string[] = [];
        for (let length = 0; length <= nodes.length; length++) {
          const ids = find(nodes.slice(0, length)).map(({ findingId }) => findingId);
          expect(ids.slice(0, known.length)).toEqual(known);
          expect(new Set(ids).size).toBe(ids.length);
          known = ids;
        }
      }),
    );
  });

  it('do not depend on what the detector saw before', () => {
    fc.assert(
      fc.property(anyRun, anyRun, (first, second) => {
        const detector = createLoopDetector();
        const run = (list: readonly Call[]) => ({ traceId: 'f', nodes: calls(list), inferred: [] });
        detector.detect(run(first), CONTEXT);
        expect(detector.detect(run(second), CONTEXT)).toEqual(
          createLoopDetector().detect(run(second), CONTEXT),
        );
      }),
    );
  });

  it('are, for calls that bring the same three times in a row, what plain comparison finds', () => {
    const call = fc.record({ args: fc.constantFrom('a', 'b', 'c'), result: fc.constantFrom('x', 'y') });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (list) => {
        const expected: string[] = [];
        list.forEach(({ args, result }, i) => {
          const same = (other: Call | undefined): boolean => other?.args === args && other.result === result;
          if (same(list[i - 1]) && same(list[i - 2]) && !same(list[i - 3])) expected.push(spanOf(i - 2));
        });
        const found = find(calls(list)).filter(({ pattern }) => pattern === 'no_progress');
        expect(found.map(({ sinceSpanId }) => sinceSpanId)).toEqual(expected);
      }),
    );
  });
});
