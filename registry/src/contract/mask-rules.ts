/** What has to be there for a rule to be worth trying; found in one pass over the text. */
export type Trigger = 'at' | 'digits' | 'token' | 'assignment' | 'always';

export interface MaskRule {
  readonly name: string;
  readonly trigger: Trigger;
  /** Global; linear: no nested or adjacent unbounded repetition over the same characters. */
  readonly pattern: RegExp;
  /** Replacement; groups as in `String.replace`. A function may decline by returning the match. */
  readonly replace: string | ((match: string, ...groups: string[]) => string);
}

const keep =
  (accept: (match: string) => boolean, replacement: string) =>
  (match: string): string =>
    accept(match) ? replacement : match;

/** In order: secrets before personal data, structured before loose. */
export const MASK_RULES: readonly MaskRule[] = [
  {
    name: 'private-key',
    trigger: 'token',
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,20000}?(?:-----END [A-Z ]{0,40}-----|$)/g,
    replace: '[SECRET]',
  },
  { name: 'jwt', trigger: 'token', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, replace: '[SECRET]' },
  {
    name: 'vendor-key',
    trigger: 'token',
    pattern: new RegExp(
      [
        'sk-(?:proj-|ant-|or-|live-|svcacct-|admin-)?[\\w-]{16,}', // OpenAI, Anthropic, OpenRouter
        '(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}', // AWS
        'gh[pousr]_\\w{30,}|github_pat_\\w{30,}', // GitHub
        'gl(?:pat|ptt|dt|rt)-[\\w-]{18,}', // GitLab
        'xox[abeoprs]-[\\w-]{10,}|xapp-[\\w-]{10,}', // Slack
        '(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,}', // Stripe
        'AIza[\\w-]{35}|ya29\\.[\\w-]{20,}', // Google
        'npm_[A-Za-z0-9]{36}', // npm
        'pypi-[\\w-]{50,}', // PyPI
        'hf_[A-Za-z0-9]{30,}', // Hugging Face
        'SG\\.[\\w-]{16,}\\.[\\w-]{16,}', // SendGrid
        '(?:SK|AC)[0-9a-f]{32}', // Twilio
        'dop_v1_[0-9a-f]{64}', // DigitalOcean
        'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}', // Shopify
        'sq0(?:atp|csp)-[\\w-]{22,}', // Square
        'key-[0-9a-f]{32}', // Mailgun
        'gsk_[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}|pplx-[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{30,}', // Groq, Replicate, Perplexity, xAI
        'lin_api_[A-Za-z0-9]{30,}|ntn_[A-Za-z0-9]{30,}|secret_[A-Za-z0-9]{40,}', // Linear, Notion
        'dd[ap]_[0-9a-zA-Z]{30,}|glc_[A-Za-z0-9+/=]{30,}|glsa_[A-Za-z0-9_]{30,}', // Datadog, Grafana
        'AGE-SECRET-KEY-1[0-9A-Z]{50,}',
        'hooks\\.slack\\.com/services/[\\w/]{20,}',
      ]
        .map((source) => `(?<![A-Za-z0-9])(?:${source})`)
        .join('|'),
      'g',
    ),
    replace: '[SECRET]',
  },
  {
    name: 'authorization',
    trigger: 'token',
    pattern: /\b(Bearer|Basic|Token|ApiKey)(\s{1,4}|%20)[\w.~+/=-]{12,}/gi,
    replace: '$1$2[SECRET]',
  },
  {
    name: 'url-credentials',
    trigger: 'at',
    pattern: /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s:@/"']{1,128}:[^\s@/"']{1,256}@/gi,
    replace: '$1[SECRET]@',
  },
  {
    name: 'assigned-secret',
    trigger: 'assignment',
    pattern:
      /((?:pass(?:word|wd|phrase|code)|pwd|secret(?:[_-]?(?:access[_-]?)?key)?|api[_-]?key|access[_-]?key|account[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|id[_-]?token|bot[_-]?token|client[_-]?secret|private[_-]?key|signing[_-]?key|encryption[_-]?key|session[_-]?(?:token|cookie)|set-cookie|cookie|authorization|credentials?|connection[_-]?string|sig|パスワード)\\{0,3}["']?\s{0,4}(?::|=|=>|%3D|：)\s{0,4}\\{0,3}["']?)(?!\[)([^\s"'\\,;&{}[\]]{4,})/gi,
    replace: '$1[SECRET]',
  },
  {
    name: 'named-person',
    trigger: 'assignment',
    pattern:
      /(\\{0,3}"(?:first|last|full|middle|family|given|maiden|customer|passenger|holder)_?[nN]ame\\{0,3}"\s{0,4}:\s{0,4}\\{0,3}")([^"\\]{1,200})/gi,
    replace: '$1[NAME]',
  },
  {
    name: 'date-of-birth',
    trigger: 'assignment',
    pattern:
      /((?:\bdob|date[ _-]of[ _-]birth|birth[ _-]?(?:date|day)|生年月日)\\{0,3}["']?\s{0,4}[:=：]?\s{0,4}\\{0,3}["']?)(\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?)/gi,
    replace: '$1[BIRTHDATE]',
  },
  {
    name: 'identity-document',
    trigger: 'digits',
    pattern:
      /((?:passport|driver'?s? licen[cs]e|driving licen[cs]e|旅券番号|運転免許)[^\d\n]{0,24}?)([A-Z]{0,3}\d{5,12}[A-Z]{0,2})\b/gi,
    replace: '$1[DOCUMENT]',
  },
  {
    name: 'my-number',
    trigger: 'digits',
    pattern: /((?:my[ _-]?number|マイナンバー|個人番号)[^\d\n]{0,12})(\d{4}[ -]?\d{4}[ -]?\d{4})(?!\d)/gi,
    replace: '$1[ID]',
  },
  {
    name: 'bank-account',
    trigger: 'digits',
    pattern:
      /((?:bank[ _-]?account|account[ _-]?(?:number|no\.?)|acct|routing[ _-]?(?:number|no\.?)|口座番号)[^\d\n]{0,12})(\d[\d -]{4,18}\d)/gi,
    replace: '$1[ACCOUNT]',
  },
  {
    name: 'email',
    trigger: 'at',
    pattern: /[\w.%+'-]{1,64}(?:@|%40|\\u0040)(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,24}/gi,
    replace: '[EMAIL]',
  },
  {
    name: 'iban',
    trigger: 'digits',
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
    replace: keep(isIban, '[IBAN]'),
  },
  {
    name: 'card',
    trigger: 'digits',
    pattern: /(?<![\w.-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-]|\.\d)/g,
    replace: keep(isCard, '[CARD]'),
  },
  { name: 'korean-rrn', trigger: 'digits', pattern: /(?<![\w-])\d{6}-[1-8]\d{6}(?![\w-])/g, replace: '[ID]' },
  {
    name: 'us-ssn',
    trigger: 'digits',
    pattern: /(?<![\w-])(?!000|666|9)\d{3}-\d{2}-\d{4}(?![\w-])/g,
    replace: '[ID]',
  },
  {
    name: 'uk-nino',
    trigger: 'digits',
    pattern: /\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/g,
    replace: '[ID]',
  },
  {
    name: 'phone-international',
    trigger: 'digits',
    pattern: /(?<![\w+])\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){1,4}(?!\w)/g,
    replace: keep((match) => match.replace(/\D/g, '').length >= 8, '[PHONE]'),
  },
  {
    name: 'phone-us',
    trigger: 'digits',
    pattern: /(?<![\w-])(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-]|\.\d)/g,
    replace: '[PHONE]',
  },
  {
    name: 'phone-japan',
    trigger: 'digits',
    pattern: /(?<![\w-])(?:0\d{1,3}-\d{2,4}-\d{4}|0[5789]0\d{8})(?![\w-])/g,
    replace: '[PHONE]',
  },
  {
    name: 'crypto-wallet',
    trigger: 'token',
    pattern: /\b(?:0x[0-9a-fA-F]{40}|bc1[02-9ac-hj-np-z]{25,62})\b/g,
    replace: '[WALLET]',
  },
];

/** ISO 7812 check digit (Luhn) and a length and prefix that cards have. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (digits.length < 13 || digits.length > 19) return false;
  if (!/^(?:4|5[1-5]|2[2-7]|3[0-9]|6(?:011|22|4[4-9]|5))/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = digit * 2;
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 13616 check digits: the number modulo 97 is 1. */
function isIban(text: string): boolean {
  const compact = text.replace(/ /g, '');
  if (compact.length < 15 || compact.length > 34) return false;
  const rearranged = compact.slice(4) + compact.slice(0, 4);
  let remainder = 0;
  for (const character of rearranged) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
