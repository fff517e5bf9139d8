import type { Claims, Step } from '../model.ts';
import type { Item, TraceSet } from './trace-set.ts';

/** One item in the tree of its trace, as the whole set shows it. */
export interface Node {
  item: Item;
  step: Step;
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
export function buildTree(set: TraceSet, noClaims: Claims, pool: Node[] = []): Node[] {
  const nodes: Node[] = [];
  for (let i = 0; i < set.items.length; i++) nodes.push(takeNode(pool, i, set.items[i]!, noClaims));
  order(nodes);
  const find = finder(nodes);
  for (const node of nodes) link(node, set, find);
  for (const node of nodes) settle(node, noClaims);
  attachOrphans(nodes);
  return nodes;
}

function takeNode(pool: Node[], i: number, item: Item, noClaims: Claims): Node {
  const { step } = item;
  const failed = step.status === 'error';
  const used = pool[i];
  if (used === undefined) {
    const node: Node = {
      item,
      step,
      parent: null,
      awaitsParent: false,
      run: null,
      agent: null,
      claims: noClaims,
      depth: -1,
      counted: false,
      failed,
      charged: false,
    };
    pool.push(node);
    return node;
  }
  used.item = item;
  used.step = step;
  used.parent = null;
  used.awaitsParent = false;
  used.run = null;
  used.agent = null;
  used.claims = noClaims;
  used.depth = -1;
  used.counted = false;
  used.failed = failed;
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
  if (a.step.startedAt !== b.step.startedAt) return a.step.startedAt < b.step.startedAt ? -1 : 1;
  return a.step.spanId < b.step.spanId ? -1 : 1;
}

function finder(nodes: readonly Node[]): (spanId: string) => Node | undefined {
  /** Siblings ask for the same parent one after another. */
  let last: Node | undefined;
  const byId = nodes.length > 12 ? new Map(nodes.map((node) => [node.step.spanId, node])) : null;
  return (spanId) => {
    if (last !== undefined && last.step.spanId === spanId) return last;
    if (byId !== null) last = byId.get(spanId);
    else {
      last = undefined;
      for (const node of nodes) if (node.step.spanId === spanId) last = node;
    }
    return last;
  };
}

const MAX_CLIMB = 10_000;

/** Finds the nearest of ours above a node, through foreign spans where they are known. */
function link(node: Node, set: TraceSet, find: (spanId: string) => Node | undefined): void {
  let id = node.step.parentSpanId;
  for (let i = 0; id !== '' && i < MAX_CLIMB; i++) {
    const above = find(id);
    if (above !== undefined) {
      node.parent = above === node ? null : above;
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
function settle(start: Node, noClaims: Claims): void {
  if (start.depth !== -1) return;
  if (start.parent === null || start.parent.depth !== -1) {
    inheritFrom(start.parent, start, noClaims);
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
  for (let i = path.length - 1; i >= 0; i--) inheritFrom(path[i]!.parent, path[i]!, noClaims);
}

function inheritFrom(parent: Node | null, node: Node, noClaims: Claims): void {
  const invokes = isInvocation(node.step);
  node.depth = parent === null ? 0 : parent.depth + 1;
  node.run = parent?.run ?? (invokes ? node : null);
  node.agent = node.step.kind === 'run' ? node : (parent?.agent ?? (invokes ? node : null));
  node.claims = inherit(node.step.claims, parent?.claims ?? noClaims, noClaims);
}

function isInvocation(step: Step): boolean {
  return step.kind === 'run' || step.kind === 'workflow';
}

const INHERITED = [
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

function inherit(own: Claims, above: Claims, noClaims: Claims): Claims {
  if (above === noClaims) return own;
  if (own === noClaims) return above;
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

function enclosing(roots: readonly Node[], step: Step): Node {
  let best: Node | null = null;
  for (const root of roots) {
    if (root.step.startedAt <= step.startedAt && root.step.endedAt >= step.endedAt) best = root;
  }
  return best ?? roots[0]!;
}

/** Fills `counted` and `charged`: every call once, whatever wraps or repeats it. */
export function countCalls(nodes: readonly Node[]): void {
  const calls = nodes.filter(needsCounting);
  if (calls.some((call) => call.depth !== calls[0]!.depth)) calls.sort((a, b) => b.depth - a.depth);
  countModelCalls(calls);
  // A tool that was interrupted to ask somebody has not run: its resume is the call.
  for (const node of calls) {
    if (node.step.kind !== 'tool') continue;
    const outer = enclosingSameTool(node);
    node.counted = outer === null && !node.step.waiting;
    if (outer !== null && node.failed) outer.failed = true;
  }
  dropRepeatedResponses(nodes);
  for (const node of calls) if (node.counted && isModelCall(node)) markCharged(node);
  // A wrapper's sum stands in only where nothing below it was counted: innermost wrappers first.
  for (const node of calls) {
    if (isModelCall(node) || node.step.kind === 'tool' || node.charged) continue;
    if (node.step.model?.usage != null) {
      node.counted = true;
      markCharged(node);
    }
  }
}

/**
 * Of model calls within each other, with no agent or tool between, the innermost that has usage counts; the innermost
 * when none has. `deepestFirst`: what stands inside is settled before what encloses it.
 */
function countModelCalls(deepestFirst: readonly Node[]): void {
  let nested = false;
  for (const node of deepestFirst) {
    if (!isModelCall(node)) continue;
    node.counted = true;
    nested ||= enclosingModelCall(node) !== null;
  }
  if (!nested) return;
  const inside = new Map<Node, Node[]>();
  const usageInside = new Set<Node>();
  for (const node of deepestFirst) {
    if (!isModelCall(node)) continue;
    const inner = inside.get(node);
    const knows = node.step.model?.usage != null;
    if (inner === undefined) {
      node.counted = true;
    } else if (!knows || inner.some((other) => usageInside.has(other))) {
      node.counted = false;
    } else {
      node.counted = true;
      for (const other of inner) other.counted = false;
    }
    if (knows || inner?.some((other) => usageInside.has(other))) usageInside.add(node);
    const outer = enclosingModelCall(node);
    if (outer === null) continue;
    const list = inside.get(outer);
    const found = inner === undefined ? [node] : [node, ...inner];
    if (list === undefined) inside.set(outer, found);
    else list.push(...found);
  }
}

function enclosingModelCall(node: Node): Node | null {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (isModelCall(at)) return at;
    const { kind } = at.step;
    if (kind === 'run' || kind === 'workflow' || kind === 'tool') return null;
  }
  return null;
}

/** The same response told by two instrumentations that do not enclose each other: the one with usage, else the first. */
function dropRepeatedResponses(nodes: readonly Node[]): void {
  let answered = 0;
  for (const node of nodes) if (node.counted && (node.step.model?.responseId ?? '') !== '') answered++;
  if (answered < 2) return;
  const seen = new Map<string, Node>();
  for (const node of nodes) {
    const id = node.step.model?.responseId ?? '';
    if (id === '' || !node.counted || !isModelCall(node)) continue;
    const known = seen.get(id);
    if (known === undefined) {
      seen.set(id, node);
    } else if (known.step.model!.usage === null && node.step.model!.usage !== null) {
      known.counted = false;
      seen.set(id, node);
    } else {
      node.counted = false;
    }
  }
}

function needsCounting(node: Node): boolean {
  const { kind, model } = node.step;
  return kind === 'llm' || kind === 'embedding' || kind === 'tool' || model !== null;
}

export function isModelCall(node: Node): boolean {
  return node.step.kind === 'llm' || node.step.kind === 'embedding';
}

function markCharged(node: Node): void {
  for (let at: Node | null = node; at !== null && !at.charged; at = at.parent) at.charged = true;
}

/** A tool span directly around another of the same name is the same call seen by two layers (client and server). */
function enclosingSameTool(node: Node): Node | null {
  for (let at = node.parent; at !== null; at = at.parent) {
    const { kind } = at.step;
    if (kind === 'run' || kind === 'workflow' || kind === 'llm') return null;
    if (kind === 'tool') {
      const outer = at.step.tool?.name ?? '';
      const inner = node.step.tool?.name ?? '';
      return outer === inner || inner === '' || outer === '' ? at : null;
    }
  }
  return null;
}
