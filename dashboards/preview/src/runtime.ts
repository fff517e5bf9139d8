import * as data from '@grafana/data';
import {
  EventBusSrv,
  FieldConfigOptionsRegistry,
  type GrafanaTheme2,
  type PanelPlugin,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  toDataFrame,
} from '@grafana/data';
import * as runtime from '@grafana/runtime';
import { sceneUtils } from '@grafana/scenes';
import { from, map } from 'rxjs';
import { ClickHouseSource } from './source.ts';

/** Stands in for Grafana's application: what its libraries ask of it, and nothing else. */
export function provideRuntime(
  theme: GrafanaTheme2,
  plugins: ReadonlyMap<string, PanelPlugin>,
  sourceUid: string,
): void {
  runtime.config.theme2 = theme;
  standardEditorsRegistry.setInit(() => []);
  standardFieldConfigEditorRegistry.setInit(() => standardOptions());
  const transformers = new Map(
    Object.values(standardTransformers)
      .filter((one) => one?.id !== undefined)
      .map((one) => [one.id, one]),
  );
  standardTransformersRegistry.setInit(() =>
    [...transformers.values()].map(
      (one) =>
        ({
          id: one.id,
          name: one.name,
          description: one.description,
          transformation: () => Promise.resolve(one),
        }) as never,
    ),
  );
  sceneUtils.registerRuntimeDataSource({
    dataSource: new ClickHouseSource('grafana-clickhouse-datasource', sourceUid),
  });
  runtime.setDataSourceSrv({
    get: () => Promise.reject(new Error('there is one data source')),
    getInstanceSettings: () => undefined,
    getList: () => [],
    reload() {},
    registerRuntimeDataSource() {},
  } as never);
  runtime.setTemplateSrv({
    getVariables: () => [],
    replace: (text: string) => text,
    containsTemplate: () => false,
    updateTimeRange() {},
  } as never);
  runtime.setBackendSrv({ get: () => Promise.resolve({}), fetch: () => from([]) } as never);
  runtime.setRunRequest(((
    source: { query(request: unknown): Promise<{ data: unknown[] }> },
    request: { range: unknown },
    query?: (request: unknown) => Promise<{ data: unknown[] }>,
  ) =>
    from((query ?? source.query.bind(source))(request)).pipe(
      map((answer) => ({
        state: 'Done',
        series: answer.data.map((frame) => toDataFrame(frame)),
        timeRange: request.range,
        request,
        annotations: [],
      })),
    )) as never);
  runtime.setAppEvents(new EventBusSrv() as never);
  const found = { isLoading: false };
  runtime.setPluginLinksHook?.((() => ({ ...found, links: [] })) as never);
  runtime.setPluginComponentsHook?.((() => ({ ...found, components: [] })) as never);
  runtime.setPluginImportUtils({
    importPanelPlugin: (id: string) => {
      const plugin = plugins.get(id);
      return plugin === undefined
        ? Promise.reject(new Error(`this page does not draw panels of the kind ${id}: Grafana does`))
        : Promise.resolve(plugin);
    },
    getPanelPluginFromCache: (id: string) => plugins.get(id),
  } as never);
}

/** Grafana's standard field options, each with the function that applies an override. */
function standardOptions(): never[] {
  const processors: Readonly<Record<string, string>> = {
    unit: 'unitOverrideProcessor',
    min: 'numberOverrideProcessor',
    max: 'numberOverrideProcessor',
    decimals: 'numberOverrideProcessor',
    displayName: 'displayNameOverrideProcessor',
    noValue: 'stringOverrideProcessor',
    thresholds: 'thresholdsOverrideProcessor',
    mappings: 'valueMappingsOverrideProcessor',
    links: 'dataLinksOverrideProcessor',
    color: 'identityOverrideProcessor',
    filterable: 'booleanOverrideProcessor',
    fieldMinMax: 'booleanOverrideProcessor',
    description: 'stringOverrideProcessor',
    actions: 'identityOverrideProcessor',
    displayNameFromDS: 'stringOverrideProcessor',
    interval: 'identityOverrideProcessor',
  };
  const registry = new FieldConfigOptionsRegistry(
    () =>
      Object.entries(processors).map(([id, name]) => ({
        id,
        path: id,
        name: id,
        process: (data as unknown as Record<string, unknown>)[name],
        shouldApply: () => true,
        override: null,
        editor: null,
        settings: { expandTemplateVars: true },
      })) as never,
  );
  return registry.list() as never[];
}
