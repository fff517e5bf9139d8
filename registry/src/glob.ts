/** Patterns in which `*` stands for any text, also none. */
export function globMatcher(pattern: string): (text: string) => boolean {
  if (!pattern.includes('*')) return (text) => text === pattern;
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}

/** Is there a text that both patterns match? */
export function globsOverlap(a: string, b: string): boolean {
  // reach[j]: the part of `a` read so far and b[0, j) can stand for the same text.
  let reach: boolean[] = Array.from({ length: b.length + 1 }, (_, j) => /^\**$/.test(b.slice(0, j)));
  for (const character of a) {
    const next: boolean[] = [];
    for (let j = 0; j <= b.length; j++) {
      const star = b[j - 1] === '*';
      if (character === '*') next[j] = reach[j]! || (j > 0 && next[j - 1]!);
      else if (star) next[j] = next[j - 1]! || reach[j]!;
      else next[j] = j > 0 && b[j - 1] === character && reach[j - 1]!;
    }
    reach = next;
  }
  return reach[b.length]!;
}
