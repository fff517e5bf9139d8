import { boardsOf, buildBoard, DATA_SOURCE } from '@agentops/dashboards';
import { readRegistry } from '@agentops/processor';
import { organisationSchema, type RegistryDocument } from '@agentops/registry';

/** What the preview page draws. */
export interface PreviewSite {
  readonly company: string;
  readonly source: typeof DATA_SOURCE;
  readonly dashboards: readonly {
    readonly uid: string;
    readonly title: string;
    readonly folder: string;
    readonly description: string;
  }[];
}

export interface PreviewBoards {
  readonly site: PreviewSite;
  /** The JSON that Grafana gets, by uid. */
  readonly json: ReadonlyMap<string, string>;
}

/** The registry of a folder; without one, that of a company that nobody has described. */
export function previewRegistry(registryDir: string | null): RegistryDocument {
  return registryDir === null
    ? { organisation: organisationSchema.parse({ name: 'no registry' }), agents: [] }
    : readRegistry(registryDir);
}

export function previewBoards(registry: RegistryDocument): PreviewBoards {
  const boards = boardsOf(registry);
  return {
    site: {
      company: registry.organisation.name,
      source: DATA_SOURCE,
      dashboards: boards.map(({ uid, title, folder, description }) => ({ uid, title, folder, description })),
    },
    json: new Map(boards.map((board) => [board.uid, JSON.stringify(buildBoard(board))])),
  };
}
