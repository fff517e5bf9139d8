/** When a person is asked before the paying tool runs. Amounts in JPY. */
export interface ApprovalPolicy {
  /** Above this always; 0 asks for every call. */
  readonly over: number;
  /** Between this and `over`, a share of the calls. */
  readonly sample?: { readonly over: number; readonly share: number };
  readonly slaMinutes: number;
  readonly timeoutMinutes: number;
  /** Median of the reviewers' answers. */
  readonly waitMinutes: number;
  readonly channel: string;
  readonly reviewers: readonly string[];
}

const EXPENSE_APPROVALS = { channel: 'expense-approvals', reviewers: ['yuki.sato', 'hana.ito'] };

/** How one agent of the simulated fleet behaves. Names are those of the sample company's registry. */
export interface Profile {
  readonly service: string;
  readonly agent: string;
  readonly version: string;
  readonly tasksPerDay: number;
  /** Only Monday to Friday, 9 to 18 o'clock in Tokyo. */
  readonly officeHours: boolean;
  readonly taskType: string;
  readonly departments: readonly string[];
  readonly users: number;
  readonly provider: string;
  readonly model: string;
  /** Read first, act last. */
  readonly tools: readonly string[];
  /** The tool that carries an amount of money, and its median in JPY. */
  readonly pays?: { readonly tool: string; readonly median: number };
  readonly approval?: ApprovalPolicy;
  readonly success: number;
  readonly escalates: number;
  /** Share of tasks in which no verdict is sent. */
  readonly silent: number;
  /** Whose word a verdict is: the agent's own, or that of a system of record. */
  readonly verdictBy: 'agent' | 'system';
  /** Share of tasks whose result an evaluator scores. */
  readonly evaluated?: number;
  readonly toolError: number;
  readonly loops: number;
  /** Median input of a model call, cached tokens included. */
  readonly inputTokens: number;
  /** Largest share of the input that is read from the cache, and of what is left that is written to it. */
  readonly cached: number;
  readonly cacheWrites?: number;
  /** Share of the output that is reasoning. */
  readonly reasoning?: number;
  /** Share of the paying calls that this sub-agent does. */
  readonly delegates?: { readonly agent: string; readonly share: number };
}

export const FLEET: readonly Profile[] = [
  {
    service: 'expense-reimbursement',
    agent: 'expense-reimbursement',
    version: '2.3.0',
    tasksPerDay: 40,
    officeHours: true,
    taskType: 'expense-claim',
    departments: ['finance', 'it', 'marketing', 'customer-care'],
    users: 120,
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    tools: ['read_claim', 'check_policy', 'pay_claim'],
    pays: { tool: 'pay_claim', median: 24_000 },
    approval: {
      ...EXPENSE_APPROVALS,
      over: 100_000,
      sample: { over: 10_000, share: 0.05 },
      slaMinutes: 240,
      timeoutMinutes: 1440,
      waitMinutes: 35,
    },
    success: 0.93,
    escalates: 0.02,
    silent: 0,
    verdictBy: 'system',
    toolError: 0.02,
    loops: 0.01,
    inputTokens: 2600,
    cached: 0.4,
  },
  {
    service: 'customer-support',
    agent: 'customer-support',
    version: '5.1.2',
    tasksPerDay: 160,
    officeHours: false,
    taskType: 'customer-request',
    departments: ['customer-care'],
    users: 2000,
    provider: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    tools: ['lookup_booking', 'search_flights', 'change_booking', 'issue_refund', 'send_email'],
    pays: { tool: 'issue_refund', median: 18_000 },
    approval: {
      over: 0,
      slaMinutes: 30,
      timeoutMinutes: 240,
      waitMinutes: 9,
      channel: 'care-reviews',
      reviewers: ['mei.fujita'],
    },
    success: 0.76,
    escalates: 0.08,
    silent: 0.04,
    verdictBy: 'agent',
    toolError: 0.04,
    loops: 0.02,
    inputTokens: 5200,
    cached: 0.7,
    cacheWrites: 0.3,
    delegates: { agent: 'refund-specialist', share: 0.15 },
  },
  {
    service: 'invoice-matching',
    agent: 'invoice-matching',
    version: '1.8.4',
    tasksPerDay: 55,
    officeHours: true,
    taskType: 'supplier-invoice',
    departments: ['finance'],
    users: 8,
    provider: 'gcp.gemini',
    model: 'gemini-2.5-flash',
    tools: ['read_invoice', 'find_order', 'book_invoice'],
    pays: { tool: 'book_invoice', median: 180_000 },
    approval: {
      ...EXPENSE_APPROVALS,
      over: 500_000,
      slaMinutes: 1440,
      timeoutMinutes: 4320,
      waitMinutes: 140,
    },
    success: 0.96,
    escalates: 0.01,
    silent: 0,
    verdictBy: 'system',
    toolError: 0.01,
    loops: 0.004,
    inputTokens: 6800,
    cached: 0.2,
    reasoning: 0.4,
  },
  {
    service: 'it-helpdesk',
    agent: 'it-helpdesk',
    version: '3.0.1',
    tasksPerDay: 70,
    officeHours: true,
    taskType: 'ticket',
    departments: ['it', 'finance', 'marketing', 'customer-care'],
    users: 300,
    provider: 'openai',
    model: 'gpt-4.1-mini-2025-04-14',
    tools: ['search_knowledge', 'check_device', 'reset_password', 'create_ticket'],
    success: 0.88,
    escalates: 0.05,
    silent: 0.03,
    verdictBy: 'agent',
    toolError: 0.03,
    loops: 0.03,
    inputTokens: 3400,
    cached: 0.5,
  },
  {
    service: 'inventory-reordering',
    agent: 'inventory-reordering',
    version: '0.9.7',
    tasksPerDay: 24,
    officeHours: false,
    taskType: 'reorder',
    departments: ['finance'],
    users: 3,
    provider: 'self-hosted',
    model: 'kitano-forecast-70b',
    tools: ['read_stock', 'forecast_demand', 'place_order'],
    pays: { tool: 'place_order', median: 90_000 },
    approval: {
      ...EXPENSE_APPROVALS,
      over: 300_000,
      slaMinutes: 240,
      timeoutMinutes: 1440,
      waitMinutes: 60,
    },
    success: 0.92,
    escalates: 0.01,
    silent: 0,
    verdictBy: 'system',
    toolError: 0.02,
    loops: 0.01,
    inputTokens: 1900,
    cached: 0,
  },
  {
    service: 'code-review',
    agent: 'code-review',
    version: '0.4.0',
    tasksPerDay: 30,
    officeHours: true,
    taskType: 'pull-request',
    departments: ['it'],
    users: 25,
    provider: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    tools: ['read_diff', 'run_tests', 'post_comment'],
    success: 0.7,
    escalates: 0.02,
    silent: 0.35,
    verdictBy: 'agent',
    toolError: 0.05,
    loops: 0.05,
    inputTokens: 14_000,
    cached: 0.6,
    cacheWrites: 0.3,
  },
  {
    service: 'marketing-copy',
    agent: 'marketing-copy',
    version: '0.2.3',
    tasksPerDay: 18,
    officeHours: true,
    taskType: 'copy',
    departments: ['marketing'],
    users: 6,
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    tools: ['search_products', 'save_draft'],
    success: 0.68,
    escalates: 0,
    silent: 0.2,
    verdictBy: 'agent',
    evaluated: 0.8,
    toolError: 0.02,
    loops: 0.01,
    inputTokens: 2100,
    cached: 0.1,
  },
  {
    // Retired in the registry, and yet somebody still runs it.
    service: 'faq-bot',
    agent: 'faq-bot',
    version: '1.2.0',
    tasksPerDay: 5,
    officeHours: false,
    taskType: 'question',
    departments: ['customer-care'],
    users: 40,
    provider: 'openai',
    model: 'gpt-4o-mini-2024-07-18',
    tools: ['search_faq'],
    success: 0.6,
    escalates: 0,
    silent: 0.5,
    verdictBy: 'agent',
    toolError: 0.02,
    loops: 0,
    inputTokens: 900,
    cached: 0,
  },
  {
    // In no registry at all.
    service: 'sales-notebook',
    agent: 'lead-scraper',
    version: '0.0.1',
    tasksPerDay: 9,
    officeHours: true,
    taskType: '',
    departments: [],
    users: 2,
    provider: 'openai',
    model: 'gpt-4.1-2025-04-14',
    tools: ['fetch_page', 'write_crm'],
    success: 0.5,
    escalates: 0,
    silent: 1,
    verdictBy: 'agent',
    toolError: 0.08,
    loops: 0.06,
    inputTokens: 7000,
    cached: 0,
  },
];
