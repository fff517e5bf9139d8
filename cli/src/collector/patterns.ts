/**
 * What a regular expression can tell of secrets and personal data: the first mask, so that none of it rests in Kafka. The
 * processor masks again, with checksums, contexts and encodings. A pattern must not fit what numbers rest on:
 * nanoseconds, token counts, hex ids.
 *
 * Go looks for a pattern that begins with literal text at gigabytes a second, and for any other at some 25 MB/s
 * (measured). So the former have one entry for each beginning, and the latter a guard that is looked for first.
 */
export interface Secret {
  /** RE2. */
  readonly pattern: string;
  /** Where none of these is found, the pattern is not either: `digits` for {@link DIGITS}, else literal texts. */
  readonly guard?: 'digits' | readonly string[];
}

/** Ten digits with little between them: cards, telephone numbers, accounts. A date has eight. */
export const DIGITS = '[0-9](?:[ .()-]{0,2}[0-9]){9}';

export const SECRETS: readonly Secret[] = [
  { pattern: String.raw`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`, guard: ['@'] },
  // Payment cards by the ranges of their issuers: 16 digits alone could be any id.
  {
    pattern: String.raw`\b(?:(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6(?:011|5[0-9]{2}))(?:[ -]?[0-9]{4}){3}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5})\b`,
    guard: 'digits',
  },
  // Telephone numbers, international and North American.
  { pattern: String.raw`\+[1-9](?:[ .()-]{0,2}[0-9]){7,14}\b` },
  { pattern: String.raw`\(?\b[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b`, guard: 'digits' },
  // Bank accounts (IBAN).
  {
    pattern: String.raw`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`,
    guard: 'digits',
  },
  ...[
    'sk-proj-',
    'sk-ant-',
    'sk-svcacct-',
    'sk-or-v1-',
    'sk_live_',
    'sk_test_',
    'rk_live_',
    'ghp_',
    'gho_',
    'ghs_',
    'ghu_',
    'github_pat_',
    'glpat-',
    'xoxb-',
    'xoxp-',
    'AIza',
  ].map((start) => ({ pattern: `${start}[A-Za-z0-9_-]{16,}` })),
  { pattern: 'sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}' },
  { pattern: 'AKIA[0-9A-Z]{16}' },
  { pattern: 'ASIA[0-9A-Z]{16}' },
  { pattern: String.raw`eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*` },
  { pattern: String.raw`Bearer\s+[A-Za-z0-9._~+/-]{16,}=*` },
  { pattern: '-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)-----END [A-Z ]*PRIVATE KEY-----' },
];

/** Any of them, for short text. */
export const ANY_SECRET = SECRETS.map(({ pattern }) => `(?:${pattern})`).join('|');
/** What short text with a secret has somewhere. */
export const SIGN_OF_SECRET = `@|${DIGITS}|[a-z]{2}[-_][a-z]|eyJ|A[IKS]|Bearer|-----`;

/** Attributes whose value is a secret whatever it looks like. */
export const SECRET_KEYS =
  '(?i)(?:^|[._-])(?:api[_-]?key|authorization|(?:set[_-])?cookie|passw(?:or)?d|secret|(?:access|refresh|id)[_-]token|private[_-]?key)$';

/** The same inside JSON text: group 1 stays. */
export const SECRET_IN_JSON: Secret = {
  pattern: String.raw`(?i)("[^"]*(?:api_?key|authorization|passw(?:or)?d|secret|access_?token)"\s*:\s*)"(?:[^"\\]|\\.)*"`,
  guard: [
    'ey"',
    'ey\\"',
    'assw',
    'ecret',
    'uthorization',
    'oken"',
    'oken\\"',
    'ASSW',
    'ECRET',
    'AUTHORIZATION',
    'KEY',
    'TOKEN',
  ],
};
