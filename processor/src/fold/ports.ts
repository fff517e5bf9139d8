import type { ToolRules } from '../loops/index.ts';
import type { ModelFacts, Step } from '../model.ts';

/**
 * What the fold needs to know of the registry, as of a time. Implemented over the published versions; a step uses the
 * version that was valid when it ended.
 */
export interface RegistryTimeline {
  at(timeNs: bigint): RegistryFacts;
  /** The version that a step uses: the one at its end. */
  of(step: Ended): RegistryFacts;
}

/** When a step ended: in nanoseconds since the epoch, and in whole milliseconds, which are enough for most comparisons. */
export interface Ended {
  readonly endedAt: bigint;
  readonly endedMs: number;
}

export interface RegistryFacts {
  readonly hash: string;
  /** Earlier than the first version: the first one is used, and that is said. */
  readonly backfilled: boolean;
  /** The agent that a span's resource and names belong to; `unregistered:<name>` when no entry matches. */
  agent(query: AgentQuery): AgentFacts;
  /** The value as the organisation knows it, or `unknown:<value>`. */
  department(value: string): string;
  team(value: string): string;
  costCenter(value: string): string;
}

export interface AgentQuery {
  readonly service: string;
  readonly namespace: string;
  readonly agentName: string;
  readonly agentId: string;
}

export interface AgentFacts {
  readonly id: string;
  readonly registered: boolean;
  readonly stage: string;
  /** Whose work it is when the telemetry does not say. */
  readonly department: string;
  readonly team: string;
  readonly costCenter: string;
  readonly ownerDepartment: string;
  readonly ownerTeam: string;
  readonly ownerCostCenter: string;
  readonly taskTimeoutNs: bigint;
  readonly taskIdleNs: bigint;
  readonly successWithoutVerdict: boolean;
  /** complete | sampled | unknown */
  readonly telemetry: string;
  /** How long its masked content is kept; 0: not at all. */
  readonly keepsContentNs: bigint;
  tool(name: string): ToolEntry | null;
  readonly policy: AgentPolicy;
}

/** What an agent's entry allows. Everything, where there is no entry. */
export interface AgentPolicy {
  /** Version of the agent that the entry describes; '' when it names none. */
  readonly version: string;
  declaresTool(name: string): boolean;
  /** One of the names is enough: what was asked for, what answered. */
  declaresModel(...names: string[]): boolean;
  declaresData(resource: string, effect: string): boolean;
  /** `amount`: decimal text, '' when the call says none. */
  approval(tool: string, amount: string, currency: string, atMs: number): Requirement;
}

/** Whether a call needs a human. `unknown`: a rule names amounts, and the call's cannot be compared with them. */
export interface Requirement {
  readonly rule: '' | 'always' | 'threshold' | 'sample' | 'unknown';
  /** Share of the calls that a sample takes. */
  readonly percent: number;
}

export interface ToolEntry extends ToolRules {
  readonly risk: string;
  readonly resource: string;
  /** Of one call: `5 JPY`; null when it has none. */
  readonly price: string | null;
}

/** A model call, as far as its price depends on it. */
export type PricedCall = Omit<ModelFacts, 'responseId' | 'toolCalls'>;

/** What a price is asked for by: a step, as far as its price depends on it. */
export interface PricedStep extends PricedCall, Ended, Pick<Step, 'kind'> {
  /** '' when it is no tool's. */
  readonly toolName: string;
}

/** Prices one counted step. A pure function of the step and dated prices. */
export interface Pricing {
  /** null when the step costs nothing that anybody prices: a tool without a price. */
  charge(step: PricedStep, agent: AgentFacts, estimated: boolean): Charge | null;
  /** The reporting currency at a time. */
  currency(timeNs: bigint): string;
}

/** Money in units of 10^-12; null is unknown, never 0. */
export interface Charge {
  readonly kind: 'model' | 'tool';
  readonly provider: string;
  readonly model: string;
  readonly amount: bigint | number | null;
  readonly amountCurrency: string;
  readonly reportedAmount: bigint | number | null;
  readonly reportedCurrency: string;
  readonly cost: bigint | number | null;
  /** The organisation's reporting currency. */
  readonly currency: string;
  readonly state: 'priced' | 'reported' | 'estimated' | 'unpriced' | 'no_rate';
  readonly priceId: string;
  readonly confidence: string;
}
