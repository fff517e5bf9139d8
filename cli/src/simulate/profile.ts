/** When a person is asked before the paying tool runs. Amounts in JPY. */
export interface ApprovalPolicy {
  /** Above this always; 0 asks for every call. */
  readonly over: number;
  /** Between this and `over`, a share of the calls. */
  readonly sample?: { readonly over: number; readonly share: number };
  readonly slaMinutes: number;
  readonly timeoutMinutes: number;
  /** Median of the reviewers' answers, and how far they scatter (of the logarithm; default 1.2). */
  readonly waitMinutes: number;
  readonly spread?: number;
  /** Share of the calls that nobody is asked about (default 0.02), and of the requests that nobody answers (0.01). */
  readonly forgotten?: number;
  readonly unanswered?: number;
  readonly channel: string;
  readonly reviewers: readonly string[];
}

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
  /** The tool that carries an amount of money, its median in JPY, and the share of tasks that call it (default 0.7). */
  readonly pays?: { readonly tool: string; readonly median: number; readonly share?: number };
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
  /** Share of model calls that are refused, and made again; default 0.004. */
  readonly modelError?: number;
  readonly loops: number;
  /** Rounds of a circle, at least and at most; default 5 and 14. */
  readonly rounds?: readonly [number, number];
  /** Median input of a model call, cached tokens included. */
  readonly inputTokens: number;
  /** Largest share of the input that is read from the cache, and of what is left that is written to it. */
  readonly cached: number;
  readonly cacheWrites?: number;
  /** Share of the output that is reasoning. */
  readonly reasoning?: number;
  /** Share of the paying calls that this sub-agent does. */
  readonly delegates?: { readonly agent: string; readonly share: number };
  /** Share of tasks that take seven times the usual input; default 0.015. */
  readonly overspends?: number;
  /** Tasks in place of each; default 1. */
  readonly traffic?: number;
  /** How much longer calls take; default 1. */
  readonly pace?: number;
  /** How often it calls each tool that moves no money, each time for something else; default 1. */
  readonly effort?: number;
  /** Asks a tool so often for the same, until it is ready. */
  readonly polls?: { readonly tool: string; readonly times: number; readonly everySeconds: number };
}

/** An agent behaves otherwise for a while: tasks that begin from `from` to before `to`, ms since the epoch. */
export interface Change {
  readonly agent: string;
  readonly from: number;
  readonly to: number;
  readonly profile: Partial<Profile>;
}

/** How an agent behaves at a time; of two changes the later one in the list counts. */
export function profileAt(profile: Profile, changes: readonly Change[], at: number): Profile {
  const now = changes.filter(({ agent, from, to }) => agent === profile.agent && at >= from && at < to);
  return now.length === 0 ? profile : Object.assign({}, profile, ...now.map((change) => change.profile));
}
