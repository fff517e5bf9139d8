import { count, duration, instant, money } from '../output/numbers.ts';
import { bold, dim, green, red, yellow } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { clip, printableDeep } from '../output/text.ts';
import type { Approval, Loop, ShownTask, Step, Task } from './model.ts';
import { type Branch, layOut } from './tree.ts';

/** A task as a terminal shows it: outcome and verdicts, approvals, then one tree of steps. */
export function renderTask(raw: ShownTask): string {
  const { task, steps, approvals, loops, contents } = printableDeep(raw);
  const texts = group(contents);
  return [
    heading(task),
    ...approvals.map(approvalLine),
    ...loops.map(loopLine),
    '',
    tree(task, steps, loops, texts),
  ].join('\n');
}

function heading(task: Task): string {
  const evidence = [task.outcome_source && `says the ${sayer(task.outcome_source)}`, task.outcome_evidence]
    .filter((part) => part !== '')
    .join(', ');
  const unpriced =
    Number(task.unpriced_calls) > 0 ? yellow(` + ${count(task.unpriced_calls)} unpriced calls`) : '';
  const failed = Number(task.tool_errors) > 0 ? ` (${count(task.tool_errors)} failed)` : '';
  const runs = `${task.run_ids.length} run${task.run_ids.length === 1 ? '' : 's'}`;
  return [
    `${bold(task.task_id)}${task.task_ref === '' ? '' : ` ${dim(`(${task.task_ref})`)}`}  ${outcome(task.outcome)}  ${dim(evidence)}`.trimEnd(),
    `${dim('agent')} ${task.registered === 1 ? task.agent : yellow(task.agent)}  ${dim('for')} ${task.user_id || 'an unknown user'} ${dim('in')} ${task.department || 'no known department'}`,
    `${dim('began')} ${instant(task.started_at)} UTC  ${dim('took')} ${duration(task.duration_ms)}  ${dim('in')} ${runs}`,
    `${count(task.model_calls)} model calls, ${count(task.tool_calls)} tool calls${failed}, ${money(task.cost, task.currency)}${unpriced}`,
    ...task.verdicts
      .slice(1)
      .map((other) =>
        dim(
          `also ${other.outcome}, says the ${sayer(other.source)} at ${instant(other.at)} ${other.evidence}`.trimEnd(),
        ),
      ),
  ].join('\n');
}

function sayer(source: string): string {
  return source === 'system' ? 'system of record' : source;
}

function outcome(name: string): string {
  if (name === 'success') return green(name);
  return name === 'failure' || name === 'abandoned' ? red(name) : yellow(name);
}

function approvalLine(approval: Approval): string {
  const what = [
    approval.tool,
    approval.amount === null ? '' : money(approval.amount, approval.amount_currency),
  ];
  const who = approval.reviewer === '' ? '' : ` by ${approval.reviewer}`;
  const wait = approval.wait_ms === null ? '' : ` after ${duration(approval.wait_ms)}`;
  const sla = Number(approval.sla_ms) > 0 ? ` (allowed ${duration(Number(approval.sla_ms))})` : '';
  const channel = approval.channel === '' ? '' : ` ${dim('via')} ${approval.channel}`;
  const decision = approval.decision === 'approved' ? green('approved') : yellow(approval.decision);
  return `${dim('approval')} ${what.filter((part) => part !== '').join(' ')} ${dim('asked by')} ${approval.rule} ${dim('rule')}${channel}: ${decision}${who}${wait}${sla}`;
}

/** `no_progress` → `no progress`. */
function named({ pattern, subject, period }: Loop): string {
  return `${pattern.replaceAll('_', ' ')}${period > 1 ? ` of ${period} calls` : ''}${subject === '' ? '' : ` (${subject})`}`;
}

function loopLine(loop: Loop): string {
  const cost = loop.wasted_cost === null ? yellow('unknown cost') : money(loop.wasted_cost, loop.currency);
  const wasted = `${count(loop.wasted_calls)} calls, ${count(loop.wasted_tokens)} tokens, ${cost}`;
  return `${dim('loop')} ${red(named(loop))}${dim(', wasted since it showed:')} ${wasted}`;
}

function group(contents: ShownTask['contents']): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  for (const { trace_id, span_id, part, text } of contents) {
    const key = `${trace_id}-${span_id}`;
    texts.set(key, [...(texts.get(key) ?? []), `${part}: ${clip(text, LONGEST_TEXT)}`]);
  }
  return texts;
}

const LONGEST_TEXT = 400;
const LONGEST_LABEL = 64;

function tree(
  task: Task,
  steps: readonly Step[],
  loops: readonly Loop[],
  texts: ReadonlyMap<string, readonly string[]>,
): string {
  const begin = Number(steps[0]?.start_ms ?? 0);
  const branches = layOut(
    steps,
    (step) => `${step.trace_id}-${step.span_id}`,
    (step) => (step.parent_span_id === '' ? null : `${step.trace_id}-${step.parent_span_id}`),
  );
  const table = formatTable(
    [
      { title: 'at', right: true },
      { title: 'step' },
      { title: 'took', right: true },
      { title: 'tokens', right: true },
      { title: 'cost', right: true },
      { title: 'result' },
    ],
    branches.map((branch) => {
      const label = clip(labelOf(branch), LONGEST_LABEL);
      return [
        dim(`+${duration(Number(branch.node.start_ms) - begin)}`),
        `${dim(branch.prefix)}${branch.node.status === 'error' ? red(label) : label}`,
        duration(branch.node.duration_ms),
        tokensOf(branch.node),
        costOf(branch.node, task.currency),
        resultOf(
          branch.node,
          loops.find((loop) => isAt(loop, branch.node)),
        ),
      ];
    }),
  );
  // Content stands under its step without widening the columns.
  const lines = table.split('\n');
  const head = lines.length - branches.length;
  const body = branches.flatMap(({ node, below }, i) => {
    const content = texts.get(`${node.trace_id}-${node.span_id}`) ?? [];
    return [lines[head + i]!, ...content.map((text) => `${' '.repeat(12)}${dim(`${below}${text}`)}`)];
  });
  return [...lines.slice(0, head), ...body].join('\n');
}

/** What the step is, in the words of an agent's loop; the agent where it changes. */
function labelOf({ node: step, parent }: Branch<Step>): string {
  const label = (word: string, what: string): string => `${word.padEnd(6)} ${what}`;
  const changed =
    parent !== null && step.agent !== parent.agent && step.agent !== '' ? `  [${step.agent}]` : '';
  switch (step.kind) {
    case 'run':
      return label('agent', step.agent || step.name);
    case 'llm':
      return label('think', step.model || step.name) + changed;
    case 'embedding':
      return label('embed', step.model || step.name) + changed;
    case 'tool':
      return label('tool', step.tool || step.name) + changed;
    default:
      return (
        (step.name.startsWith(step.kind)
          ? step.name
          : label(step.kind === 'other' ? '·' : step.kind, step.name)) + changed
      );
  }
}

function tokensOf(step: Step): string {
  const known = Number(step.input) + Number(step.output) > 0;
  return known && step.counted === 1 ? `${count(step.input)} → ${count(step.output)}` : '';
}

function costOf(step: Step, currency: string): string {
  if (step.cost_state === '') return '';
  return step.cost === null ? yellow(step.cost_state) : money(step.cost, currency);
}

function isAt(loop: Loop, { run_id, span_id }: Step): boolean {
  return loop.run_id === run_id && loop.since_span_id === span_id;
}

/** `begins`: the circle whose first call the step is. */
function resultOf(step: Step, begins: Loop | undefined): string {
  const parts: string[] = [];
  if (step.status === 'error') {
    const message = step.status_message === step.error_type ? '' : step.status_message;
    parts.push(
      red(
        clip([step.error_type || 'error', message].filter((part) => part !== '').join(': '), LONGEST_LABEL),
      ),
    );
  } else if (step.kind === 'tool') parts.push(green('ok'));
  if (begins !== undefined) parts.push(red(`↻ here begins: ${named(begins)}`));
  if (step.waiting === 1) parts.push(yellow('waits for an answer'));
  if (step.inferred === 1) parts.push(dim('inferred from a model output'));
  if (step.kind === 'llm' && step.counted === 0) parts.push(dim('wraps or repeats another call'));
  return parts.join('  ');
}
