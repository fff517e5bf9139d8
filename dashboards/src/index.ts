import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { agentBoard } from './boards/agent.ts';
import { contextOf } from './boards/context.ts';
import { costBoard } from './boards/cost.ts';
import { fleetBoard } from './boards/fleet.ts';
import { governanceBoard } from './boards/governance.ts';
import { loopsBoard } from './boards/loops.ts';
import { objectivesBoard } from './boards/objectives.ts';
import { peopleBoard } from './boards/people.ts';
import { pipelineBoard } from './boards/pipeline.ts';
import { qualityBoard } from './boards/quality.ts';
import { runBoard } from './boards/run.ts';
import { type Board, boardFile } from './build/board.ts';
import { provisioning } from './provisioning.ts';

export { type Board, buildBoard, FOLDERS, type Folder, GRID_WIDTH } from './build/board.ts';
export { DATA_SOURCE } from './build/query.ts';
export * from './macros/index.ts';

/** Every dashboard of a registry, the first page first. */
export function boardsOf(registry: RegistryDocument): Board[] {
  const context = contextOf(registry);
  return [
    fleetBoard,
    objectivesBoard,
    agentBoard,
    runBoard,
    loopsBoard,
    peopleBoard,
    qualityBoard,
    costBoard,
    governanceBoard,
    pipelineBoard,
  ].map((make) => make(context));
}

/** Every dashboard of a registry, and the provisioning files that mount them. Pure: equal registries, equal files. */
export function generateDashboards(registry: RegistryDocument): GeneratedFile[] {
  return [...boardsOf(registry).map(boardFile), ...provisioning()];
}
