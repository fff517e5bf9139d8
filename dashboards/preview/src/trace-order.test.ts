import { expect, test } from 'vitest';
import { inOrder } from './trace-order.ts';

const order = (...spans: (readonly [id: string, parent: string])[]): string =>
  inOrder(spans.map(([id, parent]) => ({ id, parent })))
    .map(({ index, depth }) => `${'-'.repeat(depth)}${spans[index]![0]}`)
    .join(' ');

test('children stand under their parents, in the order of the rows', () => {
  expect(order(['a', ''], ['b', 'a'], ['c', 'b'], ['d', 'a'])).toBe('a -b --c -d');
  expect(order(['c', 'b'], ['b', 'a'], ['a', ''])).toBe('a -b --c');
});

test('a span whose parent is not here begins a tree; one that is its own parent is no endless one', () => {
  expect(order(['b', 'gone'], ['c', 'b'], ['d', 'd'])).toBe('b -c d');
});

test('spans that are each other’s ancestors are still shown', () => {
  expect(order(['a', ''], ['x', 'y'], ['y', 'x'])).toBe('a x -y');
});
