import { isModelCall } from './count-calls.ts';
import type { Node } from './tree.ts';

/** The steps of one run: all of a root invocation, or one task's part of it where it works on several. */
export interface RunGroup {
  /** In the run's key; empty while no invocation is known. */
  readonly rootSpanId: string;
  readonly root: Node | null;
  /** It says whose run this is. */
  readonly lead: Node;
  readonly nodes: readonly Node[];
  /** It only encloses the work on tasks: no work of its own. */
  readonly frames: boolean;
}

/** The trace's steps by run: each root invocation's, or all under the trace itself while no invocation is known. */
export function groupRuns(nodes: readonly Node[]): RunGroup[] {
  if (nodes.length === 0) return [];
  const [first] = nodes;
  if (nodes.every((node) => node.run === first!.run)) return byTask(first!.run, nodes);
  const groups = new Map<Node | null, Node[]>();
  for (const node of nodes) entryOf(groups, node.run).push(node);
  return [...groups].flatMap(([root, members]) => byTask(root, members));
}

/**
 * One invocation may work through several tasks, each with a verdict and costs of its own. What names none belongs to
 * the task of the invocation.
 */
function byTask(root: Node | null, nodes: readonly Node[]): RunGroup[] {
  const lead = root ?? nodes[0]!;
  const rootSpanId = root?.step.spanId ?? '';
  if (!nameSeveralTasks(nodes)) return [{ rootSpanId, root, lead, nodes, frames: false }];
  const own = lead.claims.taskId;
  const parts = new Map<string, Node[]>([[own, []]]);
  for (const node of nodes) entryOf(parts, node.claims.taskId || own).push(node);
  return [...parts].map(([taskId, members]): RunGroup => {
    if (taskId === own) {
      return { rootSpanId, root, lead, nodes: members, frames: own === '' && !members.some(isCall) };
    }
    const [top] = members;
    const { kind, spanId } = top!.step;
    const encloses = kind === 'other' || kind === 'run' || kind === 'workflow';
    return { rootSpanId: spanId, root: encloses ? top! : null, lead: top!, nodes: members, frames: false };
  });
}

/** Nearly every run names one, or none. */
export function nameSeveralTasks(nodes: readonly Node[]): boolean {
  let named = '';
  for (const { step } of nodes) {
    const { taskId } = step.claims;
    if (taskId === '' || taskId === named) continue;
    if (named !== '') return true;
    named = taskId;
  }
  return false;
}

function isCall(node: Node): boolean {
  return node.counted && (isModelCall(node) || node.step.kind === 'tool');
}

function entryOf<Key>(groups: Map<Key, Node[]>, key: Key): Node[] {
  let members = groups.get(key);
  if (members === undefined) {
    members = [];
    groups.set(key, members);
  }
  return members;
}
