import type { Node } from './tree.ts';

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
    if (node.step.usageKnown) {
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
    const knows = node.step.usageKnown;
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
  const answered: Node[] = [];
  for (const node of nodes)
    if (node.counted && isModelCall(node) && node.step.hasResponseId) answered.push(node);
  if (answered.length > FEW) {
    const kept = new Map<string, Node>();
    for (const node of answered) {
      const id = node.step.responseId;
      const known = kept.get(id);
      kept.set(id, known === undefined ? node : better(known, node));
    }
    return;
  }
  // Few are compared in place, without a text made of each.
  for (let i = 1; i < answered.length; i++) {
    for (let j = 0; j < i; j++) {
      const known = answered[j]!;
      if (known.counted && known.step.isSameResponse(answered[i]!.step)) better(known, answered[i]!);
    }
  }
}

const FEW = 16;

/** Of two tellings of one response the one that counts; the other one no longer does. */
function better(known: Node, node: Node): Node {
  const replaces = !known.step.usageKnown && node.step.usageKnown;
  (replaces ? known : node).counted = false;
  return replaces ? node : known;
}

function needsCounting(node: Node): boolean {
  const { kind } = node.step;
  return kind === 'llm' || kind === 'embedding' || kind === 'tool' || node.step.hasModel;
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
      const outer = at.step.toolName;
      const inner = node.step.toolName;
      return outer === inner || inner === '' || outer === '' ? at : null;
    }
  }
  return null;
}
