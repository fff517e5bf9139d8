import { isMap, isSeq, parseDocument } from 'yaml';
import { listIn, nodeOf } from '../alertmanager/merge.ts';
import { OURS, type RoutingTree } from '../routing/tree.ts';
import { grafanaBranch } from './policies.ts';

/** Is this a file of Grafana’s notification policies, as Grafana exports them for provisioning? */
export function isPolicies(text: string): boolean {
  const document = parseDocument(text);
  return isMap(document.contents) && isSeq(document.contents.get('policies'));
}

/**
 * Adds our branch to a tree of Grafana’s notification policies (an export in the format of provisioning), of the organisation
 * that our files are for: the first. Theirs keeps its order and its meaning: ours stands first, since it takes nothing but our
 * own alerts. Done again, it replaces what it added. Throws what is wrong with a text that is no such file.
 */
export function mergePolicies(theirs: string, ours: RoutingTree): string {
  const document = parseDocument(theirs);
  const [broken] = document.errors;
  if (broken !== undefined) throw new Error(`the policies are no YAML: ${broken.message}`);
  const trees = document.get('policies');
  const tree = isSeq(trees)
    ? trees.items.find((one) => isMap(one) && Number(one.get('orgId') ?? 1) === 1)
    : undefined;
  if (!isMap(tree)) throw new Error('there is no tree of policies of the organisation 1');
  const routes = listIn(document, tree, 'routes');
  routes.items = routes.items.filter((item) => !isOurs(item));
  routes.items.unshift(nodeOf(document, grafanaBranch(ours)));
  return document.toString({ lineWidth: 0 });
}

const MARK = JSON.stringify([OURS.label, OURS.op, ...OURS.values]);

function isOurs(item: unknown): boolean {
  const matchers = isMap(item) ? item.get('object_matchers') : undefined;
  return isSeq(matchers) && (matchers.toJSON() as unknown[]).some((one) => JSON.stringify(one) === MARK);
}
