import { describe, expect, it } from 'vitest';
import { progressLine, reportProgress } from './progress.ts';

const at = (bytesRead: number, received: number) => ({
  file: '/x/spans.jsonl',
  bytesRead,
  bytesTotal: 1000,
  received,
});

describe('progress', () => {
  it('says how far, how much and how fast', () => {
    expect(progressLine(at(500, 3000), 2)).toBe(
      '███████████████░░░░░░░░░░░░░░░  50 %  spans.jsonl  500 B  3,000 items  1,500 items/s',
    );
  });

  it('is complete for an empty file', () => {
    expect(progressLine({ ...at(0, 0), bytesTotal: 0 }, 0)).toContain('100 %');
  });

  it('redraws one line on a terminal and clears it at the end', () => {
    const written: string[] = [];
    const progress = reportProgress({ isTTY: true, write: (text: string) => written.push(text) }, 0);
    progress.update(at(10, 1), 1000);
    progress.update(at(20, 2), 2000);
    progress.end();
    expect(written.every((text) => text.startsWith('\r\u001b[K') && !text.includes('\n'))).toBe(true);
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('writes a line a tenth elsewhere, without control sequences', () => {
    const written: string[] = [];
    const progress = reportProgress({ write: (text: string) => written.push(text) }, 0);
    for (let read = 0; read <= 1000; read += 10) progress.update(at(read, read), read);
    progress.end();
    expect(written).toHaveLength(11);
    expect(written.join('')).not.toContain('\u001b');
  });
});
