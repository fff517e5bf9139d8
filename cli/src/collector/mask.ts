import { DIGEST_KEY } from './digest.ts';
import { env } from './env.ts';
import { contentKeys, identityKeys } from './keys.ts';
import { attribute, type Context, literal, quoted, type StatementGroup } from './ottl.ts';

/**
 * What a regular expression can tell: the first mask, so that no secret rests in Kafka. The processor masks again, with
 * checksums, contexts and encodings. A pattern must not fit what numbers rest on: nanoseconds, token counts, hex ids.
 */
export const PATTERNS = [
  // An address.
  String.raw`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`,
  // A payment card by the ranges of its issuers; 16 digits alone could be any id.
  String.raw`\b(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6(?:011|5[0-9]{2}))(?:[ -]?[0-9]{4}){3}\b`,
  String.raw`\b3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}\b`,
  // A telephone number: international, or in the North American way.
  String.raw`\+[1-9](?:[ .()-]{0,2}[0-9]){7,14}\b`,
  String.raw`\(?\b[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b`,
  // A bank account (IBAN).
  String.raw`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`,
  // Keys of providers, tokens, private keys.
  String.raw`\b(?:sk|pk|rk)[-_](?:[A-Za-z0-9]+[-_])*[A-Za-z0-9]{16,}`,
  String.raw`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}|\bgh[pousr]_[A-Za-z0-9]{36,}|\bxox[abprs]-[A-Za-z0-9-]{10,}`,
  String.raw`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*`,
  String.raw`(?i:\bbearer\s+)[A-Za-z0-9._~+/-]{16,}=*`,
  '-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)-----END [A-Z ]*PRIVATE KEY-----',
] as const;

/** As the redaction processor writes it. */
const MASK = '****';

const ANY = PATTERNS.map((pattern) => `(?:${pattern})`).join('|');

/** Attributes whose value is a secret whatever it looks like. */
const SECRET_KEYS =
  '(?i)(?:^|[._-])(?:api[_-]?key|authorization|(?:set[_-])?cookie|passw(?:or)?d|secret|(?:access|refresh|id)[_-]token|private[_-]?key)$';
/** The same inside JSON text: the value goes, the JSON stays. */
const SECRET_IN_JSON = String.raw`(?i)("[^"]*(?:api_?key|authorization|passw(?:or)?d|secret|access_?token)"\s*:\s*)"(?:[^"\\]|\\.)*"`;

/** Set to `drop`, inputs and outputs do not leave the Collector at all. */
const CONTENT = `"${env('AGENTOPS_CONTENT', 'mask')}"`;

/** Where the digest of an id waits until redaction has decided whether the id needs it. */
const BEFORE = 'agentops.before.';

/** Before redaction: what it does not reach (names, messages, secrets inside JSON), and digests of ids. */
export function maskGroups(item: 'span' | 'log'): StatementGroup[] {
  const resource: StatementGroup = { context: 'resource', statements: rememberIds('resource') };
  if (item === 'log') {
    const body = `set(log.body, "") where ${CONTENT} == "drop"`;
    return [
      resource,
      { context: 'log', statements: [dropContent('log'), ...rememberIds('log'), hideInJson('log'), body] },
    ];
  }
  return [
    resource,
    {
      context: 'span',
      statements: [
        dropContent('span'),
        ...rememberIds('span'),
        hideInJson('span'),
        hide('span.name'),
        hide('span.status.message'),
      ],
    },
    {
      context: 'spanevent',
      statements: [dropContent('spanevent'), hideInJson('spanevent'), hide('spanevent.name')],
    },
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

function dropContent(context: Context): string {
  const { keys, prefixes } = contentKeys();
  const pattern = `^(?:${keys.map(quoted).join('|')}|(?:${prefixes.map(quoted).join('|')}).*)$`;
  return `delete_matching_keys(${context}.attributes, ${literal(pattern)}) where ${CONTENT} == "drop"`;
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

const hide = (path: string): string => `replace_pattern(${path}, ${literal(ANY)}, "${MASK}")`;

function hideInJson(context: Context): string {
  return `replace_all_patterns(${context}.attributes, "value", ${literal(SECRET_IN_JSON)}, "$$\{1}\\"${MASK}\\"")`;
}

/**
 * Attributes of resources, scopes, spans, events and log records, and log bodies, whatever their type: an array or map
 * in which something was found becomes masked JSON text, everything else keeps its type.
 */
export function redaction(): object {
  return {
    allow_all_keys: true,
    redact_all_types: true,
    blocked_key_patterns: [SECRET_KEYS.replaceAll('$', '$$$$')],
    blocked_values: PATTERNS.map((pattern) => pattern.replaceAll('$', '$$$$')),
    // Hex digests of ours hold nothing to hide, and must not be read as numbers.
    ignored_key_patterns: [
      String.raw`^agentops\.(?:tool\.(?:arguments|result)\.(?:shape_)?digest$$|before\.)`,
    ],
    summary: 'silent',
  };
}
