import { z } from 'zod';
import { TOOL_EFFECTS } from '../contract/attributes.ts';
import { date, duration, id, modelPrice, money, pattern, percent } from './common.ts';

export const SLIS = [
  'task_success',
  'tool_calls_per_task',
  'planned_human_share',
  'unplanned_human_share',
  'cost_per_task',
  'task_latency',
  'loop_free',
  'tool_success',
  'reviewer_response',
  'evaluation_score',
  'policy_clean',
] as const;

const match = z
  .strictObject({
    service: pattern.optional().describe('service.name'),
    agent: pattern.optional().describe('name of the agent in its telemetry'),
    namespace: pattern.optional().describe('service.namespace'),
  })
  .refine((rule) => Object.keys(rule).length > 0, 'must name a service, an agent or a namespace');

const tool = z.strictObject({
  name: z.string().min(1),
  effect: z.enum(TOOL_EFFECTS).describe('what a call does to the world'),
  risk: z.enum(['low', 'medium', 'high']).default('low'),
  resource: z.string().optional().describe('what the tool acts on'),
  price: money.optional().describe('price of one call'),
  repeats: z
    .strictObject({
      polling: z.boolean().optional(),
      pagination: z.boolean().optional(),
      identical: z.int().positive().optional(),
    })
    .optional()
    .describe('repetition that is no loop'),
});

const slo = z.strictObject({
  sli: z.enum(SLIS),
  objective: z
    .union([percent, z.literal('measure')])
    .optional()
    .describe('percent of tasks; `measure` draws panels and pages nobody'),
  at_most: z.union([z.number().positive(), money, duration]).optional().describe('bound of a threshold SLI'),
  window: duration.default('28d'),
});

const budget = z.strictObject({
  per: z.enum(['task', 'day', 'month']),
  soft: money.optional(),
  hard: money.optional(),
  on_breach: z.enum(['alert', 'hitl', 'stop']).default('alert'),
  owner: id.optional().describe('team that answers for the budget'),
});

const approval = z.strictObject({
  rule: z.enum(['always', 'threshold', 'sample']),
  tool: z.string().optional().describe('tool whose calls it concerns; all when left out'),
  over: money.optional().describe('calls with a greater amount'),
  under: money.optional().describe('calls with an amount up to this'),
  percent: percent.optional().describe('share that a sample takes'),
  sla: duration,
  timeout: duration.optional(),
  on_timeout: z.enum(['reject', 'next-channel', 'stop']).default('reject'),
});

/** One agent: one file. */
export const agentSchema = z.strictObject({
  id,
  name: z.string().min(1),
  purpose: z.string().min(1),
  stage: z.enum(['pilot', 'production', 'retired']),
  department: id.describe('whose work it is when the telemetry does not say, and whose agent it is'),
  team: id.optional(),
  cost_center: z.string().optional(),
  owner: id.describe('team that owns the agent as a business matter'),
  operator: id.describe('team on call for it; nobody of the owner team'),
  reviewers: z.array(z.strictObject({ team: id, channel: id, sla: duration })).default([]),
  match: z.array(match).min(1),
  models: z.array(pattern).default([]),
  tools: z.array(tool).default([]),
  data: z
    .strictObject({ read: z.array(z.string()).default([]), write: z.array(z.string()).default([]) })
    .prefault({}),
  slos: z.array(slo).default([]),
  budgets: z.array(budget).default([]),
  approvals: z.array(approval).default([]),
  stop: z
    .strictObject({ how: z.string().min(1), who: z.array(id).min(1), last_tried: date.optional() })
    .optional()
    .describe('how this agent is held today: command, flag or link; who may; when last tried'),
  telemetry: z.enum(['complete', 'sampled', 'unknown']).default('unknown'),
  content: z.enum(['none', 'masked']).default('none'),
  content_retention: duration.default('30d'),
  expects: z.strictObject({ calendar: z.enum(['always', 'working-hours']), every: duration }).optional(),
  task_timeout: duration.default('24h'),
  task_idle: duration.default('1h'),
  success_without_verdict: z.boolean().default(false),
  escalation: z
    .strictObject({ reviewers: id.optional(), business: id.optional(), security: id.optional() })
    .prefault({}),
  value: z.strictObject({ minutes_saved_per_task: z.number().nonnegative(), hourly_cost: money }).optional(),
  prices: z.array(modelPrice).default([]),
  version: z.string().optional(),
  updated: date.optional(),
});

export type Agent = z.output<typeof agentSchema>;
