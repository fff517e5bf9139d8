import { boardsOf, buildBoard } from '@agentops/dashboards';
import { readRegistry } from '@agentops/processor';
import { describe, expect, test } from 'vitest';
import { testFile } from '../servers/tools.ts';
import { problemsOf, type Sheet } from './lint.ts';
import { openSchema } from './schema.ts';

const BOARDS = boardsOf(readRegistry(testFile('../registry/company')));
const UIDS = new Set(BOARDS.map(({ uid }) => uid));
const sheets = (): Sheet[] => BOARDS.map((board) => JSON.parse(JSON.stringify(buildBoard(board))) as Sheet);
const schema = openSchema();

test('uids of boards are their own', () => {
  expect(UIDS.size).toBe(BOARDS.length);
});

describe.each(sheets().map((sheet) => [sheet.uid, sheet] as const))('%s', (_, sheet) => {
  test('is as Grafana’s types have it', () => {
    expect(schema(sheet)).toEqual([]);
  });
  test('has nothing that Grafana would only show', () => {
    expect(problemsOf(sheet, UIDS)).toEqual([]);
  });
});

type Panel = Sheet['panels'][number];

describe('what is broken is found', () => {
  test.each<[string, RegExp, (first: Panel, sheet: Sheet) => void]>([
    [
      'a panel that is too wide',
      /wider than the page/,
      ({ gridPos }) => void Object.assign(gridPos, { x: 23 }),
    ],
    [
      'one over another',
      /overlaps/,
      ({ gridPos }, { panels }) => void Object.assign(panels.at(-1)!.gridPos, gridPos),
    ],
    ['an id twice', /stands twice/, ({ id }, { panels }) => void Object.assign(panels.at(-1)!, { id })],
    [
      'a unit',
      /no unit percents/,
      ({ fieldConfig }) => void Object.assign(fieldConfig!.defaults, { unit: 'percents' }),
    ],
    ['a variable', /no variable/, (_, { templating }) => void templating.list.splice(0, 1)],
    [
      'a macro',
      /timeFiter/,
      ({ targets }) => void Object.assign(targets![0]!, { rawSql: 'SELECT $__timeFiter(at)' }),
    ],
    ['a title', /no question/, (first) => void Object.assign(first, { title: 'Agents' })],
    ['a description', /says not/, (first) => void Object.assign(first, { description: 'Agents.' })],
    [
      'a link',
      /agentops-nowhere/,
      ({ fieldConfig }) =>
        void Object.assign(fieldConfig!.defaults, { links: [{ title: 'x', url: '/d/agentops-nowhere' }] }),
    ],
  ])('%s', (_, message, sabotage) => {
    const sheet = sheets()[0]!;
    sabotage(sheet.panels.find(({ targets }) => targets !== undefined)!, sheet);
    expect(problemsOf(sheet, UIDS)).toContainEqual(expect.stringMatching(message));
  });

  test.each<[string, RegExp, (first: Panel, sheet: Sheet) => void]>([
    ['a key of a panel', /descripton/, (first) => void Object.assign(first, { descripton: '' })],
    ['a key of a dashboard', /timezon/, (_, sheet) => void Object.assign(sheet, { timezon: 'UTC' })],
    ['a number that is none', /gridPos/, ({ gridPos }) => void Object.assign(gridPos, { w: '4' })],
    [
      'a kind of thresholds',
      /mode/,
      ({ fieldConfig }) =>
        void Object.assign(fieldConfig!.defaults, { thresholds: { mode: 'absolut', steps: [] } }),
    ],
  ])('%s, by the types', (_, message, sabotage) => {
    const sheet = sheets()[0]!;
    sabotage(sheet.panels.find(({ targets }) => targets !== undefined)!, sheet);
    expect(schema(sheet)).toContainEqual(expect.stringMatching(message));
  });
});
