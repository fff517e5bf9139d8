import type { RegistryDocument } from '@agentops/registry';
import { platformTeam } from '../routing/platform.ts';
import { everyAgent, literal, ofAgent, operatorOfDepartment, paged, people } from './sql.ts';
import type { AlertDefinition } from './types.ts';

const LABELS = ['kind', 'subject', 'per', 'agent', 'department', 'on_breach', 'owner', 'operator'] as const;

const QUESTIONS = [
  {
    ask: 'What was spent, and what is left?',
    sql: 'SELECT per, spent, soft, hard, budget_left, state, exhausted_at, unpriced_calls, sampled_runs FROM agentops.budget_status WHERE subject = {subject:String}',
  },
  {
    ask: 'Who spends it?',
    sql: 'SELECT agent, user_id, sum(cost) AS cost FROM agentops.cost_entries WHERE (department = {subject:String} OR agent = {subject:String} OR user_id = {subject:String}) AND at > now() - INTERVAL 31 DAY GROUP BY agent, user_id ORDER BY cost DESC LIMIT 20',
  },
  {
    ask: 'Since when does it grow?',
    sql: 'SELECT day, agent, sum(cost) AS cost FROM agentops.cost_by_department WHERE department = {subject:String} OR agent = {subject:String} GROUP BY day, agent ORDER BY day DESC LIMIT 30',
  },
] as const;

const TOKENS = 't.input_tokens + t.cached_input_tokens + t.cache_write_tokens + t.output_tokens';

/** SQL: who answers for a budget of the view `b`, and who is on call for it. */
function ofBudget(registry: RegistryDocument): string {
  const platform = literal(platformTeam(registry));
  return `if(b.kind = 'agent', b.subject, '') AS agent,
      multiIf(b.kind = 'department', b.subject, b.kind = 'agent', ${ofAgent(registry, 'b.subject', ({ department }) => department)}, '') AS department,
      b.on_breach AS on_breach, if(b.owner = '', ${platform}, b.owner) AS owner,
      multiIf(b.kind = 'agent', ${ofAgent(registry, 'b.subject', ({ operator }) => operator, platform)}, b.kind = 'department', ${operatorOfDepartment(registry, 'b.subject')}, ${platform}) AS operator`;
}

/** Budgets, and what has no price. */
export function moneyAlerts(registry: RegistryDocument): AlertDefinition[] {
  const whose = ofBudget(registry);
  // A task is dear when it ends; the month that it is of says nothing new of it.
  const budget = (amount: 'soft' | 'hard'): string => `
    SELECT kind, subject, per, ${whose}, ifNull(100 * b.amount / nullIf(b.most, 0), 0) AS percent
    FROM
    (
      SELECT kind, subject, per, on_breach, owner, toFloat64(spent) AS amount, toFloat64(${amount}) AS most
      FROM agentops.budget_status WHERE per != 'task'
      UNION ALL
      SELECT d.kind AS kind, d.subject AS subject, d.per AS per, d.on_breach AS on_breach, d.owner AS owner,
        toFloat64(t.dearest) AS amount, toFloat64(d.${amount}) AS most
      FROM agentops.budgets AS d
      LEFT JOIN
      (
        SELECT agent, max(cost) AS dearest FROM agentops.tasks
        WHERE outcome != 'open' AND ${paged(registry)} AND ended_at <= $__toTime AND ended_at > $__toTime - INTERVAL 1 HOUR
        GROUP BY agent
      ) AS t ON t.agent = d.subject
      WHERE d.per = 'task'
    ) AS b`;
  return [
    {
      id: 'budget-hard',
      title: 'A budget is used up',
      severity: 'page',
      domain: 'business',
      summary:
        'The budget of {{ $labels.subject }} per {{ $labels.per }} is passed: {{ printf "%.0f" $value }} % of its hard amount is spent. Agreed: {{ $labels.on_breach }}.',
      meaning:
        'More was spent in this period than may be, or a task that ended within the last hour cost more than one may. What has no price is not in it. Nothing stops by itself: "alert only", whatever the registry agrees on, until something enforces it.',
      firstSteps: [
        'Who spends it, since when? See the cost dashboard.',
        'Hold the agent by its own stop, if that was agreed.',
        'The owner of the budget may raise it: in the registry, by a pull request.',
      ],
      sql: budget('hard'),
      above: 100,
      timing: { pending: 0, keepFiring: 0 },
      questions: QUESTIONS,
      dashboard: 'agentops-cost',
      labels: LABELS,
      noData: 'ok',
    },
    {
      id: 'budget-soft',
      title: 'A budget is nearly used up',
      severity: 'ticket',
      domain: 'business',
      summary:
        'The budget of {{ $labels.subject }} per {{ $labels.per }} has passed its soft amount: {{ printf "%.0f" $value }} % of it is spent.',
      meaning: 'The amount at which somebody wanted to be told.',
      firstSteps: ['Compare with the forecast to the end of the month.'],
      sql: budget('soft'),
      above: 100,
      timing: { pending: 0, keepFiring: 0 },
      questions: QUESTIONS,
      dashboard: 'agentops-cost',
      labels: LABELS,
      noData: 'ok',
    },
    {
      id: 'budget-sampled',
      title: 'A hard budget rests on a part of the telemetry',
      severity: 'ticket',
      domain: 'business',
      summary:
        'The {{ $labels.per }} budget of {{ $labels.subject }} cannot be held: of {{ printf "%.0f" $value }} runs sampling dropped a part, or may have.',
      meaning:
        'More was spent than is seen, and nobody knows how much: the budget may be passed long before its alert says so. What is seen is right, and nothing is extrapolated.',
      firstSteps: [
        'Let every span of the agent through: our branch of the Collector stands before any sampler, so it is sampled in the agent or before that Collector.',
        'If it stays sampled, compare with the invoice, and give the agent no hard budget.',
      ],
      sql: `
        SELECT kind, subject, per, ${whose}, toFloat64(if(hard IS NULL, 0, sampled_runs)) AS runs
        FROM agentops.budget_status AS b`,
      above: 0,
      timing: { pending: 600, keepFiring: 86_400 },
      questions: [
        ...QUESTIONS,
        {
          ask: 'Whose telemetry is sampled, and how much of it was kept?',
          sql: "SELECT agent, telemetry, sampled_share, count() AS tasks, max(ended_at) AS last FROM agentops.task_outcomes WHERE sampled_share < 1 OR telemetry = 'sampled' GROUP BY agent, telemetry, sampled_share ORDER BY tasks DESC",
        },
      ],
      dashboard: 'agentops-cost',
      labels: LABELS,
      noData: 'ok',
    },
    {
      id: 'budget-forecast',
      title: 'A budget will not last',
      severity: 'ticket',
      domain: 'business',
      summary:
        'By its forecast {{ $labels.subject }} will have spent {{ printf "%.0f" $value }} % of its budget at the end of the month.',
      meaning:
        'The lower end of the forecast’s interval is above the budget: it rests on at least 14 complete days, in the shape of the business’s weeks. It knows no trend and no holidays, and of sampled runs only what sampling kept.',
      firstSteps: ['Decide before it is gone: less, cheaper, or a larger budget.'],
      sql: `
        SELECT kind, subject, ${whose},
          ifNull(100 * toFloat64(forecast_low) / nullIf(toFloat64(ifNull(hard, soft)), 0), 0) AS percent
        FROM agentops.cost_forecast AS b WHERE hard IS NOT NULL OR soft IS NOT NULL`,
      above: 100,
      timing: { pending: 3_600, keepFiring: 86_400 },
      questions: QUESTIONS,
      dashboard: 'agentops-cost',
      labels: LABELS.filter((label) => label !== 'per'),
      noData: 'ok',
    },
    {
      id: 'unpriced',
      title: 'Calls have no price',
      severity: 'ticket',
      domain: 'business',
      summary:
        '{{ printf "%.0f" $value }} charges of {{ $labels.agent }} in the last day have no known cost: budgets and reports are too low by what nobody knows.',
      meaning:
        'A model, a price or an exchange rate is missing, or the tokens of a fifth of the calls. Unpriced is never 0: these calls are in no amount. Single calls that failed and name no tokens are none of them.',
      firstSteps: [
        'Name the model’s price in the registry (prices), or the exchange rate in the organisation file.',
      ],
      sql: `
        SELECT agent, if(p.department = '', p.used_by, p.department) AS department, owner, operator, charges
        FROM
        (
          SELECT agent, used_by, charges, ${people(registry)}
          FROM
          (
            -- Of an agent that nobody has registered, the department for which it has done most of it.
            SELECT agent, argMax(c.department, (c.unpriced, c.department)) AS used_by, sum(c.unpriced) AS charges
            FROM
            (
              SELECT agent, department, sum(m.unpriced) AS unpriced
              FROM
              (
                SELECT toString(agent) AS agent, toString(t.department) AS department, toFloat64(sum(t.unpriced_calls)) AS missing,
                  if(sumIf(${TOKENS}, t.unpriced_calls > 0) > 0 OR any(t.kind) != 'model' OR 5 * missing > sum(t.calls), missing, 0) AS unpriced
                FROM agentops.cost_totals AS t
                WHERE at <= $__toTime - INTERVAL 15 MINUTE AND at > $__toTime - INTERVAL 1 DAY
                GROUP BY agent, department, t.kind, model
              ) AS m
              GROUP BY agent, department
              UNION ALL
              SELECT agent, '', 0 FROM ${everyAgent(registry.agents.map(({ id }) => id))}
            ) AS c
            GROUP BY agent
          )
        ) AS p`,
      above: 0,
      timing: { pending: 600, keepFiring: 3_600 },
      questions: [
        {
          ask: 'Which models, and why?',
          sql: 'SELECT provider, model, state, count() AS charges FROM agentops.cost_entries WHERE cost IS NULL GROUP BY provider, model, state ORDER BY charges DESC',
        },
        {
          ask: 'Which agents?',
          sql: 'SELECT agent, count() AS charges, min(at) AS first, max(at) AS last FROM agentops.cost_entries WHERE cost IS NULL GROUP BY agent ORDER BY charges DESC',
        },
        {
          ask: 'How many tokens is that?',
          sql: 'SELECT model, sum(input_tokens) AS input, sum(output_tokens) AS output FROM agentops.cost_entries WHERE cost IS NULL GROUP BY model ORDER BY input DESC',
        },
      ],
      dashboard: 'agentops-cost',
      labels: ['agent', 'department', 'owner', 'operator'],
      noData: 'ok',
    },
  ];
}
