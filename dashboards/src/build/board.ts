import type { GeneratedFile } from '@agentops/registry';
import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type { Placed } from './panels.ts';

/** Who a dashboard is for: a folder of Grafana each. */
export const FOLDERS = ['Operations', 'Costs', 'Governance', 'Pipeline'] as const;
export type Folder = (typeof FOLDERS)[number];

export interface Section {
  /** Left out, the panels stand without a row above them. */
  readonly title?: string;
  readonly panels: readonly Placed[];
}

export interface Board {
  /** Stable, at most 40 characters: part of every link. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly folder: Folder;
  readonly from?: string;
  readonly variables: readonly cog.Builder<dashboard.VariableModel>[];
  readonly sections: readonly Section[];
  readonly timeZone: string;
  readonly fiscalMonth: number;
}

export const GRID_WIDTH = 24;

/** Panels from left to right, a new line where one does not fit: nothing overlaps. */
export function buildBoard(board: Board): dashboard.Dashboard {
  let builder = new dashboard.DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags(['agentops', board.folder.toLowerCase()])
    .timezone(board.timeZone)
    .fiscalYearStartMonth(board.fiscalMonth)
    .time({ from: board.from ?? 'now-7d', to: 'now' })
    .refresh('1m')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .readonly()
    .variables([...board.variables])
    .link(
      new dashboard.DashboardLinkBuilder('agentops')
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags(['agentops'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  let id = 0;
  let y = 0;
  const rows: { readonly title: string; readonly y: number; readonly id: number; readonly after: number }[] =
    [];
  let panels = 0;
  for (const section of board.sections) {
    if (section.title !== undefined) {
      rows.push({ title: section.title, y: y++, id: ++id, after: panels });
    }
    let x = 0;
    let height = 0;
    for (const panel of section.panels) {
      if (x + panel.width > GRID_WIDTH) {
        x = 0;
        y += height;
        height = 0;
      }
      builder = builder.withPanel(panel.place(++id, { x, y, w: panel.width, h: panel.height }));
      panels++;
      x += panel.width;
      height = Math.max(height, panel.height);
    }
    y += height;
  }
  const built = builder.build();
  const list: (dashboard.Panel | dashboard.RowPanel)[] = [...(built.panels ?? [])];
  // The SDK's rows take panels in and are closed: an open row stands before its panels.
  for (const row of rows.reverse()) {
    list.splice(row.after, 0, {
      type: 'row',
      id: row.id,
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y: row.y, w: GRID_WIDTH, h: 1 },
      panels: [],
    });
  }
  return {
    ...built,
    templating: { list: built.templating?.list?.map(asList) ?? [] },
    schemaVersion: 42,
    panels: list,
  };
}

const INTERVAL: ReadonlySet<string> = new Set(['auto', 'auto_min', 'auto_count']);

/** The SDK gives every variable what belongs to variables of intervals. */
function asList(variable: dashboard.VariableModel): dashboard.VariableModel {
  const kept = Object.entries(variable).filter(([key]) => !INTERVAL.has(key));
  return Object.fromEntries(kept) as unknown as dashboard.VariableModel;
}

export function boardFile(board: Board): GeneratedFile {
  return {
    path: `dashboards/generated/${board.folder.toLowerCase()}/${board.uid}.json`,
    text: `${JSON.stringify(buildBoard(board), null, 2)}\n`,
  };
}
