import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkRegistry } from '../check.ts';
import { adoptAgents } from './adopt.ts';
import { guessEffect } from './effect.ts';
import type { Observation } from './observation.ts';
import { NOW, registry, seen } from './observed.case.ts';
import { adoptOrganisation } from './organisation.ts';

const adopt = (observations: readonly Observation[], more: Partial<Parameters<typeof adoptAgents>[1]> = {}) =>
  adoptAgents(observations, { agents: [], taken: new Set(), only: [], today: '2026-11-23', ...more });

const BOT = 'unregistered:Order_Bot';
const at = { service: 'orders' };
const SHOWN: readonly Observation[] = [
  seen(BOT, 'run', '', { ...at, count: 7 }),
  seen(BOT, 'delegate', 'unregistered:helper', at),
  seen(BOT, 'model', 'gpt-4o-2024', at),
  seen('unregistered:helper', 'model', 'o3', at),
  seen(BOT, 'tool', 'lookup_order', at),
  seen(BOT, 'tool', 'frobnicate', at),
  seen('unregistered:helper', 'tool', 'wire', { ...at, effect: 'external' }),
  seen(BOT, 'version', '1.10', { ...at, last: NOW }),
  seen(BOT, 'version', '1.9', at),
  seen(BOT, 'department', 'finance', at),
  seen(BOT, 'data', 'ledger', { ...at, effect: 'external' }),
];

describe('first entries', () => {
  test('what telemetry shows; what it cannot know is empty, what is guessed is asked', () => {
    const [entry, ...others] = adopt(SHOWN);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      id: 'order-bot',
      file: 'agents/order-bot.yaml',
      names: ['Order_Bot', 'helper'],
    });
    expect(parse(entry!.text)).toEqual({
      id: 'order-bot',
      name: 'Order Bot',
      purpose: null,
      stage: 'pilot',
      department: 'finance',
      owner: null,
      operator: null,
      match: [{ service: 'orders' }],
      models: ['gpt-4o-2024', 'o3'],
      tools: [
        { name: 'frobnicate', effect: '?' },
        { name: 'lookup_order', effect: 'read?' },
        { name: 'wire', effect: 'external' },
      ],
      data: { write: ['ledger'] },
      version: '1.10',
      updated: '2026-11-23',
    });
  });

  test('registry check names exactly what is left to people', () => {
    const files = new Map([
      ['organisation.yaml', adoptOrganisation(['finance'])],
      ...adopt(SHOWN).map(({ file, text }): [string, string] => [file, text]),
    ]);
    expect(checkRegistry(files, NOW).map(({ path }) => path)).toEqual([
      'name',
      'purpose',
      'owner',
      'operator',
      'tools[0].effect',
      'tools[1].effect',
    ]);
    const [entry] = adopt(SHOWN);
    files.set(
      'organisation.yaml',
      `${files
        .get('organisation.yaml')!
        .replace('name: #', 'name: X #')
        .replace(
          'teams: []',
          'teams: [{ id: a, name: A, members: [x] }, { id: b, name: B, members: [y] }]',
        )}`,
    );
    files.set(
      entry!.file,
      entry!.text
        .replace('purpose: #', 'purpose: Orders. #')
        .replace('owner: #', 'owner: a #')
        .replace('operator: #', 'operator: b #')
        .replace('read?', 'read')
        .replace('"?"', 'write'),
    );
    expect(checkRegistry(files, NOW)).toEqual([]);
  });

  test('a service that several agents share is not enough to tell them apart', () => {
    const entries = adopt([
      seen('unregistered:a', 'run', '', at),
      seen('unregistered:b', 'run', '', at),
      seen('unregistered:b', 'run', '', { service: 'alone' }),
    ]);
    expect(entries.map(({ text }) => parse(text).match)).toEqual([
      [{ service: 'orders', agent: 'a' }],
      [{ service: 'orders', agent: 'b' }, { service: 'alone' }],
    ]);
  });

  test('whoever works for two agents of one service belongs to one entry', () => {
    const entries = adopt([
      ...['a', 'b'].flatMap((name) => [
        seen(`unregistered:${name}`, 'run', '', at),
        seen(`unregistered:${name}`, 'delegate', 'unregistered:helper', at),
      ]),
      seen('unregistered:helper', 'tool', 'look', at),
    ]);
    expect(entries.map(({ text }) => parse(text).match.map((rule: { agent: string }) => rule.agent))).toEqual(
      [['a', 'helper'], ['b']],
    );
    expect(entries.map(({ text }) => parse(text).tools)).toEqual([
      [{ name: 'look', effect: 'read?' }],
      undefined,
    ]);
  });

  test('beside an entry that has a part of the service', () => {
    const { agents } = registry({ known: 'match: [{ service: orders, agent: known }]\n' });
    const observations = [seen('known', 'run', '', at), seen('unregistered:a', 'run', '', at)];
    const [entry, ...others] = adopt(observations, { agents });
    expect(others).toEqual([]);
    expect(parse(entry!.text).match).toEqual([{ service: 'orders', agent: 'a' }]);
  });

  test('what an entry matches is not adopted again, nor what was not asked for', () => {
    const { agents } = registry({ known: 'match: [{ service: orders }]\n' });
    expect(adopt(SHOWN, { agents })).toEqual([]);
    expect(adopt(SHOWN, { only: ['helper'] })).toEqual([]);
    expect(adopt(SHOWN, { only: ['Order_Bot'] })).toHaveLength(1);
  });

  test('what only works for others, in a service of its own, is an agent all the same', () => {
    const entries = adopt([...SHOWN, seen('unregistered:far', 'tool', 'x', { service: 'elsewhere' })]);
    expect(entries.map(({ id }) => id)).toEqual(['order-bot', 'far']);
  });

  test('ids are words, and free', () => {
    const names = ['客服', '9 lives', 'a.b/C d', 'taken'];
    const entries = adopt(
      names.map((name) => seen(`unregistered:${name}`, 'run')),
      { taken: new Set(['taken', 'a-b-c-d']) },
    );
    expect(entries.map(({ id }) => id).sort()).toEqual(['a-b-c-d-2', 'agent', 'agent-9-lives', 'taken-2']);
  });

  test('names of strangers stay values', () => {
    const evil = 'x\nowner: me\n# { [ "';
    const [entry] = adopt([
      seen(`unregistered:${evil}`, 'run', '', { service: evil }),
      seen(`unregistered:${evil}`, 'tool', evil, { service: evil }),
      seen(`unregistered:${evil}`, 'department', evil, { service: evil }),
      seen(`unregistered:${evil}`, 'version', evil, { service: evil }),
    ]);
    expect(parse(entry!.text)).toMatchObject({
      owner: null,
      department: null,
      match: [{ service: evil }],
      tools: [{ name: evil }],
    });
  });
});

test.each([
  ['lookup_order', 'read'],
  ['deleteUser', 'destructive'],
  ['mcp__slack__send_message', 'external'],
  ['save-draft', 'write'],
  ['frobnicate', null],
])('%s is most likely %s', (tool, effect) => {
  expect(guessEffect(tool)).toBe(effect);
});
