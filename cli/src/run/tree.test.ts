import { describe, expect, it } from 'vitest';
import { layOut } from './tree.ts';

interface Node {
  readonly id: string;
  readonly parent: string | null;
}

const draw = (...nodes: readonly [id: string, parent: string | null][]): string[] =>
  layOut(
    nodes.map(([id, parent]): Node => ({ id, parent })),
    (node) => node.id,
    (node) => node.parent,
  ).map(({ prefix, node }) => prefix + node.id);

describe('trees of steps', () => {
  it('draws children under their parents, in the order given', () => {
    expect(
      draw(['run', null], ['think', 'run'], ['tool', 'run'], ['inner', 'tool'], ['last', 'run']),
    ).toEqual(['run', '├─ think', '├─ tool', '│  └─ inner', '└─ last']);
  });

  it('puts a step whose parent never came at the top', () => {
    expect(draw(['a', 'gone'], ['b', 'a'])).toEqual(['a', '└─ b']);
  });

  it('draws each step of a cycle once', () => {
    expect(
      draw(['a', 'b'], ['b', 'a'], ['self', 'self'])
        .map((line) => line.replace(/^\W+/, ''))
        .sort(),
    ).toEqual(['a', 'b', 'self']);
  });

  it('survives a chain of 100,000 parents, and stops indenting it', () => {
    const chain = Array.from({ length: 100_000 }, (_, i): [string, string | null] => [
      `${i}`,
      i === 0 ? null : `${i - 1}`,
    ]);
    const lines = draw(...chain);
    expect(lines).toHaveLength(100_000);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
  });
});
