import type { Change, Profile } from '@agentops/cli/simulate';

/** What looks odd and is none: nobody is to be called. Times are ms since the epoch. */
export interface Disturbance {
  readonly kind: string;
  /** The agent or department; 'all' for what concerns everybody. */
  readonly about: string;
  readonly from: number;
  readonly to: number;
  readonly changes: readonly Change[];
  /** Nothing reaches us meanwhile; it comes at the end. */
  readonly isOutage?: boolean;
  /** The SLI whose objective decides whether it is an incident, by the harm that it does. */
  readonly objective?: string;
  /** Alerts that are right to speak of it where it is one, and the channel that each has to call first. */
  readonly tells?: Readonly<Record<string, string>>;
  /** SLIs whose objectives it makes an agent miss. */
  readonly misses: readonly string[];
}

/** What goes wrong in the week, as it was made up: what the alerts are held to. */
export interface Incident extends Disturbance {
  /** Who is to hear of it: somebody who gets up, or somebody in working hours. */
  readonly calls: 'page' | 'ticket';
  readonly tells: Readonly<Record<string, string>>;
}

/** A kind of incident: of which agents, when in the week, and what goes otherwise. Hours of Tokyo, day 0 is Monday. */
export interface Kind {
  readonly name: string;
  readonly agents: readonly string[];
  readonly days: readonly number[];
  /** Hours of the day between which it begins. */
  readonly begins: readonly [number, number];
  /** Hours that it lasts, at least and at most. */
  readonly lasts: readonly [number, number];
  /** Hours that what has begun meanwhile goes on. */
  readonly lingers?: number;
  /** null: a disturbance, of which nobody is to hear. */
  readonly calls: 'page' | 'ticket' | null;
  readonly tells?: (agent: string) => Readonly<Record<string, string>>;
  readonly objective?: string;
  readonly misses?: readonly string[];
  readonly profile?: Partial<Profile>;
  /** The name of the department, where it is one's. */
  readonly about?: string;
  readonly isOutage?: boolean;
}

const SRE = 'sre-pager';
const SECURITY = 'security-desk';
export const OWNERS: Readonly<Record<string, string>> = {
  'expense-reimbursement': 'finance-owners',
  'customer-support': 'care-owners',
  'invoice-matching': 'finance-owners',
  'it-helpdesk': 'it-owners',
  'inventory-reordering': 'finance-owners',
  'code-review': 'it-owners',
  'marketing-copy': 'marketing-owners',
};
/** Whose budgets they spend. */
export const DEPARTMENTS: Readonly<Record<string, string>> = {
  'expense-reimbursement': 'finance',
  'customer-support': 'customer-care',
  'invoice-matching': 'finance',
  'it-helpdesk': 'it',
  'inventory-reordering': 'finance',
  'code-review': 'it',
  'marketing-copy': 'marketing',
};

const WORKDAYS = [0, 1, 2, 3, 4];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

const missed = (agent: string): Record<string, string> => ({
  'slo-burn-page': SRE,
  'slo-burn-ticket': OWNERS[agent]!,
});
const spent = (agent: string): Record<string, string> => ({
  'budget-hard': OWNERS[agent]!,
  'budget-soft': OWNERS[agent]!,
  'budget-forecast': OWNERS[agent]!,
});
const unusual = (agent: string): Record<string, string> => ({
  unusual: OWNERS[agent]!,
  'effort-up': OWNERS[agent]!,
});

export const INCIDENTS: readonly Kind[] = [
  {
    name: 'an agent starts to loop',
    agents: ['customer-support', 'it-helpdesk', 'expense-reimbursement'],
    days: WORKDAYS,
    begins: [9.5, 15],
    lasts: [1, 2.5],
    calls: 'page',
    tells: (agent) => ({ 'loop-in-progress': SRE, ...missed(agent), ...unusual(agent), ...spent(agent) }),
    misses: ['loop_free', 'task_latency', 'cost_per_task'],
    profile: { loops: 0.5, rounds: [80, 160] },
  },
  {
    name: 'a department overspends',
    agents: ['marketing-copy'],
    about: 'marketing',
    days: WORKDAYS,
    begins: [9, 11],
    lasts: [6, 7],
    calls: 'page',
    tells: (agent) => ({ ...spent(agent), ...unusual(agent) }),
    profile: { traffic: 25, inputTokens: 130_000 },
  },
  {
    name: 'success drops from 92 % to 60 %',
    agents: ['expense-reimbursement', 'it-helpdesk', 'invoice-matching'],
    days: [0, 1, 2],
    begins: [9, 15],
    lasts: [46, 50],
    calls: 'page',
    tells: missed,
    objective: 'task_success',
    misses: ['task_success'],
    profile: { success: 0.63 },
  },
  {
    name: 'everything fails',
    agents: ['customer-support', 'inventory-reordering'],
    days: EVERY_DAY,
    begins: [0, 24],
    lasts: [10, 16],
    calls: 'page',
    tells: missed,
    objective: 'task_success',
    misses: ['task_success'],
    profile: { success: 0 },
  },
  {
    name: 'a slow burn over two days',
    agents: ['expense-reimbursement', 'it-helpdesk', 'inventory-reordering'],
    days: [0, 1, 2, 3],
    begins: [8, 12],
    lasts: [46, 50],
    calls: 'ticket',
    tells: missed,
    objective: 'task_success',
    misses: ['task_success'],
    profile: { success: 0.83 },
  },
  {
    name: 'telemetry stops',
    agents: ['all'],
    days: EVERY_DAY,
    begins: [0, 22],
    lasts: [2, 4],
    calls: 'page',
    tells: () => ({ 'telemetry-stale': SRE }),
    isOutage: true,
  },
  {
    name: 'an agent is silent',
    agents: ['customer-support', 'it-helpdesk', 'expense-reimbursement'],
    days: [1, 2, 3, 4],
    begins: [8, 9],
    lasts: [10, 14],
    calls: 'page',
    tells: (agent) => ({ 'silent-agent': SRE, ...unusual(agent) }),
    profile: { traffic: 0 },
  },
  {
    name: 'a price goes missing',
    agents: ['code-review'],
    days: WORKDAYS,
    begins: [9, 14],
    lasts: [3, 5],
    calls: 'ticket',
    tells: (agent) => ({ unpriced: OWNERS[agent]!, 'undeclared-use': SECURITY }),
    profile: { model: 'claude-next-20261101' },
  },
  {
    name: 'an unregistered agent',
    agents: ['travel-planner'],
    days: WORKDAYS,
    begins: [9, 14],
    lasts: [4, 30],
    calls: 'ticket',
    tells: () => ({ 'unregistered-agent': SECURITY }),
    profile: { traffic: 1 },
  },
  {
    name: 'approvals wait beyond their SLA',
    agents: ['customer-support'],
    days: EVERY_DAY,
    begins: [9, 18],
    lasts: [2, 4],
    lingers: 4,
    calls: 'page',
    tells: (agent) => ({ 'approval-overdue': 'care-reviews', ...missed(agent), ...unusual(agent) }),
    misses: ['task_latency'],
    profile: {
      pays: { tool: 'issue_refund', median: 18_000, share: 0.3 },
      approval: {
        over: 0,
        slaMinutes: 30,
        timeoutMinutes: 480,
        waitMinutes: 150,
        channel: 'care-reviews',
        reviewers: ['mei.fujita'],
        spread: 0.2,
        forgotten: 0,
        unanswered: 0,
      },
    },
  },
  {
    name: 'an undeclared tool',
    agents: ['it-helpdesk'],
    days: WORKDAYS,
    begins: [9, 15],
    lasts: [2, 6],
    calls: 'ticket',
    tells: () => ({ 'undeclared-use': SECURITY }),
    profile: { tools: ['search_knowledge', 'check_device', 'delete_account', 'create_ticket'] },
  },
  {
    name: 'calls without their approval',
    agents: ['invoice-matching'],
    days: WORKDAYS,
    begins: [9, 11],
    lasts: [6, 9],
    calls: 'page',
    tells: () => ({ 'unapproved-call': SECURITY }),
    profile: {
      pays: { tool: 'book_invoice', median: 400_000 },
      approval: {
        over: 500_000,
        slaMinutes: 1440,
        timeoutMinutes: 4320,
        waitMinutes: 140,
        channel: 'expense-approvals',
        reviewers: ['yuki.sato', 'hana.ito'],
        forgotten: 1,
      },
    },
  },
  {
    name: 'more tool calls while success holds',
    agents: ['code-review', 'it-helpdesk', 'inventory-reordering'],
    days: [0, 1],
    begins: [8, 12],
    lasts: [90, 110],
    calls: 'ticket',
    tells: unusual,
    profile: { effort: 2.6 },
  },
  {
    name: 'tasks take too long',
    agents: ['customer-support'],
    days: EVERY_DAY,
    begins: [8, 16],
    lasts: [4, 6],
    calls: 'page',
    tells: (agent) => ({ ...missed(agent), ...unusual(agent) }),
    objective: 'task_latency',
    misses: ['task_latency'],
    profile: { pace: 20 },
  },
  {
    name: 'tasks cost too much',
    agents: ['expense-reimbursement'],
    days: [0, 1, 2, 3],
    begins: [9, 14],
    lasts: [24, 30],
    calls: 'page',
    tells: (agent) => ({ ...missed(agent), ...unusual(agent), ...spent(agent) }),
    objective: 'cost_per_task',
    misses: ['cost_per_task'],
    profile: { inputTokens: 16_000 },
  },
];

export const DISTURBANCES: readonly Kind[] = [
  {
    name: 'a release makes tasks longer for an hour',
    agents: ['customer-support', 'it-helpdesk'],
    days: WORKDAYS,
    begins: [9, 16],
    lasts: [1, 1],
    calls: null,
    profile: { pace: 6, effort: 1.5 },
  },
  {
    name: 'a burst of legitimate work',
    agents: ['customer-support', 'it-helpdesk', 'invoice-matching'],
    days: WORKDAYS,
    begins: [9, 14],
    lasts: [2, 3],
    calls: null,
    profile: { traffic: 4 },
  },
  {
    name: 'single failures at low traffic',
    agents: ['inventory-reordering'],
    days: EVERY_DAY,
    begins: [0, 6],
    lasts: [2, 3],
    calls: null,
    tells: missed,
    objective: 'task_success',
    misses: ['task_success'],
    profile: { success: 0 },
  },
  {
    name: 'an agent polls a slow device',
    agents: ['it-helpdesk'],
    days: WORKDAYS,
    begins: [9, 15],
    lasts: [2, 3],
    calls: null,
    profile: { polls: { tool: 'check_device', times: 25, everySeconds: 20 } },
  },
  {
    name: 'telemetry is twenty minutes late',
    agents: ['all'],
    days: EVERY_DAY,
    begins: [0, 23],
    lasts: [0.3, 0.35],
    calls: null,
    isOutage: true,
  },
  {
    name: 'a provider refuses for twenty minutes',
    agents: ['customer-support', 'expense-reimbursement'],
    days: WORKDAYS,
    begins: [9, 17],
    lasts: [0.3, 0.4],
    calls: null,
    profile: { modelError: 0.5 },
  },
];
