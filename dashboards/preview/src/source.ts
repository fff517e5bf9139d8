import { expandMacros, type Variables } from '@agentops/dashboards/macros';
import type { DataQueryRequest, DataQueryResponse, MetricFindValue } from '@grafana/data';
import { RuntimeDataSource, type SceneObject, sceneGraph } from '@grafana/scenes';
import { authorization } from './api.ts';
import { type Answer, seriesFrames, tableFrame } from './frames.ts';

interface Query {
  readonly refId: string;
  readonly rawSql: string;
  readonly format: number;
}

const SERIES = 0;

/** What the scene's variables stand at, as Grafana's front end sees them. */
export function variablesOf(scene: SceneObject): Variables {
  const found: Record<string, { values: string[]; all: boolean }> = {};
  for (let at: SceneObject | undefined = scene; at !== undefined; at = at.parent) {
    for (const variable of at.state.$variables?.state.variables ?? []) {
      if (variable.state.name in found) continue;
      const state = variable.state as { value?: unknown; options?: readonly { value: unknown }[] };
      const value = Array.isArray(state.value) ? state.value : [state.value ?? ''];
      const all = value.includes('$__all');
      const values = all ? (state.options ?? []).map((option) => option.value) : value;
      found[variable.state.name] = { values: values.map(String), all };
    }
  }
  return found;
}

/** Asks the store through the page's own server. Throws the engine's words. */
export async function ask(sql: string, signal?: AbortSignal): Promise<Answer> {
  const answer = await fetch('/api/dashboards/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization() },
    body: JSON.stringify({ sql }),
    ...(signal && { signal }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text.trim());
  return JSON.parse(text) as Answer;
}

/** The data source of the dashboards: macros and variables as in Grafana, then ClickHouse. */
export class ClickHouseSource extends RuntimeDataSource {
  override async query(request: DataQueryRequest): Promise<DataQueryResponse> {
    const scene = (
      request.scopedVars?.['__sceneObject']?.value as { valueOf(): SceneObject } | undefined
    )?.valueOf();
    const variables = scene === undefined ? {} : variablesOf(scene);
    const range = {
      from: request.range.from.valueOf(),
      to: request.range.to.valueOf(),
      intervalMs: request.intervalMs ?? 60_000,
    };
    const targets = request.targets as unknown as readonly Query[];
    const frames = await Promise.all(
      targets.map(async ({ rawSql, refId, format }) => {
        const answer = await ask(expandMacros(rawSql, range, variables));
        return format === SERIES ? seriesFrames(answer, refId) : [tableFrame(answer, refId)];
      }),
    );
    return { data: frames.flat() };
  }

  async metricFindQuery(
    query: unknown,
    options?: {
      range?: { from: unknown; to: unknown };
      scopedVars?: Record<string, { value?: { valueOf(): unknown } }>;
    },
  ): Promise<MetricFindValue[]> {
    const { rawSql } = query as { rawSql: string };
    const scene = options?.scopedVars?.['__sceneObject']?.value?.valueOf() as SceneObject | undefined;
    const range = scene === undefined ? undefined : sceneGraph.getTimeRange(scene).state.value;
    const to = range?.to.valueOf() ?? Date.now();
    const from = range?.from.valueOf() ?? to - 7 * 86_400_000;
    const variables = scene === undefined ? {} : variablesOf(scene);
    const { data } = await ask(expandMacros(rawSql, { from, to, intervalMs: 60_000 }, variables));
    return data.map(([value]) => ({ text: String(value) || '(none)', value: String(value) }));
  }

  override testDatasource(): Promise<{ status: string; message: string }> {
    return Promise.resolve({ status: 'success', message: '' });
  }
}
