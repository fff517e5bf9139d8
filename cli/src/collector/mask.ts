import type { RegistryDocument } from '@agentops/registry';
import { ATTR } from '@agentops/registry/contract';
import { DIGEST_KEY } from './digest.ts';
import { env } from './env.ts';
import {
  type ContentKeys,
  contentKeys,
  eventContentKeys,
  harmlessKeys,
  identityKeys,
  unreadKeys,
} from './keys.ts';
import { attribute, type Context, literal, quoted, type StatementGroup } from './ottl.ts';
import {
  ANY_SECRET,
  DIGITS,
  SECRET_IN_JSON,
  SECRET_KEYS,
  SECRETS,
  type Secret,
  SIGN_OF_SECRET,
} from './patterns.ts';

/** As the redaction processor writes it. */
const MASK = '****';

/**
 * `registry`: inputs and outputs that nothing is derived from leave the Collector masked for agents whose registry entry
 * keeps content, and not at all for all others. `mask`: they leave masked for everybody. `drop`: for nobody, nor does
 * what tool calls could be inferred from where an emitter sends no tool spans.
 */
const CONTENT = `"${env('AGENTOPS_CONTENT', 'registry')}"`;

/** Where the digest of an id waits until redaction has decided whether the id needs it. */
const BEFORE = 'agentops.before.';

/** Before redaction: content, what redaction does not reach (names, messages), and digests of ids. */
export function maskGroups(registry: RegistryDocument, item: 'span' | 'log'): StatementGroup[] {
  const resource: StatementGroup = { context: 'resource', statements: rememberIds('resource') };
  const dropped = [dropContent(item), dropUnread(registry, item)];
  if (item === 'log') {
    const body = `set(log.body, "") where ${CONTENT} != "mask"`;
    const statements = [...rememberIds('log'), ...maskContent('log'), body];
    return [resource, ...dropped, { context: 'log', statements }];
  }
  const names = [hide('span.name'), hide('span.status.message')];
  return [
    resource,
    ...dropped,
    { context: 'span', statements: [...rememberIds('span'), ...maskContent('span'), ...names] },
    dropContent('spanevent'),
    { context: 'spanevent', statements: [hide('spanevent.name')] },
  ];
}

/**
 * After redaction: ids in which something was replaced get a keyed digest, as the processor writes them, so that
 * different users stay different. Texts are cut last, so that no half of a secret is left: one span larger than a batch
 * would take its neighbours with it.
 */
export function restoreGroups(item: 'span' | 'log'): StatementGroup[] {
  const restored = (['resource', item] as const).map((context) => ({
    context,
    statements: [
      ...restoreIds(context),
      `delete_matching_keys(${context}.attributes, ${literal(`^${quoted(BEFORE)}`)})`,
    ],
  }));
  const cut = (context: Context): StatementGroup => ({
    context,
    statements: [`truncate_all(${context}.attributes, 65536)`],
  });
  return [...restored, ...(item === 'span' ? [cut('span'), cut('spanevent')] : [cut('log')])];
}

function dropContent(context: Context): StatementGroup {
  const ofEvent = context === 'spanevent';
  return {
    context,
    // Of events nothing is read but what a digest was taken of.
    conditions: [ofEvent ? `${CONTENT} != "mask"` : `${CONTENT} == "drop"`],
    statements: deletions(context, ofEvent ? eventContentKeys() : contentKeys()),
  };
}

function dropUnread(registry: RegistryDocument, item: 'span' | 'log'): StatementGroup {
  const kept = registry.agents.filter(({ content }) => content === 'masked').map(({ id }) => quoted(id));
  const keeps = (['resource', item] as const)
    .map(
      (context) =>
        `IsMatch(${attribute(context, ATTR.registryAgent)}, ${literal(`^(?:${kept.join('|')})$`)})`,
    )
    .join(' or ');
  return {
    context: item,
    conditions: [`${CONTENT} == "registry"${kept.length === 0 ? '' : ` and not (${keeps})`}`],
    statements: deletions(item, unreadKeys()),
  };
}

/** Key by key: a regular expression of all names, tried on every key, takes ten times as long (measured). */
function deletions(context: Context, { keys, prefixes }: ContentKeys): string[] {
  const flat = `^(?:${prefixes.map(quoted).join('|')})`;
  return [
    ...keys.map((key) => `delete_key(${context}.attributes, ${literal(key)})`),
    ...(prefixes.length === 0 ? [] : [`delete_matching_keys(${context}.attributes, ${literal(flat)})`]),
  ];
}

function keepKeys(path: string, keys: readonly string[]): string {
  return `keep_keys(${path}, [${keys.map(literal).join(', ')}])`;
}

/** Large text, kept apart from redaction, which would look for every pattern in all of it. */
function maskContent(context: Context): string[] {
  const content = `${context}.cache["content"]`;
  const text = `${context}.cache["text"]`;
  const digits = `${context}.cache["digits"]`;
  const where = ({ guard }: Secret): string => {
    if (guard === undefined) return `${text} != nil`;
    if (guard === 'digits') return `${digits} == true`;
    return `${text} != nil and (${guard.map((part) => `IsMatch(${text}, ${literal(quoted(part))})`).join(' or ')})`;
  };
  return [
    `set(${content}, ${context}.attributes)`,
    keepKeys(content, contentKeys().keys),
    `stringify_all(${content}) where Len(${content}) > 0`,
    `set(${text}, String(${content})) where Len(${content}) > 0`,
    `set(${digits}, true) where ${text} != nil and IsMatch(${text}, ${literal(DIGITS)})`,
    `replace_all_patterns(${content}, "value", ${literal(SECRET_IN_JSON.pattern)}, "$$\{1}\\"${MASK}\\"") where ${where(SECRET_IN_JSON)}`,
    ...SECRETS.map(
      (secret) =>
        `replace_all_patterns(${content}, "value", ${literal(secret.pattern)}, "${MASK}") where ${where(secret)}`,
    ),
    `merge_maps(${context}.attributes, ${content}, "upsert") where ${text} != nil`,
  ];
}

/** A keyed digest of every id, as an attribute beside it. */
function rememberIds(context: Context): string[] {
  const ids = `${context}.cache["ids"]`;
  return [
    `set(${ids}, ${context}.attributes)`,
    keepKeys(ids, identityKeys(context)),
    `stringify_all(${ids})`,
    `replace_all_patterns(${ids}, "value", "(?s)^(.*)$$", "${env(DIGEST_KEY)}$$\{1}", SHA256)`,
    `replace_all_patterns(${ids}, "key", "^", ${literal(BEFORE)})`,
    `merge_maps(${context}.attributes, ${ids}, "upsert")`,
  ];
}

/** As the processor writes them: what is left, and 12 digits that keep different ids apart. */
function restoreIds(context: Context): string[] {
  return identityKeys(context).map((key) => {
    const id = attribute(context, key);
    const digest = `Substring(${attribute(context, BEFORE + key)}, 0, 12)`;
    return `set(${id}, Concat([${id}, ${digest}], "#")) where IsMatch(${id}, ${literal(quoted(MASK))})`;
  });
}

function hide(path: string): string {
  return `replace_pattern(${path}, ${literal(ANY_SECRET)}, "${MASK}") where IsMatch(${path}, ${literal(SIGN_OF_SECRET)})`;
}

/**
 * Attributes of resources, scopes, spans, events and log records, and log bodies, whatever their type: an array or map
 * in which something was found becomes masked JSON text, everything else keeps its type.
 */
export function redaction(): object {
  const escaped = (pattern: string): string => pattern.replaceAll('$', '$$$$');
  return {
    allow_all_keys: true,
    redact_all_types: true,
    blocked_key_patterns: [escaped(SECRET_KEYS)],
    blocked_values: SECRETS.map(({ pattern }) => escaped(pattern)),
    ignored_keys: [...contentKeys().keys, ...harmlessKeys()],
    // Counts, and what no person or secret hides in.
    ignored_key_patterns: [
      '^(?:agentops[.](?:before|registry|kind|tool)|gen_ai[.](?:usage|operation|request)|telemetry[.]|service[.]|deployment[.]|process[.](?:pid|runtime)|ai[.]usage|llm[.](?:token_count|usage))',
    ],
    summary: 'silent',
  };
}
