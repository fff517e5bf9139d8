import { expect, test } from 'vitest';
import { renderMarkdown } from './markdown.ts';

test('code is shown as it is written, and so is HTML', () => {
  expect(renderMarkdown('`a > b`')).toBe('<p><code>a &gt; b</code></p>\n');
  expect(renderMarkdown('```sql\na < b AND c\n```')).toContain('a &lt; b AND c');
  expect(renderMarkdown('say <img src=x onerror=alert(1)> now')).toBe(
    '<p>say &lt;img src=x onerror=alert(1)&gt; now</p>\n',
  );
  expect(renderMarkdown('<script>alert(1)</script>')).not.toContain('<script');
  expect(renderMarkdown('| a |\n|---|\n| <b>x</b> |')).toContain('<td>&lt;b&gt;x&lt;/b&gt;</td>');
});

test('links lead to the web and to this page only; pictures are not fetched', () => {
  expect(renderMarkdown('[x](/d/agentops-fleet)')).toBe('<p><a href="/d/agentops-fleet">x</a></p>\n');
  expect(renderMarkdown('[x](https://a.example/"y)')).not.toContain('"y');
  for (const text of ['[x](javascript:alert(1))', '[x](data:text/html,y)', '![x](https://a.example/y.png)'])
    expect(renderMarkdown(text)).toBe('<p>x</p>\n');
});
