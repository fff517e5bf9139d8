import type { Candidate } from './candidate.ts';
import { type Lanes, nameOf } from './lane.ts';
import { RECURSION_LEVELS } from './patterns.ts';
import type { Scan } from './tool-calls.ts';
import type { LoopNode } from './types.ts';

/** Invocations looked at above one. */
const MAX_CLIMB = 256;

/**
 * An agent inside of itself. A level counts only when it made a call of its own before: two instrumentations tell one
 * invocation twice, one within the other.
 */
export function seeInvocation(scan: Scan, lanes: Lanes, node: LoopNode, at: number): void {
  let outer = node.parent?.agent ?? null;
  if (outer === null || outer === node) return;
  const name = nameOf(node);
  const going = scan.candidates.find(
    ({ pattern, established }) => pattern === 'recursion' && encloses(scan.nodes[established]!, node),
  );
  if (going !== undefined) {
    going.last = at;
    return;
  }
  let levels = 1;
  let outermost = node;
  for (let i = 0; outer !== null && i < MAX_CLIMB; i++) {
    if (nameOf(outer) === name && lanes.worked(outer)) {
      levels++;
      outermost = outer;
    }
    outer = outer.parent?.agent ?? null;
  }
  if (levels < RECURSION_LEVELS) return;
  const found: Candidate = {
    pattern: 'recursion',
    of: 'run',
    subject: name,
    period: 1,
    lane: null,
    since: scan.nodes.indexOf(outermost),
    established: at,
    last: at,
  };
  scan.candidates.push(found);
}

/** What goes on within a recursion, of whichever agent, is part of it. */
function encloses(outer: LoopNode, inner: LoopNode): boolean {
  return inner.step.startedAt <= outer.step.endedAt;
}
