import { describe, expect, it } from 'vitest';
import type { ShownTask, Step } from './model.ts';
import { renderTask } from './render.ts';

const step = (over: Partial<Step>): Step => ({
  trace_id: 't',
  span_id: 's',
  parent_span_id: '',
  run_id: 't',
  kind: 'other',
  name: 'step',
  agent: 'support',
  tool: '',
  model: '',
  status: 'unset',
  error_type: '',
  status_message: '',
  counted: 0,
  inferred: 0,
  waiting: 0,
  input: '0',
  output: '0',
  start_ms: '1000',
  duration_ms: 10,
  cost: null,
  cost_state: '',
  ...over,
});

const shown: ShownTask = {
  task: {
    task_id: 'task-1',
    task_ref: 'REF-7',
    agent: 'support',
    registered: 1,
    environment: 'production',
    department: 'care',
    user_id: 'kim',
    outcome: 'failure',
    outcome_source: 'human',
    outcome_evidence: 'refund was wrong',
    verdicts: [
      {
        outcome: 'failure',
        source: 'human',
        at: '2026-11-18 12:00:00.000000000',
        evidence: 'refund was wrong',
      },
      { outcome: 'success', source: 'agent', at: '2026-11-18 11:00:00.000000000', evidence: '' },
    ],
    started_at: '2026-11-18 10:59:00.000000000',
    duration_ms: 61_000,
    model_calls: '2',
    tool_calls: '1',
    tool_errors: '1',
    cost: '0.0123',
    currency: 'USD',
    unpriced_calls: '1',
    run_ids: ['t'],
    trace_ids: ['t'],
  },
  steps: [
    step({ span_id: 'root', kind: 'run' }),
    step({
      span_id: 'a',
      parent_span_id: 'root',
      kind: 'llm',
      model: 'gpt-4o',
      counted: 1,
      input: '1200',
      output: '34',
      cost: '0.0123',
      cost_state: 'priced',
      start_ms: '3500',
    }),
    step({
      span_id: 'b',
      parent_span_id: 'root',
      kind: 'llm',
      model: 'own-7b',
      counted: 1,
      cost_state: 'unpriced',
    }),
    step({
      span_id: 'c',
      parent_span_id: 'root',
      kind: 'tool',
      tool: 'refund',
      status: 'error',
      error_type: 'Timeout',
      status_message: '\u001b[2Jtoo slow',
    }),
    step({ span_id: 'd', parent_span_id: 'c', kind: 'llm', model: 'gpt-4o', agent: 'checker' }),
  ],
  approvals: [
    {
      approval_id: 'ap',
      tool: 'refund',
      amount: '120000',
      amount_currency: 'JPY',
      rule: 'threshold',
      channel: 'finance',
      reviewer: '',
      decision: 'pending',
      requested_at: '2026-11-18 10:59:30.000000000',
      wait_ms: null,
      sla_ms: '1800000',
    },
  ],
  loops: [
    {
      run_id: 't',
      pattern: 'no_progress',
      subject: 'refund',
      period: 1,
      since_span_id: 'c',
      wasted_calls: '3',
      wasted_tokens: '5678',
      wasted_cost: '0.0040',
      currency: 'USD',
    },
  ],
  contents: [{ trace_id: 't', span_id: 'c', part: 'arguments', text: '{"order":"[masked]"}' }],
};

describe('a task in the terminal', () => {
  const lines = renderTask(shown).split('\n');
  const lineOf = (text: string): string => lines.find((line) => line.includes(text)) ?? '';

  it('puts the deciding verdict first and keeps the others', () => {
    expect(lines[0]).toBe('task-1 (REF-7)  failure  says the human, refund was wrong');
    expect(lineOf('also')).toBe('also success, says the agent at 2026-11-18 11:00:00');
  });

  it('shows an unpriced call as such, beside the cost that is known', () => {
    expect(lineOf('model calls')).toBe(
      '2 model calls, 1 tool calls (1 failed), 0.0123 USD + 1 unpriced calls',
    );
    expect(lineOf('own-7b')).toContain('unpriced');
  });

  it('shows think → tool → result with offset, tokens and cost', () => {
    expect(lineOf('1,200')).toMatch(/^ *\+2\.5 s {2}├─ think {2}gpt-4o .* 1,200 → 34 {2}0\.0123 USD$/);
    expect(lineOf('Timeout')).toMatch(/└─ tool {3}refund .* Timeout: ·\[2Jtoo slow {2}/);
  });

  it('says where a circle begins, and what it wasted', () => {
    expect(lineOf('5,678')).toBe(
      'loop no progress (refund), wasted since it showed: 3 calls, 5,678 tokens, 0.0040 USD',
    );
    expect(lineOf('Timeout')).toMatch(/↻ here begins: no progress \(refund\)$/);
  });

  it('names the agent where it changes, and calls that count elsewhere', () => {
    expect(lineOf('[checker]')).toContain('wraps or repeats another call');
  });

  it('shows an approval that waits', () => {
    expect(lineOf('approval')).toBe(
      'approval refund 120,000.00 JPY asked by threshold rule via finance: pending (allowed 30.0 min)',
    );
  });

  it('puts content under its step', () => {
    expect(lines[lines.indexOf(lineOf('Timeout')) + 1]).toContain('arguments: {"order":"[masked]"}');
  });
});
