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
import { ANY_SECRET, SECRET_IN_JSON, SECRET_KEYS, SECRETS, SIGN_OF_SECRET } from './patterns.ts';

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
  const unread = dropUnread(registry, item);
  const resource: StatementGroup = { context: 'resource', statements: rememberIds('resource') };
  if (item === 'log') {
    const body = `set(log.body, "") where ${CONTENT} != "mask"`;
    return [
      resource,
      {
        context: 'log',
        statements: [dropContent('log'), unread, ...rememberIds('log'), ...maskContent('log'), body],
      },
    ];
  }
  return [
    resource,
    {
      context: 'span',
      statements: [
        dropContent('span'),
        unread,
        ...rememberIds('span'),
        ...maskContent('span'),
        hide('span.name'),
        hide('span.status.message'),
      ],
    },
    { context: 'spanevent', statements: [dropContent('spanevent'), hide('spanevent.name')] },
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

function patternOf({ keys, prefixes }: ContentKeys): string {
  const names = keys.map(quoted).join('|');
  return prefixes.length === 0
    ? `^(?:${names})$`
    : `^(?:(?:${names})$|(?:${prefixes.map(quoted).join('|')}))`;
}

function dropContent(context: Context): string {
  const keys = context === 'spanevent' ? eventContentKeys() : contentKeys();
  // Of events nothing is read but what a digest was taken of.
  const where = context === 'spanevent' ? `${CONTENT} != "mask"` : `${CONTENT} == "drop"`;
  return `delete_matching_keys(${context}.attributes, ${literal(patternOf(keys))}) where ${where}`;
}

function dropUnread(registry: RegistryDocument, item: 'span' | 'log'): string {
  const kept = registry.agents.filter(({ content }) => content === 'masked').map(({ id }) => quoted(id));
  const keeps = (['resource', item] as const)
    .map(
      (context) =>
        `IsMatch(${attribute(context, ATTR.registryAgent)}, ${literal(`^(?:${kept.join('|')})$`)})`,
    )
    .join(' or ');
  const but = kept.length === 0 ? '' : ` and not (${keeps})`;
  return `delete_matching_keys(${item}.attributes, ${literal(patternOf(unreadKeys()))}) where ${CONTENT} == "registry"${but}`;
}

/** Large text, kept apart from redaction, which would look for every pattern in all of it. */
function maskContent(context: Context): string[] {
  const content = `${context}.cache["content"]`;
  const text = `${context}.cache["text"]`;
  const where = (guard: string | undefined): string =>
    guard === undefined ? `${text} != nil` : `${text} != nil and IsMatch(${text}, ${literal(guard)})`;
  return [
    `set(${content}, ${context}.attributes)`,
    `keep_matching_keys(${content}, ${literal(patternOf(contentKeys()))})`,
    `stringify_all(${content}) where Len(${content}) > 0`,
    `set(${text}, String(${content})) where Len(${content}) > 0`,
    `replace_all_patterns(${content}, "value", ${literal(SECRET_IN_JSON.pattern)}, "$$\{1}\\"${MASK}\\"") where ${where(SECRET_IN_JSON.guard)}`,
    ...SECRETS.map(
      ({ pattern, guard }) =>
        `replace_all_patterns(${content}, "value", ${literal(pattern)}, "${MASK}") where ${where(guard)}`,
    ),
    `merge_maps(${context}.attributes, ${content}, "upsert") where ${text} != nil`,
  ];
}

/** A keyed digest of every id, as an attribute beside it. */
function rememberIds(context: Context): string[] {
  const ids = `${context}.cache["ids"]`;
  const pattern = `^(?:${identityKeys(context).map(quoted).join('|')})$`;
  return [
    `set(${ids}, ${context}.attributes)`,
    `keep_matching_keys(${ids}, ${literal(pattern)})`,
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
    ignored_key_patterns: [
      patternOf(contentKeys()),
      `^(?:${[...harmlessKeys(), BEFORE].map(quoted).join('|')})`,
      // Counts, and what no person or secret hides in.
      String.raw`^(?:gen_ai\.(?:usage|operation|request)|agentops\.(?:registry|kind|task\.outcome$|tool)|telemetry|service|deployment|process\.(?:pid|runtime)|host\.arch|os\.type|ai\.usage|llm\.(?:token_count|usage))[.\w]*$`,
    ].map(escaped),
    summary: 'silent',
  };
}
