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
  const since = scan.nodes.indexOf(outermost);
  const known = scan.candidates.find(
    ({ pattern, since: first }) => pattern === 'recursion' && first === since,
  );
  if (known !== undefined) {
    known.last = at;
    return;
  }
  const found: Candidate = {
    pattern: 'recursion',
    of: 'run',
    subject: name,
    period: 1,
    lane: null,
    since,
    established: at,
    last: at,
  };
  scan.candidates.push(found);
}
