import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { OURS } from '../routing/tree.ts';
import { type AlertmanagerParts, matcherText } from './config.ts';
import type { Receiver } from './receiver.ts';

/** Whatever is named so is ours: a merge replaces it, and touches nothing else. */
const PREFIX = 'agentops-';
const MARK = matcherText(OURS);

/**
 * Adds our route, receivers, inhibitions and maintenance windows to an Alertmanager configuration. Theirs keep their order,
 * their comments and their meaning: our route stands first, since it takes nothing but our own alerts, which theirs would
 * take otherwise. Done again, it replaces what it added. Throws what is wrong with a text that is no such configuration.
 */
export function mergeAlertmanager(theirs: string, ours: AlertmanagerParts): string {
  const document = parseDocument(theirs);
  const [broken] = document.errors;
  if (broken !== undefined) throw new Error(`the configuration is no YAML: ${broken.message}`);
  if (!isMap(document.contents))
    throw new Error('the configuration is empty: take the generated one as a whole');
  const top = document.contents as YAMLMap;
  const route = document.get('route');
  if (!isMap(route)) throw new Error('the configuration has no route: take the generated one as a whole');

  const routes = listIn(document, route, 'routes');
  routes.items = routes.items.filter((item) => !isOurRoute(item));
  routes.items.unshift(nodeOf(document, ours.route));

  const isOurs = (item: unknown): boolean => isMap(item) && String(item.get('name')).startsWith(PREFIX);
  const mails = document.getIn(['global', 'smtp_smarthost']) !== undefined;
  replaceIn(
    document,
    top,
    'receivers',
    isOurs,
    ours.receivers.map((receiver) => (mails ? receiver : withMailServer(receiver, ours.mail))),
  );
  replaceIn(document, top, 'inhibit_rules', isOurInhibition, ours.inhibit_rules);
  replaceIn(document, top, 'time_intervals', isOurs, ours.time_intervals);
  return document.toString({ lineWidth: 0 });
}

/** The list of a map, made where it is not there. */
export function listIn(document: Document, map: YAMLMap, key: string): YAMLSeq {
  // What is added would stand in one line.
  map.flow = false;
  const found = map.get(key);
  if (isSeq(found)) {
    found.flow = false;
    return found;
  }
  const made = document.createNode([]) as YAMLSeq;
  made.flow = false;
  map.set(key, made);
  return made;
}

/** Replaces what is ours in a list; a list that would be made for nothing is not made. */
function replaceIn(
  document: Document,
  map: YAMLMap,
  key: string,
  isOurs: (item: unknown) => boolean,
  ours: readonly object[],
): void {
  if (ours.length === 0 && !isSeq(map.get(key))) return;
  const list = listIn(document, map, key);
  if (list.items.length === 0 && ours.length === 0) return;
  list.items = list.items.filter((item) => !isOurs(item));
  for (const one of ours) list.items.push(nodeOf(document, one));
  if (list.items.length === 0) map.delete(key);
}

/** Written out wherever it stands: an alias would tie ours to ours. */
export function nodeOf(document: Document, value: object): unknown {
  return document.createNode(value, { aliasDuplicateObjects: false });
}

/** Where theirs names no mail server, ours are sent by the one of the registry. */
function withMailServer(receiver: Receiver, server: Readonly<Record<string, unknown>>): Receiver {
  const mails = receiver['email_configs'];
  if (!Array.isArray(mails)) return receiver;
  return { ...receiver, email_configs: mails.map((mail: object) => ({ ...server, ...mail })) };
}

function strings(map: YAMLMap, key: string): string[] {
  const list = map.get(key);
  return isSeq(list) ? list.items.map((item) => String((item as { value?: unknown }).value ?? item)) : [];
}

function isOurRoute(item: unknown): boolean {
  return (
    isMap(item) && strings(item, 'matchers').includes(MARK) && String(item.get('receiver')).startsWith(PREFIX)
  );
}

function isOurInhibition(item: unknown): boolean {
  return isMap(item) && strings(item, 'source_matchers').includes(MARK);
}
