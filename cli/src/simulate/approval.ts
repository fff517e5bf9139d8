import { type ApprovalVerdict, approvalDecided, approvalRequested } from '@agentops/instrumentation';
import type { ApprovalPolicy } from './profile.ts';
import type { Random } from './random.ts';
import { at, beginRun, endRun, here, NOT_YET, pass, type Scene, think } from './scene.ts';
import { tally } from './truth.ts';

const MINUTE = 60_000;
const FORGOTTEN = 0.02;
const UNANSWERED = 0.01;
const SPREAD = 1.2;

type Rule = 'always' | 'threshold' | 'sample';

/** The rule that asks for a person before this amount is paid, or null. */
export function ruleFor(policy: ApprovalPolicy, amount: number, random: Random): Rule | null {
  if (amount > policy.over) return policy.over === 0 ? 'always' : 'threshold';
  const { sample } = policy;
  return sample !== undefined && amount > sample.over && random.chance(sample.share) ? 'sample' : null;
}

/**
 * Asks a person where a rule wants it: in time, late, never, or not at all. True when the call may be made. Half of the
 * agents' frameworks wait inside the run; the others end it, and resume in a trace of its own.
 */
export function askPerson(scene: Scene, tool: string, amount: number): boolean {
  const { profile, random, truth } = scene;
  const policy = profile.approval;
  const rule = policy === undefined ? null : ruleFor(policy, amount, random);
  if (policy === undefined || rule === null) return true;
  if (random.chance(policy.forgotten ?? FORGOTTEN)) {
    truth.approvalsForgotten++;
    return true;
  }
  const id = `approval-${random.hex(6)}`;
  const { channel } = policy;
  truth.approvals++;
  at(scene, () =>
    approvalRequested({
      ...here(scene),
      id,
      rule,
      channel,
      requestedBy: scene.user,
      deadline: new Date(scene.now + policy.slaMinutes * MINUTE),
      slaSeconds: policy.slaMinutes * 60,
      tool,
      amount,
      currency: 'JPY',
    }),
  );
  const resumes = random.chance(0.5);
  const verdict = answer(policy, random);
  try {
    if (resumes) endRun(scene);
    if (random.chance(policy.unanswered ?? UNANSWERED)) throw NOT_YET;
    pass(scene, verdict.afterMs);
  } catch (error) {
    tally(truth.approvalDecisions, 'pending');
    throw error;
  }
  if (resumes) scene.run = beginRun(scene, truth);
  // The tools of some channels measure how long a reviewer works on a request.
  const measured = verdict.said.decision !== 'expired' && Number.parseInt(id.at(-1)!, 16) < 10;
  const humanSeconds = measured ? 30 + Number.parseInt(id.slice(-3, -1), 16) : undefined;
  at(scene, () => approvalDecided({ ...here(scene), ...verdict.said, id, rule, channel, humanSeconds }));
  tally(truth.approvalDecisions, verdict.said.decision);
  if (verdict.afterMs > policy.slaMinutes * MINUTE) truth.approvalsLate++;
  think(scene);
  return verdict.said.decision === 'approved' || verdict.said.decision === 'edited';
}

interface Answer {
  readonly afterMs: number;
  readonly said: Pick<ApprovalVerdict, 'decision' | 'reviewer'>;
}

function answer(policy: ApprovalPolicy, random: Random): Answer {
  const afterMs = Math.round(random.around(policy.waitMinutes, policy.spread ?? SPREAD) * MINUTE);
  if (afterMs > policy.timeoutMinutes * MINUTE) {
    return { afterMs: policy.timeoutMinutes * MINUTE, said: { decision: 'expired' } };
  }
  const decision = random.chance(0.9) ? 'approved' : random.chance(0.7) ? 'rejected' : 'edited';
  return { afterMs, said: { decision, reviewer: random.pick(policy.reviewers) } };
}
