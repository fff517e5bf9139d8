import { type ApprovalDecision, type ApprovalRule, ATTR } from '@agentops/registry/contract';
import { contentText } from './content.ts';
import { instant, type Placement, present } from './spans.ts';

/** Work passes from one agent to another. */
export function handoff(from: string, to: string, options: Placement = {}): void {
  instant(
    `handoff ${to}`,
    () => ({
      [ATTR.kind]: 'handoff',
      'gen_ai.agent.handoff.source.name': from,
      'gen_ai.agent.handoff.target.name': to,
    }),
    options,
  );
}

/** The rule of the registry that asked for a person. */
export type RegistryRule = Exclude<ApprovalRule, 'emitter'>;

export interface ApprovalRequest extends Placement {
  /** Shared by request and decision, which may be hours and processes apart. */
  readonly id: string;
  readonly rule: RegistryRule;
  readonly channel?: string | undefined;
  readonly requestedBy?: string | undefined;
  /** When a decision is due. */
  readonly deadline?: Date | undefined;
  /** Seconds that the rule allows. */
  readonly slaSeconds?: number | undefined;
  readonly tool?: string | undefined;
  readonly toolCallId?: string | undefined;
  readonly amount?: string | number | undefined;
  readonly currency?: string | undefined;
}

/** A person is asked before something is done. */
export function approvalRequested(request: ApprovalRequest): void {
  instant(
    request.tool === undefined ? 'approval requested' : `approval requested ${request.tool}`,
    () =>
      present({
        [ATTR.kind]: 'approval',
        [ATTR.approvalEvent]: 'requested',
        [ATTR.approvalId]: request.id,
        [ATTR.approvalRule]: request.rule,
        [ATTR.approvalChannel]: request.channel,
        [ATTR.approvalRequestedBy]: request.requestedBy,
        [ATTR.approvalDeadline]: request.deadline?.toISOString(),
        [ATTR.approvalSla]: request.slaSeconds,
        'gen_ai.tool.name': request.tool,
        'gen_ai.tool.call.id': request.toolCallId,
        [ATTR.toolAmount]: request.amount === undefined ? undefined : String(request.amount),
        [ATTR.toolCurrency]: request.currency,
      }),
    placed(request),
  );
}

export interface ApprovalVerdict extends Placement {
  /** That of the request. */
  readonly id: string;
  readonly decision: Exclude<ApprovalDecision, 'pending'>;
  readonly rule?: RegistryRule | undefined;
  readonly reviewer?: string | undefined;
  readonly channel?: string | undefined;
  /** Seconds that the reviewer worked on it, where the review tool measures that; never the wait. */
  readonly humanSeconds?: number | undefined;
  /** The task's id, where the decision is taken outside of the task's context. */
  readonly task?: string | undefined;
}

/** What the person decided, or that nobody did in time (`expired`). */
export function approvalDecided(verdict: ApprovalVerdict): void {
  instant(
    `approval ${verdict.decision}`,
    () =>
      present({
        [ATTR.kind]: 'approval',
        [ATTR.approvalEvent]: 'decided',
        [ATTR.approvalId]: verdict.id,
        [ATTR.approvalRule]: verdict.rule,
        [ATTR.approvalDecision]: verdict.decision,
        [ATTR.approvalReviewer]: verdict.reviewer,
        [ATTR.approvalChannel]: verdict.channel,
        [ATTR.humanTime]: verdict.humanSeconds,
      }),
    placed(verdict, verdict.task),
  );
}

/** People take over. The reason is content: it is sent, masked, only where content is on. */
export function escalation(
  channel: 'business' | 'security' | 'reviewers' | 'operator',
  reason: string,
  options: Placement = {},
): void {
  instant(
    `escalation ${channel}`,
    () =>
      present({
        [ATTR.kind]: 'handoff',
        [ATTR.escalationChannel]: channel,
        [ATTR.escalationReason]: contentText(reason),
      }),
    options,
  );
}

export interface Evaluation extends Placement {
  readonly name: string;
  readonly score?: number | undefined;
  readonly label?: string | undefined;
  readonly evaluator?: 'human' | 'system' | 'evaluator' | undefined;
  /** The task's id, where the score is given outside of the task's context. */
  readonly task?: string | undefined;
}

/** A score for what was done. */
export function evaluation(result: Evaluation): void {
  instant(
    `evaluation ${result.name}`,
    () =>
      present({
        [ATTR.kind]: 'evaluation',
        'gen_ai.evaluation.name': result.name,
        'gen_ai.evaluation.score.value': result.score,
        'gen_ai.evaluation.score.label': result.label,
        [ATTR.evaluator]: result.evaluator,
      }),
    placed(result, result.task),
  );
}

function placed({ parent, startTime }: Placement, task?: string) {
  return { parent, startTime, dimensions: task === undefined ? undefined : { task } };
}
