import type { SliSource } from './types.ts';

/** Where the events of an SLI stand. `agent`, `environment` and `taskId` are columns or expressions of `from`. */
export interface SliSourceSql {
  readonly title: string;
  /** Documented views, without their database: `$DATABASE.` stands before each. */
  readonly from: string;
  readonly where?: string;
  /** When the event counts: reports and budgets take it. */
  readonly at: string;
  readonly agent: string;
  readonly environment: string;
  readonly taskId: string;
  /** Of the event: the same whenever it is looked at again. Of sources that objectives are held against. */
  readonly eventId?: string;
}

export const SLI_SOURCES: Readonly<Record<SliSource, SliSourceSql>> = {
  tasks: {
    title: 'Tasks that have ended',
    from: '$DATABASE.tasks AS t',
    where: `t.outcome != 'open'`,
    at: 't.ended_at',
    agent: 't.agent',
    environment: 't.environment',
    taskId: 't.task_id',
    eventId: 't.task_id',
  },
  approvals: {
    title: 'Requests for approval that are decided, or whose time is over',
    from: '$DATABASE.reviews AS a',
    where: `a.sla_ms > 0 AND (a.decision != 'pending' OR a.late = 1)`,
    at: 'coalesce(a.decided_at, a.late_at, a.requested_at)',
    agent: 'a.agent',
    environment: 'a.environment',
    taskId: 'a.task_id',
    eventId: 'a.approval_id',
  },
  scores: {
    title: 'Scores of evaluators',
    from: '$DATABASE.scores AS e',
    where: 'e.score IS NOT NULL',
    at: 'e.at',
    agent: 'e.agent',
    environment: 'e.environment',
    taskId: 'e.task_id',
    eventId: `concat(e.record_trace_id, ' ', e.record_span_id)`,
  },
  charges: {
    title: 'Model charges',
    from: '$DATABASE.cost_entries AS c',
    where: `c.kind = 'model' AND c.state != 'superseded'`,
    at: 'c.at',
    agent: 'c.agent',
    environment: 'c.environment',
    taskId: 'c.task_id',
  },
  steps: {
    title: 'Steps that came in live, not from a file',
    from: '$DATABASE.steps AS s FINAL',
    where: `s.kind != 'skeleton' AND s.inferred = 0 AND NOT startsWith(s.source, 'file:')`,
    at: 's.ended_at',
    agent: 's.agent',
    environment: 's.environment',
    taskId: 's.task_id',
  },
  receipts: {
    title: 'Minutes of receipt, each with its source and signal',
    from: '$DATABASE.conservation AS m',
    at: 'm.minute',
    agent: `''`,
    environment: `''`,
    taskId: `''`,
  },
};
