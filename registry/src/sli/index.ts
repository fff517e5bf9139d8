import { conservation } from './conservation.ts';
import { costPerTask } from './cost-per-task.ts';
import { evaluationScore } from './evaluation-score.ts';
import { freshness } from './freshness.ts';
import { knownOutcomes } from './known-outcomes.ts';
import { loopFree } from './loop-free.ts';
import { plannedHumanShare } from './planned-human-share.ts';
import { policyClean } from './policy-clean.ts';
import { pricedTokens } from './priced-tokens.ts';
import { reviewerResponse } from './reviewer-response.ts';
import { taskLatency } from './task-latency.ts';
import { taskSuccess } from './task-success.ts';
import { toolCallsPerTask } from './tool-calls-per-task.ts';
import { toolSuccess } from './tool-success.ts';
import type { Sli } from './types.ts';
import { unplannedHumanShare } from './unplanned-human-share.ts';

/** What an objective of an agent may name. */
const AGENT_SLIS = [
  taskSuccess,
  toolCallsPerTask,
  plannedHumanShare,
  unplannedHumanShare,
  costPerTask,
  taskLatency,
  loopFree,
  toolSuccess,
  reviewerResponse,
  evaluationScore,
  policyClean,
] as const;

/** How far the numbers can be trusted. */
const PIPELINE_SLIS = [freshness, pricedTokens, knownOutcomes, conservation] as const;

export type AgentSliId = (typeof AGENT_SLIS)[number]['id'];
export type PipelineSliId = (typeof PIPELINE_SLIS)[number]['id'];
export type SliId = AgentSliId | PipelineSliId;

/** Every SLI, those of agents first. */
export const SLI_DEFINITIONS: readonly (Sli & { readonly id: SliId })[] = [...AGENT_SLIS, ...PIPELINE_SLIS];

/** Ids of the SLIs that an objective may name. */
export const SLIS: readonly AgentSliId[] = AGENT_SLIS.map(({ id }) => id);

export function sliOf(id: SliId): Sli & { readonly id: SliId } {
  return SLI_DEFINITIONS.find((sli) => sli.id === id)!;
}

export { SLI_SOURCES, type SliSourceSql } from './sources.ts';
export type { Sli, SliBound, SliSource, SliSql } from './types.ts';
