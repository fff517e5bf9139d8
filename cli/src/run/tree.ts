/** A node and where it stands: `prefix` is what is drawn before its label, `below` before lines under it. */
export interface Branch<Node> {
  readonly node: Node;
  readonly parent: Node | null;
  readonly prefix: string;
  readonly below: string;
}

/**
 * Nodes in drawing order, children under their parents in the order given. A node whose parent is not there stands
 * at the top, and so does one node of a cycle: whatever parents a sender invents, each node is drawn once. The walk
 * keeps a stack of its own, as a chain of parents may be longer than the engine's.
 */
export function layOut<Node>(
  nodes: readonly Node[],
  keyOf: (node: Node) => string,
  parentKeyOf: (node: Node) => string | null,
): Branch<Node>[] {
  const here = new Map(nodes.map((node) => [keyOf(node), node]));
  const children = new Map<Node | null, Node[]>();
  for (const node of nodes) {
    const key = parentKeyOf(node);
    const parent = (key === null ? undefined : here.get(key)) ?? null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [node]);
    else siblings.push(node);
  }
  const drawn = new Set<Node>();
  const branches: Branch<Node>[] = [];
  const draw = (root: Node): void => {
    const stack: Branch<Node>[] = [{ node: root, parent: null, prefix: '', below: '' }];
    for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
      const { node, below } = branch;
      if (drawn.has(node)) continue;
      drawn.add(node);
      branches.push(branch);
      const inner = (children.get(node) ?? []).filter((child) => !drawn.has(child));
      // Beyond a depth that nobody reads, deeper nodes stand at the same indentation.
      const deep = below.length >= DEEPEST * 3;
      for (let i = inner.length - 1; i >= 0; i--) {
        const last = i === inner.length - 1;
        stack.push({
          node: inner[i]!,
          parent: node,
          prefix: deep ? below : `${below}${last ? '└─ ' : '├─ '}`,
          below: deep ? below : `${below}${last ? '   ' : '│  '}`,
        });
      }
    }
  };
  for (const root of children.get(null) ?? []) draw(root);
  for (const node of nodes) draw(node);
  return branches;
}

const DEEPEST = 20;
