import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as text from '@grafana/grafana-foundation-sdk/text';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { clickhouse, DATA_SOURCE, type QueryFormat } from './query.ts';

/** Who acts on a panel: one that nobody acts on is not drawn. */
export type Reader = 'operator' | 'owner' | 'finance' | 'reviewers' | 'security' | 'pipeline';

export interface PanelSpec {
  /** A question. */
  readonly title: string;
  /** What the answer means and where its limits are. */
  readonly about: string;
  /** Views that it rests on. */
  readonly from: string;
  readonly reader: Reader;
  readonly sql: string;
  readonly width: number;
  readonly height?: number;
  readonly unit?: string;
  readonly decimals?: number;
  readonly thresholds?: Thresholds;
  readonly mappings?: readonly dashboard.ValueMapping[];
  readonly noValue?: string;
  readonly links?: readonly FieldLink[];
}

/** A colour from a value on; the first holds below. */
export type Thresholds = readonly [base: string, ...steps: (readonly [from: number, color: string])[]];

/** Where a click on a value leads. `field`: in a table, the column that carries it. */
export interface FieldLink {
  readonly title: string;
  readonly url: string;
  readonly field?: string;
}

export interface Placed {
  readonly width: number;
  readonly height: number;
  place(id: number, at: dashboard.GridPos): cog.Builder<dashboard.Panel>;
}

const READERS: Readonly<Record<Reader, string>> = {
  operator: 'the team on call for the agent',
  owner: 'the owner of the agent',
  finance: 'whoever answers for the budget',
  reviewers: 'the lead of the reviewers',
  security: 'security',
  pipeline: 'the team that operates this pipeline',
};

interface AnyBuilder<Self> {
  id(id: number): Self;
  title(title: string): Self;
  description(description: string): Self;
  gridPos(gridPos: dashboard.GridPos): Self;
}

function placed<Builder extends AnyBuilder<Builder> & cog.Builder<dashboard.Panel>>(
  spec: Pick<PanelSpec, 'title' | 'width' | 'height'> & { readonly description: string },
  height: number,
  make: () => Builder,
): Placed {
  return {
    width: spec.width,
    height: spec.height ?? height,
    place: (id, gridPos) => make().id(id).title(spec.title).description(spec.description).gridPos(gridPos),
  };
}

function describe({ about, from, reader }: PanelSpec): string {
  return `${about}\n\nFrom ${from}. For ${READERS[reader]}.`;
}

interface DataBuilder<Self> extends AnyBuilder<Self> {
  datasource(datasource: common.DataSourceRef): Self;
  withTarget(target: cog.Builder<cog.Dataquery>): Self;
  unit(unit: string): Self;
  decimals(decimals: number): Self;
  noValue(noValue: string): Self;
  thresholds(thresholds: cog.Builder<dashboard.ThresholdsConfig>): Self;
  colorScheme(color: cog.Builder<dashboard.FieldColor>): Self;
  mappings(mappings: dashboard.ValueMapping[]): Self;
  dataLinks(links: cog.Builder<dashboard.DashboardLink>[]): Self;
}

/** What all panels with data have in common. */
function data<Builder extends DataBuilder<Builder>>(
  builder: Builder,
  spec: PanelSpec,
  format: QueryFormat,
): Builder {
  let made = builder.datasource(DATA_SOURCE).withTarget(clickhouse(spec.sql, format));
  if (spec.unit !== undefined) made = made.unit(spec.unit);
  if (spec.decimals !== undefined) made = made.decimals(spec.decimals);
  if (spec.thresholds !== undefined) made = made.thresholds(steps(spec.thresholds));
  if (spec.mappings !== undefined) made = made.mappings([...spec.mappings]);
  const everywhere = (spec.links ?? []).filter(({ field }) => field === undefined);
  if (everywhere.length > 0) made = made.dataLinks(everywhere.map(link));
  return made.noValue(spec.noValue ?? 'nothing in this time');
}

function steps([base, ...rest]: Thresholds): dashboard.ThresholdsConfigBuilder {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps([{ value: null, color: base }, ...rest.map(([value, color]) => ({ value, color }))]);
}

function link({ title, url }: FieldLink): dashboard.DashboardLinkBuilder {
  return new dashboard.DashboardLinkBuilder(title).url(url);
}

const byThresholds = (): dashboard.FieldColorBuilder =>
  new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds);

/** One value, or a few with their names. */
export function statPanel(spec: PanelSpec): Placed {
  return placed({ ...spec, description: describe(spec) }, 4, () =>
    data(new stat.PanelBuilder(), { mappings: UNKNOWN, ...spec }, 'table')
      .colorScheme(byThresholds())
      .colorMode(
        spec.thresholds === undefined ? common.BigValueColorMode.None : common.BigValueColorMode.Value,
      )
      .graphMode(common.BigValueGraphMode.None)
      .textMode(common.BigValueTextMode.Auto)
      .justifyMode(common.BigValueJustifyMode.Auto)
      .orientation(common.VizOrientation.Auto)
      .reduceOptions(
        new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('/.*/').values(false),
      ),
  );
}

export interface SeriesSpec extends PanelSpec {
  readonly bars?: boolean;
  readonly stacked?: boolean;
  /** Where the axis begins: 0 unless it is said. */
  readonly min?: number | 'lowest value';
  readonly max?: number;
  /** Colours by the name of a series. */
  readonly colors?: Readonly<Record<string, string>>;
}

/** Values over time: a column `time`, then a series a numeric column, or one a value of a text column. */
export function seriesPanel(spec: SeriesSpec): Placed {
  return placed({ ...spec, description: describe(spec) }, 8, () => {
    let builder = data(new timeseries.PanelBuilder(), spec, 'timeseries')
      .drawStyle(spec.bars ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line)
      .fillOpacity(spec.bars ? 80 : 10)
      .lineWidth(spec.bars ? 0 : 2)
      .barAlignment(common.BarAlignment.After)
      .showPoints(spec.bars ? common.VisibilityMode.Never : common.VisibilityMode.Auto)
      .spanNulls(false)
      .stacking(
        new common.StackingConfigBuilder().mode(
          spec.stacked ? common.StackingMode.Normal : common.StackingMode.None,
        ),
      )
      .legend(
        new common.VizLegendOptionsBuilder()
          .showLegend(true)
          .displayMode(common.LegendDisplayMode.List)
          .placement(common.LegendPlacement.Bottom)
          .calcs([]),
      )
      .tooltip(
        new common.VizTooltipOptionsBuilder()
          .mode(common.TooltipDisplayMode.Multi)
          .sort(common.SortOrder.Descending),
      );
    if (spec.min !== 'lowest value') builder = builder.min(spec.min ?? 0);
    if (spec.max !== undefined) builder = builder.max(spec.max);
    for (const [name, color] of Object.entries(spec.colors ?? {})) {
      builder = builder.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
    }
    return builder;
  });
}

/** How a column of a table looks. */
export interface Column {
  readonly unit?: string;
  readonly decimals?: number;
  readonly width?: number;
  /** Colours the cell by its value. */
  readonly thresholds?: Thresholds;
  /** Draws a bar as long as the value. */
  readonly gauge?: { readonly max?: number };
  readonly mappings?: readonly dashboard.ValueMapping[];
  readonly hidden?: boolean;
  /** Long texts over several lines. */
  readonly wrap?: boolean;
  /** Shown where there is no value; otherwise a dash. */
  readonly noValue?: string;
}

export interface TableSpec extends PanelSpec {
  readonly columns?: Readonly<Record<string, Column>>;
  readonly sort?: { readonly by: string; readonly descending?: boolean };
}

const LINK_WIDTH = 220;

export function tablePanel(spec: TableSpec): Placed {
  return placed({ ...spec, description: describe(spec) }, 9, () => {
    let builder = data(new table.PanelBuilder(), spec, 'table')
      .minWidth(70)
      .cellHeight(common.TableCellHeight.Sm)
      .showHeader(true)
      // What is said of an empty table would stand in every empty cell.
      .overrideByRegexp('.*', [{ id: 'noValue', value: '–' }]);
    if (spec.sort !== undefined) {
      builder = builder.sortBy([
        new common.TableSortByFieldStateBuilder()
          .displayName(spec.sort.by)
          .desc(spec.sort.descending ?? false),
      ]);
    }
    const links = new Map<string, FieldLink[]>();
    for (const one of spec.links ?? []) {
      if (one.field !== undefined) links.set(one.field, [...(links.get(one.field) ?? []), one]);
    }
    const names = new Set([...Object.keys(spec.columns ?? {}), ...links.keys()]);
    for (const name of names) {
      const targets = links.get(name);
      // A name that leads somewhere is to be read and to be met by a finger.
      const column = { ...(targets !== undefined && { width: LINK_WIDTH }), ...spec.columns?.[name] };
      const properties = [...columnProperties(column)];
      if (targets !== undefined) {
        properties.push({
          id: 'links',
          value: targets.map(({ title, url }) => ({ title, url, targetBlank: false })),
        });
      }
      builder = builder.overrideByName(name, properties);
    }
    return builder;
  });
}

function* columnProperties(column: Column): Generator<dashboard.DynamicConfigValue> {
  if (column.unit !== undefined) yield { id: 'unit', value: column.unit };
  if (column.decimals !== undefined) yield { id: 'decimals', value: column.decimals };
  if (column.width !== undefined) yield { id: 'custom.width', value: column.width };
  if (column.noValue !== undefined) yield { id: 'noValue', value: column.noValue };
  if (column.wrap) yield { id: 'custom.wrapText', value: true };
  if (column.hidden) yield { id: 'custom.hideFrom.viz', value: true };
  const mappings = column.mappings ?? (column.thresholds === undefined ? undefined : UNKNOWN);
  if (mappings !== undefined) yield { id: 'mappings', value: mappings };
  const colors = column.thresholds ?? (column.gauge === undefined ? undefined : PLAIN);
  if (colors !== undefined) {
    yield { id: 'thresholds', value: steps(colors).build() };
    yield { id: 'color', value: { mode: 'thresholds' } };
  }
  if (column.gauge !== undefined) {
    yield { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } };
    yield { id: 'min', value: 0 };
    if (column.gauge.max !== undefined) yield { id: 'max', value: column.gauge.max };
  } else if (column.thresholds !== undefined) {
    yield { id: 'custom.cellOptions', value: { type: 'color-text' } };
  }
}

const PLAIN: Thresholds = ['blue'];

/** What is not known is neither good nor bad. */
const UNKNOWN: readonly dashboard.ValueMapping[] = [
  {
    type: dashboard.MappingType.SpecialValue,
    options: { match: dashboard.SpecialValueMatch.Null, result: { text: '–', color: 'text' } },
  },
];

/** A bar for each row: a text column names it, a number is its length. */
export function barPanel(spec: PanelSpec & { readonly min?: number; readonly max?: number }): Placed {
  return placed({ ...spec, description: describe(spec) }, 8, () => {
    let builder = data(
      new bargauge.PanelBuilder(),
      { ...spec, thresholds: spec.thresholds ?? PLAIN },
      'table',
    )
      .colorScheme(byThresholds())
      .displayMode(common.BarGaugeDisplayMode.Basic)
      .orientation(common.VizOrientation.Horizontal)
      .valueMode(common.BarGaugeValueMode.Text)
      .showUnfilled(true)
      .reduceOptions(
        new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(true).limit(20),
      )
      .min(spec.min ?? 0);
    if (spec.max !== undefined) builder = builder.max(spec.max);
    return builder;
  });
}

/** One trace as a waterfall: columns `traceID`, `spanID`, `parentSpanID`, `operationName`, … as Grafana names them. */
export function tracePanel(spec: PanelSpec): Placed {
  return placed({ ...spec, description: describe(spec) }, 12, () =>
    data(new dashboard.PanelBuilder().type('traces'), spec, 'traces'),
  );
}

/** Words that every reader of the dashboard needs. */
export function textPanel(title: string, markdown: string, width: number, height: number): Placed {
  return placed({ title, width, height, description: '' }, height, () =>
    new text.PanelBuilder().mode(text.TextMode.Markdown).content(markdown),
  );
}
