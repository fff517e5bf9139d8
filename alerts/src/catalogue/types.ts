import type { Domain, Severity } from '@agentops/registry';

/** Seconds. */
export interface AlertTiming {
  /** How long it must hold before it fires. */
  readonly pending: number;
  /** How long it goes on firing after it has ended. */
  readonly keepFiring: number;
}

export interface AlertDefinition {
  /** Stable: part of links, uids and runbooks. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly domain: Domain;
  /** One sentence with the labels of the instance and its value, as Grafana's and Prometheus's templates write them. */
  readonly summary: string;
  /** What it means, and what it does not. */
  readonly meaning: string;
  /** What whoever is called does first. */
  readonly firstSteps: readonly string[];
  /**
   * ClickHouse SQL with macros of the data source's back end: one numeric column, all others String, which become labels;
   * a row for every instance, also for those that are well.
   */
  readonly sql: string;
  /** Fires above it. */
  readonly above: number;
  readonly timing: AlertTiming;
  /** Queries that a runbook begins with: question and SQL over the documented views. */
  readonly questions: readonly { readonly ask: string; readonly sql: string }[];
  /** uid of the dashboard that shows it. */
  readonly dashboard: string;
  /** Labels that its instances carry, besides severity, domain and alert. */
  readonly labels: readonly string[];
  /** What the absence of any row means. */
  readonly noData: 'ok' | 'alerting';
}

/** Why a rule cannot be made from the registry: where and what to do. */
export interface RefusedRule {
  readonly agent: string;
  readonly slo: string;
  readonly reason: string;
}
