import { type Claims, NO_CLAIMS } from '../model.ts';
import { StepRow } from '../steps/row.ts';
import { placeOf, placeOfSpan, type TraceSet, variantsOf } from './trace-set.ts';

/** One step in the tree of its trace, as the whole set shows it. */
export interface Node {
  readonly step: StepRow;
  /** Hashes of other contents that came under its ids. */
  variants: readonly string[];
  parent: Node | null;
  /** It hangs on a span that has not come. */
  awaitsParent: boolean;
  /** The topmost agent invocation above it, itself included: its run. */
  run: Node | null;
  /** The nearest agent invocation above it, itself included. */
  agent: Node | null;
  /** What it and its ancestors claim, the nearest first. */
  claims: Claims;
  /** Distance from the root of its fragment. */
  depth: number;
  /** A model or tool call that counts: no wrapper, no copy. */
  counted: boolean;
  /** It ended in error, or the same call told again inside of it did. */
  failed: boolean;
  /** A charge stands on it or below it. */
  charged: boolean;
}

/**
 * The set's items as a tree, in canonical order: by start, then by span id. Cyclic parents are cut.
 * `pool`: nodes of a tree that nobody needs any longer, to be used again.
 */
export function buildTree(set: TraceSet, pool: Node[] = []): Node[] {
  const nodes: Node[] = [];
  for (let place = 0; place < set.rows.length; place++) nodes.push(takeNode(pool, set, place));
  order(nodes);
  for (const node of nodes) link(node, set, pool);
  for (const node of nodes) settle(node);
  attachOrphans(nodes);
  return nodes;
}

function takeNode(pool: Node[], set: TraceSet, place: number): Node {
  const page = set.pages[place]!;
  const row = set.rows[place]!;
  const variants = variantsOf(set, place);
  const used = pool[place];
  if (used === undefined) {
    const step = new StepRow(page, row);
    const node: Node = {
      step,
      variants,
      parent: null,
      awaitsParent: false,
      run: null,
      agent: null,
      claims: NO_CLAIMS,
      depth: -1,
      counted: false,
      failed: step.status === 'error',
      charged: false,
    };
    pool.push(node);
    return node;
  }
  used.step.page = page;
  used.step.row = row;
  used.variants = variants;
  used.parent = null;
  used.awaitsParent = false;
  used.run = null;
  used.agent = null;
  used.claims = NO_CLAIMS;
  used.depth = -1;
  used.counted = false;
  used.failed = used.step.status === 'error';
  used.charged = false;
  return used;
}

/** Spans mostly come in the order of their end, the root last: few of them have to move. */
function order(nodes: Node[]): void {
  for (let i = 1, moves = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    let at = i;
    while (at > 0 && byStart(nodes[at - 1]!, node) > 0) at--;
    if (at === i) continue;
    moves += i - at;
    if (moves > nodes.length * MAX_MOVES) {
      nodes.sort(byStart);
      return;
    }
    for (let to = i; to > at; to--) nodes[to] = nodes[to - 1]!;
    nodes[at] = node;
  }
}

/** By how many places a node may move on average before sorting them all is cheaper. */
const MAX_MOVES = 8;

function byStart(a: Node, b: Node): number {
  return a.step.compareStart(b.step) || a.step.compareSpan(b.step);
}

/** Finds the nearest of ours above a node. `byPlace`: the nodes of the set's items, in their order. */
function link(node: Node, set: TraceSet, byPlace: readonly Node[]): void {
  const { step } = node;
  if (!step.hasParent) return;
  const place = placeOf(set, step.page.parentIds, step.row);
  if (place >= 0) adopt(byPlace[place]!, node);
  else if (set.skeletons.size === 0) node.awaitsParent = true;
  else climb(node, set, byPlace);
}

function adopt(parent: Node, node: Node): void {
  node.parent = parent === node ? null : parent;
}

const MAX_CLIMB = 10_000;

/** Goes up through foreign spans, as far as they are known. */
function climb(node: Node, set: TraceSet, byPlace: readonly Node[]): void {
  let id = node.step.parentSpanId;
  for (let i = 0; id !== '' && i < MAX_CLIMB; i++) {
    const place = placeOfSpan(set, id);
    if (place >= 0) {
      adopt(byPlace[place]!, node);
      return;
    }
    const skeleton = set.skeletons.get(id);
    if (skeleton === undefined) {
      node.awaitsParent = true;
      return;
    }
    id = skeleton.parentSpanId;
  }
}

/** Fills what a node inherits, its ancestors first. A cycle is cut at the node that was met twice. */
function settle(start: Node): void {
  if (start.depth !== -1) return;
  if (start.parent === null || start.parent.depth !== -1) {
    inheritFrom(start.parent, start);
    return;
  }
  const path: Node[] = [];
  let node: Node | null = start;
  while (node !== null && node.depth === -1) {
    if (path.length > 0 && path.includes(node)) {
      path[path.length - 1]!.parent = null;
      break;
    }
    path.push(node);
    node = node.parent;
  }
  for (let i = path.length - 1; i >= 0; i--) inheritFrom(path[i]!.parent, path[i]!);
}

function inheritFrom(parent: Node | null, node: Node): void {
  const invokes = isInvocation(node.step);
  node.depth = parent === null ? 0 : parent.depth + 1;
  node.run = parent?.run ?? (invokes ? node : null);
  node.agent = node.step.kind === 'run' ? node : (parent?.agent ?? (invokes ? node : null));
  node.claims = inherit(node.step.claims, parent?.claims ?? NO_CLAIMS);
}

function isInvocation(step: StepRow): boolean {
  return step.kind === 'run' || step.kind === 'workflow';
}

/** What a step says of the work that it belongs to; its agent is its own. */
export const INHERITED = [
  'conversationId',
  'userId',
  'tenant',
  'department',
  'team',
  'costCenter',
  'taskId',
  'taskType',
  'taskRef',
] as const satisfies readonly (keyof Claims)[];

function inherit(own: Claims, above: Claims): Claims {
  if (above === NO_CLAIMS) return own;
  if (own === NO_CLAIMS) return above;
  let merged: Claims | null = null;
  for (const field of INHERITED) {
    if (own[field] !== '' || above[field] === '') continue;
    merged ??= { ...own };
    merged[field] = above[field];
  }
  return merged ?? own;
}

/**
 * Steps outside every invocation (parents lost, late, or never sent): with one run in the trace they are its; with
 * several, the latest-started run whose time encloses them, else the first run; with none, the trace is the run.
 */
function attachOrphans(nodes: readonly Node[]): void {
  if (nodes.every((node) => node.run !== null)) return;
  const roots = nodes.filter((node) => node.run === node);
  if (roots.length === 0) return;
  for (const node of nodes) {
    if (node.run !== null) continue;
    node.run = roots.length === 1 ? roots[0]! : enclosing(roots, node.step);
    node.agent = node.run;
  }
}

function enclosing(roots: readonly Node[], step: StepRow): Node {
  let best: Node | null = null;
  for (const root of roots) {
    if (root.step.compareStart(step) <= 0 && root.step.compareEnd(step) >= 0) best = root;
  }
  return best ?? roots[0]!;
}
