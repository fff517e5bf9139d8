import { type RegistryDocument, seconds } from '@agentops/registry';

/** An objective on a share of good events. */
export interface ShareObjective {
  readonly agent: string;
  /** The SLI; with its bound where it has one: as in the views. */
  readonly slo: string;
  /** Percent; null where it is only measured. */
  readonly objective: number | null;
  readonly windowS: number;
  readonly stage: 'pilot' | 'production';
}

/** SLIs whose `objective` is a share of good events with a better and a worse side. */
export const SHARES: ReadonlySet<string> = new Set([
  'task_success',
  'unplanned_human_share',
  'loop_free',
  'tool_success',
  'policy_clean',
  'reviewer_response',
]);

/** What agents at work are held to, or only measured by, where that is a share: of an SLI that is one, or of what a bound makes one. */
export function shareObjectives({ agents }: RegistryDocument): ShareObjective[] {
  const found = agents.flatMap(({ id, stage, slos }) =>
    stage === 'retired'
      ? []
      : slos
          .filter(({ sli, at_most: bound }) => bound !== undefined || SHARES.has(sli))
          .map(({ sli, objective, at_most: bound, window }) => ({
            agent: id,
            slo: bound === undefined ? sli : `${sli} <= ${bound}`,
            objective: typeof objective === 'number' ? objective : null,
            windowS: seconds(window),
            stage,
          })),
  );
  return [...new Map(found.map((one) => [`${one.agent}\n${one.slo}`, one])).values()];
}
