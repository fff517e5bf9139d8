import { z } from 'zod';
import { date, id, modelPrice, money } from './common.ts';

const contact = z.strictObject({
  id,
  type: z.enum(['pagerduty', 'opsgenie', 'jira', 'slack', 'teams', 'email', 'webhook', 'alertmanager']),
  target: z.string().min(1).describe('channel, address or service; secrets come from the environment'),
  working_hours: z
    .strictObject({
      days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
      from: z.string().regex(/^\d{2}:\d{2}$/, 'must be a time such as 09:00'),
      to: z.string().regex(/^\d{2}:\d{2}$/, 'must be a time such as 18:00'),
    })
    .optional(),
});

/** The company: one file. */
export const organisationSchema = z.strictObject({
  name: z.string().min(1),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
    .default('USD')
    .describe('reporting currency'),
  time_zone: z.string().default('UTC').describe('days and months are the business’s: an IANA name'),
  fiscal_year_starts: z.int().min(1).max(12).default(1).describe('month'),
  departments: z
    .array(z.strictObject({ id, name: z.string(), cost_centers: z.array(z.string()).default([]) }))
    .default([]),
  teams: z.array(z.strictObject({ id, name: z.string(), members: z.array(z.string()).min(1) })).default([]),
  channels: z.array(contact).default([]),
  budgets: z
    .array(
      z.strictObject({
        department: id.optional(),
        user: z.string().optional(),
        per: z.enum(['day', 'month']),
        soft: money.optional(),
        hard: money.optional(),
        owner: id.optional(),
      }),
    )
    .default([]),
  exchange_rates: z
    .array(
      z.strictObject({
        from: z.string().regex(/^[A-Z]{3}$/),
        to: z.string().regex(/^[A-Z]{3}$/),
        rate: z.number().positive(),
        valid_from: date,
      }),
    )
    .default([]),
  paged_environments: z
    .array(z.string())
    .default(['production'])
    .describe('SLOs, budgets and pages take these only'),
  prices: z.array(modelPrice).default([]),
  human_review_hourly_cost: money.optional(),
});

export type Organisation = z.output<typeof organisationSchema>;
