import { expandMacros, GRID_WIDTH, type Variables } from '@agentops/dashboards';
import * as units from '@grafana/grafana-foundation-sdk/units';

export interface Target {
  readonly refId: string;
  rawSql: string;
}

/** What of a dashboard's JSON is looked at. */
export interface Sheet {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: { name: string }[] };
  readonly panels: {
    id: number;
    readonly type: string;
    title: string;
    description?: string;
    gridPos: { x: number; y: number; w: number; h: number };
    readonly datasource?: { uid: string };
    readonly targets?: Target[];
    readonly fieldConfig?: {
      readonly defaults: { unit?: string; readonly links?: { url: string }[] };
      readonly overrides: { readonly properties: { readonly id: string; readonly value?: unknown }[] }[];
    };
  }[];
}

type Panel = Sheet['panels'][number];

const RANGE = { from: 1_795_000_000_000, to: 1_795_086_400_000, intervalMs: 60_000 };
const UNITS = new Set(Object.values(units).map(String));
/** Grafana's custom and currency units are open: these are those that it knows by code. */
const KNOWN_CURRENCIES = /^currency(USD|GBP|EUR|JPY|CHF|INR|KRW|BRL|SEK|NOK|DKK|PLN|CZK|CNY|AUD|CAD)$/;

/** What would be wrong in Grafana though it is valid JSON; `boards`: uids that links may lead to. */
export function problemsOf(sheet: Sheet, boards: ReadonlySet<string>): string[] {
  const { panels, uid } = sheet;
  const variables: Variables = Object.fromEntries(
    sheet.templating.list.map(({ name }) => [name, { values: ['x'], all: false }]),
  );
  return [
    ...(uid.length > 40 ? [`uid ${uid} is longer than 40 characters`] : []),
    ...twice(panels.map(({ id }) => id)).map((id) => `id ${id} stands twice`),
    ...twice(panels.map(({ title }) => title)).map((title) => `title "${title}" stands twice`),
    ...panels.flatMap((panel, i) => [
      ...layoutOf(panel, panels.slice(i + 1)),
      ...(panel.type === 'row' ? [] : wordsOf(panel)),
      ...linksOf(panel, boards),
      ...unitsOf(panel)
        .filter(isUnknown)
        .map((unit) => `${panel.title}: no unit ${unit}`),
      ...(panel.targets ?? []).flatMap(({ rawSql }) => queryOf(panel, rawSql, variables)),
    ]),
  ];
}

function layoutOf({ title, gridPos: a }: Panel, others: readonly Panel[]): string[] {
  const overlapping = others.filter(
    ({ gridPos: b }) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
  );
  return [
    ...(a.x + a.w > GRID_WIDTH ? [`${title}: wider than the page`] : []),
    ...overlapping.map((other) => `${title}: overlaps ${other.title}`),
  ];
}

function wordsOf({ type, title, description }: Panel): string[] {
  if (type === 'text') return [];
  return [
    ...(title.endsWith('?') ? [] : [`${title}: no question`]),
    ...(/From .+\. For .+\./s.test(description ?? '')
      ? []
      : [`${title}: says not where it is from and for whom`]),
  ];
}

function linksOf({ title, fieldConfig }: Panel, boards: ReadonlySet<string>): string[] {
  const urls = JSON.stringify(fieldConfig ?? {}).matchAll(/"url":"\/d\/([\w-]+)/g);
  return [...urls]
    .filter(([, uid]) => !boards.has(uid!))
    .map(([, uid]) => `${title}: a link to ${uid}, which is no board`);
}

function unitsOf({ fieldConfig }: Panel): string[] {
  const properties = (fieldConfig?.overrides ?? []).flatMap((override) => override.properties);
  const own = properties.filter(({ id }) => id === 'unit').map(({ value }) => String(value));
  return [...own, ...(fieldConfig?.defaults.unit === undefined ? [] : [fieldConfig.defaults.unit])];
}

const isUnknown = (unit: string): boolean => !UNITS.has(unit) && !KNOWN_CURRENCIES.test(unit);

/** Of dashboards' own variables only what stands in a link is filled in by Grafana. */
function queryOf({ title }: Panel, rawSql: string, variables: Variables): string[] {
  try {
    expandMacros(rawSql, RANGE, variables);
    return [];
  } catch (error) {
    return [`${title}: ${(error as Error).message}`];
  }
}

function twice<Value>(list: readonly Value[]): Value[] {
  return [...new Set(list.filter((one, i) => list.indexOf(one) !== i))];
}
