import { error, type Finding, type Path, warning } from '../diagnostic.ts';
import { instead } from '../nearest.ts';
import type { Agent } from '../schema/agent.ts';
import { seconds } from '../schema/common.ts';
import { checkRanges } from './ranges.ts';

type Approval = Agent['approvals'][number];

/** Who is asked, when, and what happens if nobody answers; and which calls escape or are claimed twice. */
export function* checkApprovals(agent: Agent): Generator<Finding> {
  for (const [index, approval] of agent.approvals.entries()) {
    const at: Path = ['approvals', index];
    yield* checkTool(agent, approval, at);
    yield* checkForm(approval, at);
    yield* checkTimeout(agent, approval, at);
    if (agent.stage === 'retired') continue;
    yield warning(
      'not-enforced',
      [...at, 'rule'],
      `nothing holds a call back for this ${approval.rule} rule yet: it is checked afterwards only`,
      'make sure that the agent itself asks; violations will show where it did not',
    );
  }
  if (agent.approvals.length > 0 && agent.reviewers.length === 0) {
    yield error(
      'approval-rule',
      ['approvals'],
      'the agent has approval rules and no reviewers to ask',
      'add reviewers: [{team, channel, sla}]',
    );
  }
  yield* checkRanges(agent.approvals);
  yield* checkUnguarded(agent);
}

function* checkTool(agent: Agent, { tool }: Approval, at: Path): Generator<Finding> {
  const names = agent.tools.map((entry) => entry.name);
  if (tool === undefined || names.includes(tool)) return;
  yield error(
    'unknown-tool',
    [...at, 'tool'],
    `the agent declares no tool ${tool}`,
    instead(tool, names) ?? 'declare it under tools',
  );
}

/** Each kind of rule has what it needs, and nothing that it would not heed. */
function* checkForm({ rule, over, under, percent }: Approval, at: Path): Generator<Finding> {
  if (rule === 'threshold' && over === undefined) {
    yield error('approval-rule', at, 'a threshold rule needs over: an amount', 'add over: 100000 JPY');
  }
  if (rule === 'sample' && percent === undefined) {
    yield error('approval-rule', at, 'a sample rule needs percent', 'add percent: 5');
  }
  if (rule === 'sample' && percent === 0) {
    yield error(
      'approval-rule',
      [...at, 'percent'],
      'a sample of 0 % asks nobody',
      'raise it, or remove the rule',
    );
  }
  if (rule !== 'sample' && percent !== undefined) {
    yield error(
      'approval-rule',
      [...at, 'percent'],
      `${rule} asks every time: percent says nothing`,
      'use rule: sample',
    );
  }
  if (rule === 'always' && (over ?? under) !== undefined) {
    const key = over === undefined ? 'under' : 'over';
    yield error(
      'approval-rule',
      [...at, key],
      `always asks at every amount: ${key} says nothing`,
      'use rule: threshold',
    );
  }
}

function* checkTimeout(agent: Agent, approval: Approval, at: Path): Generator<Finding> {
  const { timeout, sla, on_timeout } = approval;
  if (timeout !== undefined && seconds(timeout) < seconds(sla)) {
    yield error(
      'approval-rule',
      [...at, 'timeout'],
      `the request times out after ${timeout}, before its sla of ${sla} has passed`,
      'raise timeout or lower sla',
    );
  }
  if (on_timeout !== 'next-channel') return;
  const { reviewers, business } = agent.escalation;
  const channels = new Set([...agent.reviewers.map((reviewer) => reviewer.channel), reviewers, business]);
  channels.delete(undefined);
  if (channels.size > 1) return;
  yield error(
    'approval-rule',
    [...at, 'on_timeout'],
    'there is no next channel: reviewers and escalation name one only',
    'add a reviewer with another channel, or escalation: {business: channel}',
  );
}

function* checkUnguarded({ stage, tools, approvals }: Agent): Generator<Finding> {
  if (stage === 'retired') return;
  for (const [index, { name, risk, effect }] of tools.entries()) {
    if (risk !== 'high' || effect === 'read') continue;
    if (approvals.some(({ tool }) => tool === undefined || tool === name)) continue;
    yield warning(
      'approval-rule',
      ['tools', index],
      `${name} is of high risk and no approval rule concerns it`,
      'add a rule under approvals, or lower the risk',
    );
  }
}
