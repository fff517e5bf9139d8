interface Node {
  readonly id: string;
  readonly parent: string;
}

export interface Line {
  /** Which of the spans. */
  readonly index: number;
  /** How many ancestors it has here. */
  readonly depth: number;
}

/**
 * Spans in order of their tree. One whose parent is not here begins a tree; those that are each other's ancestors come
 * last, as no tree has them.
 */
export function inOrder(spans: readonly Node[]): Line[] {
  const known = new Set(spans.map(({ id }) => id));
  const children = new Map<string, number[]>();
  const roots: number[] = [];
  for (const [index, { id, parent }] of spans.entries()) {
    const siblings = children.get(parent);
    if (!known.has(parent) || parent === id) roots.push(index);
    else if (siblings === undefined) children.set(parent, [index]);
    else siblings.push(index);
  }
  const lines: Line[] = [];
  const met = new Set<number>();
  const walk = (first: number): void => {
    const rest: Line[] = [{ index: first, depth: 0 }];
    for (let line = rest.pop(); line !== undefined; line = rest.pop()) {
      const { index, depth } = line;
      if (met.has(index)) continue;
      met.add(index);
      lines.push(line);
      const below = children.get(spans[index]!.id) ?? [];
      for (const child of below.toReversed()) rest.push({ index: child, depth: depth + 1 });
    }
  };
  for (const index of roots) walk(index);
  for (const index of spans.keys()) walk(index);
  return lines;
}
