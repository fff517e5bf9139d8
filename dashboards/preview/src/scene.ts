import {
  CustomVariable,
  EmbeddedScene,
  QueryVariable,
  SceneControlsSpacer,
  SceneDataTransformer,
  SceneGridItem,
  SceneGridLayout,
  SceneGridRow,
  SceneQueryRunner,
  SceneRefreshPicker,
  SceneTimePicker,
  SceneTimeRange,
  SceneVariableSet,
  TextBoxVariable,
  VariableValueSelectors,
  VizPanel,
} from '@grafana/scenes';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly collapsed?: boolean;
  readonly options?: object;
  readonly fieldConfig?: object;
  readonly targets?: readonly object[];
  readonly transformations?: readonly object[];
  readonly datasource?: { readonly uid: string; readonly type: string };
}

interface Variable {
  readonly name: string;
  readonly label?: string;
  readonly type: string;
  readonly query?: unknown;
  readonly hide?: number;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly current?: { readonly text?: unknown; readonly value?: unknown };
}

/** Classic dashboard JSON, as far as the generated dashboards use it. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly timezone?: string;
  readonly fiscalYearStartMonth?: number;
  readonly time?: { readonly from: string; readonly to: string };
  readonly refresh?: string;
  readonly panels: readonly Panel[];
  readonly templating?: { readonly list?: readonly Variable[] };
}

/** Nobody sees or chooses it. */
const HIDDEN = 2;

function variableOf(
  variable: Variable,
  source: { uid: string; type: string },
): CustomVariable | QueryVariable | TextBoxVariable {
  const { name, label, current } = variable;
  if (variable.type === 'textbox')
    return new TextBoxVariable({ name, label: label ?? name, value: String(current?.value ?? '') });
  if (variable.type === 'custom')
    return new CustomVariable({
      name,
      label: label ?? name,
      query: String(variable.query ?? ''),
      value: String(current?.value ?? ''),
      text: String(current?.text ?? ''),
    });
  return new QueryVariable({
    name,
    label: label ?? name,
    datasource: source,
    query: variable.query as never,
    isMulti: variable.multi ?? false,
    includeAll: variable.includeAll ?? false,
    ...(variable.includeAll && { value: ['$__all'], text: ['All'] }),
    hide: variable.hide ?? 0,
    skipUrlSync: variable.hide === HIDDEN,
    refresh: 2,
    sort: 0,
  });
}

function panelOf(panel: Panel, source: { uid: string; type: string }): VizPanel {
  return new VizPanel({
    key: `panel-${panel.id}`,
    title: panel.title,
    description: panel.description ?? '',
    pluginId: panel.type,
    options: (panel.options ?? {}) as never,
    fieldConfig: (panel.fieldConfig ?? { defaults: {}, overrides: [] }) as never,
    ...(panel.targets !== undefined &&
      panel.targets.length > 0 && {
        $data: new SceneDataTransformer({
          $data: new SceneQueryRunner({
            datasource: source,
            queries: panel.targets as never,
            maxDataPoints: 120,
          }),
          transformations: [...(panel.transformations ?? [])] as never,
        }),
      }),
  });
}

/** The dashboard as a scene of Grafana's own library. `narrow`: one panel beneath the other, for a phone. */
export function sceneOf(
  dashboard: Dashboard,
  source: { uid: string; type: string },
  narrow: boolean,
): EmbeddedScene {
  const children: (SceneGridItem | SceneGridRow)[] = [];
  let row: SceneGridRow | undefined;
  let y = 0;
  for (const panel of dashboard.panels) {
    const at = panel.gridPos;
    if (panel.type === 'row') {
      row = new SceneGridRow({
        key: `row-${panel.id}`,
        title: panel.title,
        y: narrow ? y++ : at.y,
        isCollapsible: true,
        isCollapsed: panel.collapsed ?? false,
        children: [],
      });
      children.push(row);
      continue;
    }
    const item = new SceneGridItem({
      x: narrow ? 0 : at.x,
      y: narrow ? y : at.y,
      width: narrow ? 24 : at.w,
      height: at.h,
      isResizable: false,
      isDraggable: false,
      body: panelOf(panel, source),
    });
    y += at.h;
    if (row === undefined) children.push(item);
    else row.setState({ children: [...row.state.children, item] });
  }
  return new EmbeddedScene({
    $timeRange: new SceneTimeRange({
      from: dashboard.time?.from ?? 'now-7d',
      to: dashboard.time?.to ?? 'now',
      timeZone: dashboard.timezone ?? 'browser',
      ...(dashboard.fiscalYearStartMonth !== undefined && {
        fiscalYearStartMonth: dashboard.fiscalYearStartMonth,
      }),
    }),
    $variables: new SceneVariableSet({
      variables: (dashboard.templating?.list ?? []).map((variable) => variableOf(variable, source)),
    }),
    controls: [
      new VariableValueSelectors({}),
      new SceneControlsSpacer(),
      new SceneTimePicker({ isOnCanvas: true }),
      new SceneRefreshPicker({
        intervals: ['10s', '1m', '5m'],
        refresh: dashboard.refresh ?? '',
        isOnCanvas: true,
      }),
    ],
    body: new SceneGridLayout({ isLazy: false, isDraggable: false, isResizable: false, children }),
  });
}
