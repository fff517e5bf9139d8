import { z } from 'zod';
import { TOOL_EFFECTS } from '../contract/attributes.ts';
import { SLIS } from '../sli/index.ts';
import { date, duration, id, modelPrice, money, pattern, percent } from './common.ts';

const match = z
  .strictObject({
    service: pattern.optional().describe('service.name'),
    agent: pattern.optional().describe('name of the agent in its telemetry'),
    namespace: pattern.optional().describe('service.namespace'),
  })
  .refine((rule) => Object.keys(rule).length > 0, 'must name a service, an agent or a namespace');

const tool = z.strictObject({
  name: z.string().min(1).describe('name of the tool in its telemetry'),
  effect: z.enum(TOOL_EFFECTS).describe('what a call does to the world'),
  risk: z.enum(['low', 'medium', 'high']).default('low').describe('what a wrong call may cost'),
  resource: z.string().optional().describe('what the tool acts on'),
  price: money.optional().describe('price of one call'),
  repeats: z
    .strictObject({
      polling: z.boolean().optional().describe('asks again until something has happened'),
      pagination: z.boolean().optional().describe('asks for page after page'),
      identical: z.int().positive().optional().describe('equal calls of one run that are no loop'),
    })
    .optional()
    .describe('repetition that is no loop'),
});

const slo = z.strictObject({
  sli: z.enum(SLIS).describe('what is measured'),
  objective: z
    .union([percent, z.literal('measure')])
    .optional()
    .describe('percent of tasks; `measure` draws panels and pages nobody'),
  at_most: z
    .union([z.number().positive(), money, duration])
    .optional()
    .describe('bound of a threshold SLI: 5m of latency, 15 JPY a task, 12 tool calls'),
  window: duration.default('28d').describe('time over which the objective holds'),
});

const budget = z.strictObject({
  per: z.enum(['task', 'day', 'month']).describe('days and months of the time zone of the organisation'),
  soft: money.optional().describe('amount at which somebody is told'),
  hard: money.optional().describe('amount at which on_breach applies'),
  on_breach: z
    .enum(['alert', 'hitl', 'stop'])
    .default('alert')
    .describe('alert; ask a human; stop the agent'),
  owner: id.optional().describe('team that answers for the budget'),
});

const approval = z.strictObject({
  rule: z.enum(['always', 'threshold', 'sample']).describe('always; above an amount; a share of the calls'),
  tool: z.string().optional().describe('tool whose calls it concerns; all when left out'),
  over: money.optional().describe('calls with a greater amount'),
  under: money.optional().describe('calls with an amount up to this'),
  percent: percent.optional().describe('share that a sample takes'),
  sla: duration.describe('time within which a reviewer should answer'),
  timeout: duration.optional().describe('time after which on_timeout applies'),
  on_timeout: z
    .enum(['reject', 'next-channel', 'stop'])
    .default('reject')
    .describe('next-channel: the next reviewer, then the escalation channels'),
});

/** One agent: one file. */
export const agentSchema = z.strictObject({
  id: id.describe('name of the agent in tables, dashboards and alerts'),
  name: z.string().min(1).describe('name for people'),
  purpose: z.string().min(1).describe('what the agent is for, in a sentence'),
  stage: z.enum(['pilot', 'production', 'retired']).describe('only production pages people'),
  department: id.describe('whose work it is when the telemetry does not say, and whose agent it is'),
  team: id.optional().describe('whose work it is within the department'),
  cost_center: z.string().optional().describe('one of the department’s cost centers'),
  owner: id.describe('team that owns the agent as a business matter'),
  operator: id.describe('team on call for it; nobody of the owner team'),
  reviewers: z
    .array(z.strictObject({ team: id, channel: id, sla: duration }))
    .default([])
    .describe('who is asked for approval, in this order'),
  match: z
    .array(match)
    .min(1)
    .describe('which telemetry is this agent’s: one rule is enough, every key of it must fit'),
  models: z.array(pattern).default([]).describe('models that it may use'),
  tools: z.array(tool).default([]).describe('tools that it may call'),
  data: z
    .strictObject({ read: z.array(z.string()).default([]), write: z.array(z.string()).default([]) })
    .prefault({})
    .describe('resources that it may read and write'),
  slos: z.array(slo).default([]).describe('what it is held to'),
  budgets: z.array(budget).default([]).describe('what it may spend'),
  approvals: z.array(approval).default([]).describe('which calls need a human'),
  stop: z
    .strictObject({ how: z.string().min(1), who: z.array(id).min(1), last_tried: date.optional() })
    .optional()
    .describe('how this agent is held today: command, flag or link; who may; when last tried'),
  telemetry: z
    .enum(['complete', 'sampled', 'unknown'])
    .default('unknown')
    .describe('whether every span arrives: no hard budget rests on less'),
  content: z.enum(['none', 'masked']).default('none').describe('whether inputs and outputs are kept, masked'),
  content_retention: duration.default('30d').describe('how long content is kept'),
  expects: z
    .strictObject({ calendar: z.enum(['always', 'working-hours']), every: duration })
    .optional()
    .describe('least activity: at least one task in every such time, else it is silent'),
  task_timeout: duration.default('24h').describe('a task that is open longer is abandoned'),
  task_idle: duration.default('1h').describe('a run without its root is settled after this silence'),
  success_without_verdict: z
    .boolean()
    .default(false)
    .describe('count “ended without an error” as success where nobody gave a verdict; pages nobody'),
  escalation: z
    .strictObject({ reviewers: id.optional(), business: id.optional(), security: id.optional() })
    .prefault({})
    .describe('channels, by what has happened'),
  value: z
    .strictObject({ minutes_saved_per_task: z.number().nonnegative(), hourly_cost: money })
    .optional()
    .describe('what a successful task is worth to people'),
  prices: z.array(modelPrice).default([]).describe('prices of this agent’s models, before all others'),
  version: z.string().optional().describe('version of the agent that this describes'),
  updated: date.optional().describe('day of the last change, e.g. 2026-04-01'),
});

export type Agent = z.output<typeof agentSchema>;
