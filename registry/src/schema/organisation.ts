import { z } from 'zod';
import { alerting, weekday } from './alerting.ts';
import { clock, currency, date, duration, id, modelPrice, money } from './common.ts';

const contact = z.strictObject({
  id,
  type: z.enum(['pagerduty', 'opsgenie', 'jira', 'slack', 'teams', 'email', 'webhook', 'alertmanager']),
  target: z
    .string()
    .min(1)
    .describe('channel, address, project or service; secrets come from the environment'),
  url: z.url().optional().describe('where a Jira or an Alertmanager is, without a secret'),
  user: z.string().min(1).optional().describe('whose token it is, where Jira asks for that'),
  working_hours: z
    .strictObject({
      days: z.array(weekday).min(1),
      from: clock,
      to: clock.describe('end, in quotes: "18:00"; on the next day when it is before from'),
    })
    .optional()
    .describe('in the time zone of the organisation; always when left out'),
});

/** The company: one file. */
export const organisationSchema = z.strictObject({
  name: z.string().min(1).describe('name of the company'),
  currency: currency.default('USD').describe('reporting currency'),
  time_zone: z.string().default('UTC').describe('days and months are the business’s: an IANA name'),
  fiscal_year_starts: z.int().min(1).max(12).default(1).describe('month, 1 to 12'),
  departments: z
    .array(z.strictObject({ id, name: z.string(), cost_centers: z.array(z.string()).default([]) }))
    .default([])
    .describe('who work is done for, and who pays'),
  teams: z
    .array(
      z.strictObject({
        id,
        name: z.string(),
        members: z.array(z.string()).min(1),
        code_owner: z
          .string()
          .regex(
            /^(@[\w.-]+(\/[\w.-]+)*|[^@\s]+@[^@\s]+)$/,
            'must be @group, @organisation/team or an e-mail address',
          )
          .optional()
          .describe('the team in CODEOWNERS: @organisation/team'),
      }),
    )
    .default([])
    .describe('people: owners and operators of an agent must differ in them'),
  platform: id
    .optional()
    .describe(
      'team that runs this pipeline and gets what is nobody’s; the operator of most agents when left out',
    ),
  channels: z.array(contact).default([]).describe('how people are reached'),
  budgets: z
    .array(
      z.strictObject({
        department: id.optional().describe('either a department …'),
        user: z.string().optional().describe('… or a user, as the telemetry names them'),
        per: z.enum(['day', 'month']),
        soft: money.optional().describe('amount at which somebody is told'),
        hard: money.optional().describe('amount that must not be passed'),
        owner: id.optional().describe('team that answers for the budget'),
      }),
    )
    .default([])
    .describe('budgets of departments and users'),
  exchange_rates: z
    .array(
      z.strictObject({
        from: currency,
        to: currency.describe('the reporting currency'),
        rate: z.number().positive().describe('units of `to` for one of `from`'),
        valid_from: date.describe('first day, of the business: 2026-04-01'),
      }),
    )
    .default([])
    .describe('dated rates into the reporting currency: the newest that is valid counts'),
  paged_environments: z
    .array(z.string())
    .default(['production'])
    .describe('SLOs, budgets and pages take these only'),
  acknowledge_within: duration
    .optional()
    .describe(
      'a page that nobody has taken after this goes to the next in the matrix: 15m; never when left out',
    ),
  alerting: alerting.optional().describe('how alerts find people, beyond channels and entries'),
  prices: z.array(modelPrice).default([]).describe('negotiated or self-hosted prices, before the catalogue'),
  human_review_hourly_cost: money.optional().describe('what an hour of a reviewer costs'),
  human_review_minutes: z
    .number()
    .positive()
    .optional()
    .describe('minutes assumed of a decision that nobody timed: an estimate, shown as one'),
});

export type Organisation = z.output<typeof organisationSchema>;
