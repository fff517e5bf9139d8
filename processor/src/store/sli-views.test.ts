import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sliViews } from './sli-views.ts';

test.each(Object.entries(sliViews()))(
  'schema/views/%s is what the definitions say: npm run generate',
  (name, text) => {
    expect(readFileSync(new URL(`../../schema/views/${name}`, import.meta.url), 'utf8')).toBe(text);
  },
);
