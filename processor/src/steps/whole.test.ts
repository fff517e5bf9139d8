import { OUTCOMES, STEP_KINDS } from '@agentops/registry/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ModelFacts,
  NO_CLAIMS,
  NO_RESOURCE,
  type Receipt,
  type Step,
  type ToolFacts,
} from '../model.ts';
import { copyRow, createPage, PAGE_ROWS } from './page.ts';
import { appendStep, readStep } from './whole.ts';

const RECEIPT: Receipt = { source: 'test', offset: 7, receivedAt: 1_795_100_000_000 };

const text = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('gpt-4o', '経費精算', 'x'.repeat(500)),
);
const digits = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const spanId = digits(16).map((id) => (/^0+$/.test(id) ? `1${id.slice(1)}` : id));
const digest = fc.oneof(
  fc.constant(''),
  digits(32).map((hex) => `processor:chaskey-12:${hex}`),
  digits(32).map((hex) => `helper:chaskey-12:${hex}`),
  digits(64).map((hex) => `collector:sha256:${hex}`),
  digits(32),
  text,
);
const count = fc.oneof(fc.nat(5000), fc.integer({ min: 0, max: 1e12 }));
const usage = fc.record({
  input: count,
  cachedInput: count,
  cacheWrite: count,
  cacheWrite5m: count,
  cacheWrite1h: count,
  output: count,
  reasoning: count,
});
const model: fc.Arbitrary<ModelFacts> = fc.record({
  provider: text,
  requestModel: text,
  responseModel: text,
  responseId: text,
  usage: fc.option(usage),
  reportedCost: fc.constantFrom('', '0.25'),
  reportedCurrency: fc.constantFrom('', 'USD'),
  toolCalls: fc.constantFrom(
    [],
    [{ id: 'call_1', name: 'lookup', argumentsDigest: 'a:b:c', argumentsShapeDigest: '' }],
  ),
});
const tool: fc.Arbitrary<ToolFacts> = fc.record({
  name: text,
  callId: text,
  argumentsDigest: digest,
  argumentsShapeDigest: digest,
  resultDigest: digest,
  amount: fc.constantFrom('', '12000'),
  amountCurrency: fc.constantFrom('', 'JPY'),
  effect: fc.constantFrom('', 'write'),
  resource: fc.constantFrom('', 'ledger'),
});
const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const step: fc.Arbitrary<Step> = fc.record({
  traceId: digits(32),
  spanId: fc.oneof(
    spanId,
    digits(32).map((id) => `log-${id}`),
  ),
  parentSpanId: fc.oneof(fc.constant(''), spanId),
  kind: fc.constantFrom(...STEP_KINDS),
  name: text,
  startedAt: time,
  endedAt: time,
  status: fc.constantFrom('ok', 'error', 'unset'),
  statusMessage: text,
  errorType: text,
  dialect: text,
  resource: fc.constantFrom(NO_RESOURCE, { ...NO_RESOURCE, service: 'crm' }),
  claims: fc.constantFrom(NO_CLAIMS, { ...NO_CLAIMS, outcome: OUTCOMES[1], userId: 'u-1' }),
  model: fc.option(model),
  tool: fc.option(tool),
  handoff: fc.option(fc.constant({ from: 'a', to: 'b', human: false })),
  approval: fc.constant(null),
  evaluation: fc.option(fc.constant({ name: 'tone', score: 0.5, label: '', evaluator: 'judge' })),
  sequence: fc.option(fc.constant({ instance: 'i', number: 4, dropped: 0 })),
  waiting: fc.boolean(),
  sampledShare: fc.constantFrom(1, 0.1),
  attributeCount: fc.nat(200),
  droppedAttributes: fc.nat(200),
});

test('a step comes out of its page as it went in, on this page and on another', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
      const page = createPage();
      const other = createPage();
      appendStep(other, steps[0]!, RECEIPT, 1);
      const rows = steps.map((each, index) => appendStep(page, each, RECEIPT, index));
      expect(rows.map((row) => readStep(page, row))).toEqual(steps);
      const moved = rows.map((row) => copyRow(page, row, other));
      expect(moved.map((row) => readStep(other, row))).toEqual(steps);
      expect(moved.map((row) => [other.receipts[row], other.indexes[row]])).toEqual(
        steps.map((_, index) => [RECEIPT, index]),
      );
    }),
    { numRuns: 300 },
  );
});

test('a row that is begun and not kept leaves nothing behind', () => {
  const all = fc.sample(step, { seed: 1, numRuns: 50 });
  const page = createPage();
  for (const each of all) {
    const { rows } = page;
    appendStep(page, each, RECEIPT, 0);
    // As it stands when the reading of an item fails: written in part, and taken back.
    page.rows = rows;
    page.begun = true;
    page.held = 0;
  }
  const row = appendStep(page, all[0]!, RECEIPT, 3);
  expect(row).toBe(0);
  expect(readStep(page, row)).toEqual(all[0]);
});

test('a page holds the labels of as many steps as it takes', () => {
  const page = createPage();
  const [first] = fc.sample(step, { seed: 2, numRuns: 1 });
  const steps = Array.from({ length: PAGE_ROWS }, (_, i): Step => {
    const made = (what: string): string => `${what} ${i}`;
    const facts = fc.sample(model, { seed: 3, numRuns: 1 })[0]!;
    const call = fc.sample(tool, { seed: 3, numRuns: 1 })[0]!;
    return {
      ...first!,
      name: made('name'),
      errorType: made('error'),
      dialect: made('dialect'),
      model: { ...facts, provider: made('by'), requestModel: made('asked'), responseModel: made('answered') },
      tool: {
        ...call,
        name: made('tool'),
        argumentsDigest: made('arguments'),
        argumentsShapeDigest: made('shape'),
        resultDigest: made('result'),
      },
    };
  });
  const rows = steps.map((each) => appendStep(page, each, RECEIPT, 0));
  expect(rows.map((row) => readStep(page, row))).toEqual(steps);
});
