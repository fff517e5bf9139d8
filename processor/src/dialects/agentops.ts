import { ATTR, STEP_KINDS } from '@agentops/registry/contract';
import type { Dialect, KindAnswer } from './dialect.ts';

/** Our own attributes: few, documented, and first everywhere. */
export const agentops: Dialect = {
  name: 'agentops',
  detect: {
    keys: [ATTR.kind, ATTR.taskId, ATTR.taskOutcome, ATTR.approvalId, ATTR.approvalEvent, ATTR.escalationChannel],
  },
  kind: [
    { key: ATTR.kind, is: Object.fromEntries(STEP_KINDS.map((kind): [string, KindAnswer] => [kind, kind])) },
    { key: ATTR.approvalEvent, present: 'approval' },
  ],
  fields: {
    agentVersion: [ATTR.agentVersion],
    tenant: [ATTR.tenant],
    department: [ATTR.department],
    team: [ATTR.team],
    costCenter: [ATTR.costCenter],
    taskId: [ATTR.taskId],
    taskType: [ATTR.taskType],
    taskRef: [ATTR.taskRef],
    outcome: [ATTR.taskOutcome],
    outcomeSource: [ATTR.taskOutcomeSource],
    outcomeEvidence: [ATTR.taskOutcomeEvidence],
    toolAmount: [ATTR.toolAmount],
    toolCurrency: [ATTR.toolCurrency],
    toolEffect: [ATTR.toolSideEffect],
    toolResource: [ATTR.toolResource],
    argumentsDigest: [ATTR.argumentsDigest],
    argumentsShapeDigest: [ATTR.argumentsShapeDigest],
    resultDigest: [ATTR.resultDigest],
    approvalId: [ATTR.approvalId],
    approvalEvent: [ATTR.approvalEvent],
    approvalRule: [ATTR.approvalRule],
    approvalDecision: [ATTR.approvalDecision],
    approvalChannel: [ATTR.approvalChannel],
    approvalReviewer: [ATTR.approvalReviewer],
    approvalRequestedBy: [ATTR.approvalRequestedBy],
    approvalSla: [ATTR.approvalSla],
    approvalDeadline: [ATTR.approvalDeadline],
    evaluator: [ATTR.evaluator],
    handoffTo: [ATTR.escalationChannel],
    instance: [ATTR.instance],
    sequence: [ATTR.sequence],
    dropped: [ATTR.dropped],
  },
  keepsOther: true,
};
