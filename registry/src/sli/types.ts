/** What an SLI's events are read from: a documented view, one row an event. */
export type SliSource = 'tasks' | 'approvals' | 'scores' | 'charges' | 'steps' | 'receipts';

/**
 * SQL (ClickHouse) over the columns of the source's rows. Each is a number, so that sums over events are the SLI's
 * numerator and denominator.
 */
export interface SliSql {
  readonly source: SliSource;
  /** Weight of a valid event: 1, of tool calls their number; 0 where nobody can judge it. */
  readonly total: string;
  /** What is good of `total`. Absent where a bound of the objective decides it. */
  readonly good?: string;
  /** The measured value of an event, in the unit of the SLI: its mean is the SLI, a bound makes a share of it. */
  readonly value?: string;
  /** When the deciding evidence came; when the event counts, where nothing is said. Burn windows take it. */
  readonly decidedAt?: string;
}

export interface SliBound {
  /** How an objective writes its `at_most`. */
  readonly form: 'number' | 'money' | 'duration';
  readonly example: string;
}

export interface Sli {
  /** Name in the registry, in tables and in labels. */
  readonly id: string;
  /** `agents`: an objective may name it; `pipeline`: it says how far the other numbers can be trusted. */
  readonly scope: 'agents' | 'pipeline';
  readonly title: string;
  /** What a reader wants to know. */
  readonly question: string;
  readonly definition: string;
  /** Of the SLI where no bound makes a share of it: money is in the reporting currency. */
  readonly unit: 'percent' | 'calls' | 'money' | 'ms' | 'score';
  /** Which way is better. */
  readonly direction: 'higher' | 'lower' | 'none';
  readonly numerator: string;
  readonly denominator: string;
  /** What tells how many of the events could be judged, and what cannot be seen. */
  readonly coverage: string;
  readonly bound?: SliBound;
  readonly sql: SliSql;
}
