import { isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import type { AlertmanagerParts, Receiver } from './config.ts';

/** Whatever is named so is ours: a merge replaces it, and touches nothing else. */
const PREFIX = 'agentops-';
const MARK = 'product="agentops"';

/**
 * Adds our route, receivers and inhibitions to an Alertmanager configuration. Theirs keep their order, their comments and
 * their meaning: our route stands first, since it takes nothing but our own alerts, which theirs would take otherwise. Done
 * again, it replaces what it added. Throws what is wrong with a text that is no such configuration.
 */
export function mergeAlertmanager(theirs: string, ours: AlertmanagerParts): string {
  const document = parseDocument(theirs);
  const [broken] = document.errors;
  if (broken !== undefined) throw new Error(`the configuration is no YAML: ${broken.message}`);
  if (!isMap(document.contents))
    throw new Error('the configuration is empty: take the generated one as a whole');
  const route = document.get('route');
  if (!isMap(route)) throw new Error('the configuration has no route: take the generated one as a whole');

  const routes = listIn(route, 'routes');
  routes.items = routes.items.filter((item) => !isOurRoute(item));
  routes.items.unshift(document.createNode(ours.route));

  const receivers = listIn(document.contents, 'receivers');
  receivers.items = receivers.items.filter(
    (item) => !(isMap(item) && String(item.get('name')).startsWith(PREFIX)),
  );
  const mails = document.getIn(['global', 'smtp_smarthost']) !== undefined;
  for (const receiver of ours.receivers) {
    receivers.items.push(document.createNode(mails ? receiver : withMailServer(receiver)));
  }

  const inhibits = listIn(document.contents, 'inhibit_rules');
  inhibits.items = inhibits.items.filter((item) => !isOurInhibition(item));
  for (const rule of ours.inhibit_rules) inhibits.items.push(document.createNode(rule));
  return document.toString({ lineWidth: 0 });

  function listIn(map: YAMLMap, key: string): YAMLSeq {
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
}

/** Where theirs names no mail server, ours are sent by this machine’s: to be changed by whoever knows a better one. */
function withMailServer(receiver: Receiver): Receiver {
  const mails = receiver['email_configs'];
  if (!Array.isArray(mails)) return receiver;
  const server = { smarthost: 'localhost:25', from: 'agentops@localhost', require_tls: false };
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
