/**
 * Secrets that are told by their own form: what they open with, then the whole. Where a pattern ends in a group, only the
 * group is the secret. Patterns are linear: no repetition overlaps its neighbour without a bound.
 */
const FORMS: readonly (readonly [
  openings: string,
  label: string,
  pattern: RegExp,
  accepts?: (match: string) => boolean,
])[] = [
  // Model providers and tools of agents
  ['sk-', '[SECRET]', /sk-(?:proj|svcacct|admin|ant|or|lf|live|test)-[\w-]{16,}|sk-[A-Za-z0-9]{20,}/],
  [
    'sk_ pk_ rk_ pk-lf',
    '[SECRET]',
    /[spr]k_(?:live|test|prod)_[A-Za-z0-9]{16,}|sk_[0-9a-f]{32,}|pk-lf-[\w-]{16,}/,
  ],
  ['sk.ey pk.ey', '[SECRET]', /[sp]k\.eyJ[\w-]{20,}\.[\w-]{10,}/],
  ['whsec_', '[SECRET]', /whsec_[A-Za-z0-9+/=]{16,}/],
  ['AIza', '[SECRET]', /AIza[\w-]{30,}/],
  ['ya29. 1//0 GOCSPX-', '[SECRET]', /ya29\.[\w-]{20,}|1\/\/0[\w-]{30,}|GOCSPX-[\w-]{20,}/],
  ['hf_', '[SECRET]', /hf_[A-Za-z0-9]{20,}/],
  [
    'gsk_ r8_ pplx- xai- tvly- pcsk_ fw_ fc- e2b_',
    '[SECRET]',
    /(?:gsk_|r8_|pplx-|xai-|tvly-|pcsk_|fw_|fc-|e2b_)[A-Za-z0-9_-]{20,}/,
  ],
  ['lsv2_', '[SECRET]', /lsv2_(?:pt|sk)_[0-9a-z_]{30,}/],
  // Clouds
  [
    'AKIA ASIA AROA AIDA ANPA AKID',
    '[SECRET]',
    /(?:AKIA|ASIA|AROA|AIDA|ANPA|AKID)[A-Za-z0-9]{16,}(?:[\s"',:;|/]{1,3}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+]))?/,
  ],
  ['LTAI', '[SECRET]', /LTAI[A-Za-z0-9]{12,}/],
  ['AQVN t1.', '[SECRET]', /AQVN[\w-]{35,}|t1\.[\w-]{20,}\.[\w-]{20,}/],
  ['dop_ doo_ dor_', '[SECRET]', /do[opr]_v1_[0-9a-f]{64}/],
  ['dapi', '[SECRET]', /dapi[0-9a-f]{32}/],
  ['hvs. hvb. hvr.', '[SECRET]', /hv[sbr]\.[\w-]{20,}/],
  ['dp. dckr_', '[SECRET]', /dp\.(?:pt|st|ct|sa)\.[\w.-]{30,}|dckr_pat_[\w-]{20,}/],
  [
    'sbp_ pscale_ nfp_',
    '[SECRET]',
    /sbp_[0-9a-f]{40}|pscale_(?:tkn|oauth|pw)_[\w.-]{30,}|nfp_[A-Za-z0-9]{30,}/,
  ],
  ['HRKU-', '[SECRET]', /HRKU-[\w-]{30,}/],
  // Code hosting and packages
  ['ghp_ gho_ ghu_ ghs_ ghr_', '[SECRET]', /gh[pousr]_[A-Za-z0-9]{30,}/],
  ['github_', '[SECRET]', /github_pat_\w{30,}/],
  [
    'glpat glptt gldt glrt glcbt glsoat glft glagent gloas glc_ glsa_',
    '[SECRET]',
    /gl(?:pat|ptt|dt|rt|cbt|soat|ft|agent|oas)-[\w.-]{18,}|glc_[A-Za-z0-9+/=]{30,}|glsa_\w{30,}/,
  ],
  ['npm_ pypi- rubygems_', '[SECRET]', /npm_[A-Za-z0-9]{30,}|pypi-[\w-]{50,}|rubygems_[0-9a-f]{40,}/],
  ['ATATT ATBB ATCTT', '[SECRET]', /ATATT3[\w=-]{40,}|ATBB[\w=-]{24,}|ATCTT3[\w=-]{40,}/],
  ['bkua_ circleci_', '[SECRET]', /bkua_[0-9a-f]{40}|circleci_[\w-]{20,}/],
  // Messaging, payment and commerce
  ['xox xapp-', '[SECRET]', /xox[abeoprsc][.-][\w.-]{10,}|xapp-[\w-]{10,}/],
  ['hooks.slack', '[SECRET]', /hooks\.slack\.com\/(?:services|workflows|triggers)\/([\w/-]{20,})/],
  ['discord', '[SECRET]', /discord(?:app)?\.com\/api\/webhooks\/([\w/-]{30,})/],
  ['MT Mj Mz ND NT Nj Nz OD OT', '[SECRET]', /[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,}/],
  ['SG.', '[SECRET]', /SG\.[\w-]{16,}\.[\w-]{16,}/],
  ['SK AC', '[SECRET]', /(?:SK|AC)[0-9a-f]{32}/],
  ['key-', '[SECRET]', /key-[0-9a-f]{32}/],
  ['shpat_ shpca_ shppa_ shpss_', '[SECRET]', /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/],
  ['sq0 EAA', '[SECRET]', /sq0(?:atp|csp|idp)-[\w-]{22,}|EAA[A-Za-z0-9]{60,}/],
  ['access_token$', '[SECRET]', /access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}/],
  // Work tools and operations
  [
    'lin_api_ ntn_ secret_ figd_ pat',
    '[SECRET]',
    /lin_api_[A-Za-z0-9]{30,}|ntn_[A-Za-z0-9]{30,}|secret_[A-Za-z0-9]{40,}|figd_[\w-]{30,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}/,
  ],
  ['PMAK- NRAK-', '[SECRET]', /PMAK-[0-9a-f-]{50,}|NRAK-[A-Z0-9]{27}/],
  ['sntrys_ sntryu_', '[SECRET]', /sntr(?:ys|yu)_[A-Za-z0-9+/=_-]{30,}/],
  ['dda_ ddp_', '[SECRET]', /dd[ap]_[0-9A-Za-z]{30,}/],
  ['AGE-SECRET', '[SECRET]', /AGE-SECRET-KEY-1[0-9A-Z]{50,}/],
  // Whatever the vendor
  ['eyJ', '[SECRET]', /eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}/],
  ['bearer Bearer BEARER', '[SECRET]', /bearer[\s+]{1,4}((?=[A-Za-z.~+/=_-]*\d)[\w.~+/=-]{8,})/i],
  ['basic Basic BASIC', '[SECRET]', /basic[\s+]{1,4}([A-Za-z0-9+/_-]{8,}={0,2})/i, isUserAndPassword],
  [
    'pass Pass PASS pwd PWD pin Pin PIN',
    '[SECRET]',
    /(?:pass(?:word|wd|phrase|code)|pwd|pin)(?: code)?[ '"]{1,2}(?:is|was|to|=)[ '"`]{1,2}((?=[^\s"'`]*[\d!@#$%^*])[^\s"'`]{4,})/i,
  ],
  // Wallets
  ['0x', '[WALLET]', /0x[0-9a-fA-F]{40}(?![0-9A-Za-z])/],
  ['bc1 ltc1', '[WALLET]', /(?:bc|ltc)1[02-9ac-hj-np-z]{25,62}(?![0-9A-Za-z])/],
];

/** RFC 7617: base64 of `user:password`. */
function isUserAndPassword(base64: string): boolean {
  return /^[^\0-\x1f]*:[^\0-\x1f]*$/.test(Buffer.from(base64, 'base64').toString('latin1'));
}

/** Two characters as one index. */
const opening = (first: number, second: number): number => (first << 7) | second;

interface Form {
  readonly opens: string;
  readonly label: string;
  readonly pattern: RegExp;
  readonly accepts: (match: string) => boolean;
}

/** By the first two characters of what they open with. */
const BY_OPENING: (readonly Form[] | undefined)[] = [];
for (const [openings, label, { source, flags }, accepts = () => true] of FORMS) {
  const pattern = new RegExp(source, `${flags}y`);
  for (const opens of openings.split(' ')) {
    const index = opening(opens.charCodeAt(0), opens.charCodeAt(1));
    BY_OPENING[index] = [...(BY_OPENING[index] ?? []), { opens, label, accepts, pattern }];
  }
}

/** Of each pair that opens a form its number, from 1 on. */
const PAIRS = new Uint8Array(1 << 14);
/** By the number of a pair: which ASCII characters may stand behind it. What opens with two is followed by more, too. */
const BEHIND: Uint8Array[] = [new Uint8Array(128)];
BY_OPENING.forEach((forms = [], index) => {
  PAIRS[index] = BEHIND.length;
  BEHIND.push(
    Uint8Array.from({ length: 128 }, (_, third) =>
      forms.some(({ opens }) => opens.length === 2 || opens.charCodeAt(2) === third) ? 1 : 0,
    ),
  );
});

/** Could a form open with these characters? Codes of them; −1 for one that is not there. */
export function mayOpen(first: number, second: number, third: number): boolean {
  if (first >= 128 || second >= 128) return false;
  const pair = PAIRS[opening(first, second)]!;
  return pair !== 0 && third >= 0 && third < 128 && BEHIND[pair]![third] === 1;
}

/** The secret that begins at `at`, or announces itself there. */
export function findToken(text: string, at: number): { start: number; end: number; label: string } | null {
  for (const { opens, label, pattern, accepts } of BY_OPENING[
    opening(text.charCodeAt(at), text.charCodeAt(at + 1))
  ] ?? []) {
    if (!text.startsWith(opens, at)) continue;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null || !accepts(match[1] ?? match[0])) continue;
    const end = pattern.lastIndex;
    return { start: match[1] === undefined ? at : end - match[1].length, end, label };
  }
  return null;
}

const KEY_BEGINS = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
const KEY_ENDS = '-----END ';

/** A PEM or PGP private key, to its end line or, where it was cut, as far as the text goes. */
export function findPrivateKey(
  text: string,
  at: number,
): { start: number; end: number; label: string } | null {
  KEY_BEGINS.lastIndex = at;
  if (!KEY_BEGINS.test(text)) return null;
  const foot = text.indexOf(KEY_ENDS, KEY_BEGINS.lastIndex);
  const closes = foot < 0 ? -1 : text.indexOf('-----', foot + KEY_ENDS.length);
  return { start: at, end: closes < 0 ? text.length : closes + 5, label: '[SECRET]' };
}

/** Azure client secrets carry their mark in the fourth to sixth place: `…8Q~…`. `at`: of the tilde. */
export function findAzureSecret(
  text: string,
  at: number,
): { start: number; end: number; label: string } | null {
  if (text.charCodeAt(at - 1) !== 0x51 || !/\d/.test(text[at - 2] ?? '')) return null;
  AZURE.lastIndex = at - 5;
  return at >= 5 && AZURE.test(text) ? { start: at - 5, end: AZURE.lastIndex, label: '[SECRET]' } : null;
}

const AZURE = /[\w~.-]{3}\dQ~[\w~.-]{31,34}/y;
