import { describe, expect, it } from 'vitest';
import { formatTable, width } from './table.ts';

describe('tables', () => {
  it('aligns texts to the left and numbers to the right, with a footer below a rule', () => {
    const columns = [{ title: 'agent' }, { title: 'cost', right: true }];
    const table = formatTable(
      columns,
      [
        ['support', '1.00'],
        ['経費', '12.00'],
        ['x', ''],
      ],
      ['all', '13.00'],
    );
    expect(table).toBe(
      [
        'agent     cost',
        '───────  ─────',
        'support   1.00',
        '経費     12.00',
        'x',
        '───────  ─────',
        'all      13.00',
      ].join('\n'),
    );
  });

  it.each([
    ['abc', 3],
    ['経費精算', 8],
    ['ｱｲ', 2],
    ['e\u0301', 1],
    ['🚀', 2],
    ['\u001b[31mred\u001b[0m', 3],
  ])('measures %j as a terminal shows it', (text, columns) => {
    expect(width(text)).toBe(columns);
  });
});
