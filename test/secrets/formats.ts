import { createHash } from 'node:crypto';
import { BASE62, DIGITS, HEX, LOWER, type Random, UPPER } from './random.ts';

/** A secret as it turns up: `text` with its surroundings, and what of it must be found nowhere. */
export interface Secret {
  readonly text: string;
  readonly secrets: readonly string[];
}

export interface Format {
  readonly name: string;
  make(random: Random): Secret;
}

const alone = (text: string): Secret => ({ text, secrets: [text] });
const within = (secret: string, before: string, after = ''): Secret => ({
  text: before + secret + after,
  secrets: [secret],
});
const word = (r: Random, length: number): string => r.text(length, LOWER);
/** No dictionary has it, so that a search for it finds nothing else. */
const surname = (r: Random): string =>
  r.text(1, UPPER) + Array.from({ length: 4 }, () => r.text(1, 'bdgklmnrstvz') + r.text(1, 'aeiou')).join('');
const email = (r: Random): string =>
  `${word(r, 5)}${r.pick(['.', '_', '+', ''])}${word(r, 6)}${r.below(100)}@${word(r, 7)}.${r.pick(['com', 'co.jp', 'org', 'io', 'de'])}`;
const password = (r: Random): string =>
  `${r.text(5)}${r.pick(['!', '#', '_', '-', '.'])}${r.text(6)}${r.below(10)}`;
const base64 = (r: Random, bytes: number): string =>
  Buffer.from(Array.from({ length: bytes }, () => r.below(256))).toString('base64');
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A number that ends in its Luhn check digit. */
function card(r: Random, prefix: string, length: number): string {
  const body = prefix + r.text(length - prefix.length - 1, DIGITS);
  let sum = 0;
  [...body].reverse().forEach((digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return body + ((10 - (sum % 10)) % 10);
}

function iban(r: Random): string {
  const [country, bban] = r.pick([
    ['DE', r.text(18, DIGITS)],
    ['FR', r.text(23, DIGITS)],
    ['GB', r.text(4, UPPER) + r.text(14, DIGITS)],
    ['NL', r.text(4, UPPER) + r.text(10, DIGITS)],
  ] as const);
  let remainder = 0;
  for (const character of `${bban}${country}00`) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return country + String(98 - remainder).padStart(2, '0') + bban;
}

/** 12 digits whose last is the check digit of Ordinance No. 85 (2014) of the Ministry of Internal Affairs. */
function myNumber(r: Random): string {
  const body = r.text(11, DIGITS);
  const sum = [...body]
    .reverse()
    .reduce((total, digit, i) => total + Number(digit) * (i < 6 ? i + 2 : i - 4), 0);
  return body + (sum % 11 <= 1 ? 0 : 11 - (sum % 11));
}

function bitcoin(r: Random): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
  const payload = Buffer.from([0, ...Array.from({ length: 20 }, () => r.between(1, 255))]);
  let number = BigInt(
    `0x${Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]).toString('hex')}`,
  );
  let out = '';
  for (; number > 0n; number /= 58n) out = alphabet[Number(number % 58n)] + out;
  return `1${out}`;
}

const exchange = (r: Random): string => `${r.between(2, 9)}${r.text(2, DIGITS)}`;
const date = (r: Random): string =>
  `${r.between(1940, 2005)}-${String(r.between(1, 12)).padStart(2, '0')}-${String(r.between(1, 28)).padStart(2, '0')}`;
const fourByFour = (digits: string, separator: string): string => digits.match(/.{4}/g)!.join(separator);
const fullWidth = (text: string): string =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

export const FORMATS: readonly Format[] = [
  { name: 'OpenAI project key', make: (r) => alone(`sk-proj-${r.text(74, `${BASE62}_-`)}A`) },
  { name: 'OpenAI key', make: (r) => alone(`sk-${r.text(48)}`) },
  { name: 'Anthropic key', make: (r) => alone(`sk-ant-api03-${r.text(93, `${BASE62}_-`)}AA`) },
  { name: 'AWS access key id', make: (r) => alone(r.pick(['AKIA', 'ASIA']) + r.text(16, `${UPPER}234567`)) },
  {
    name: 'AWS secret key',
    make: (r) =>
      within(
        r.text(40, `${BASE62}/+`),
        r.pick(['aws_secret_access_key = ', 'AWS_SECRET_ACCESS_KEY=', '"SecretAccessKey": "']),
        '',
      ),
  },
  { name: 'GitHub token', make: (r) => alone(r.pick(['ghp_', 'gho_', 'ghs_']) + r.text(36)) },
  { name: 'GitHub fine-grained token', make: (r) => alone(`github_pat_${r.text(22)}_${r.text(59)}`) },
  { name: 'GitLab token', make: (r) => alone(`glpat-${r.text(20, `${BASE62}-_`)}`) },
  {
    name: 'Slack token',
    make: (r) => alone(`xox${r.pick(['b', 'p'])}-${r.text(12, DIGITS)}-${r.text(12, DIGITS)}-${r.text(24)}`),
  },
  {
    name: 'Slack webhook',
    make: (r) =>
      within(`T${r.text(8, UPPER)}/B${r.text(8, UPPER)}/${r.text(24)}`, 'https://hooks.slack.com/services/'),
  },
  { name: 'Stripe key', make: (r) => alone(r.pick(['sk_live_', 'rk_live_']) + r.text(24)) },
  { name: 'Google API key', make: (r) => alone(`AIza${r.text(35, `${BASE62}_-`)}`) },
  { name: 'npm token', make: (r) => alone(`npm_${r.text(36)}`) },
  { name: 'PyPI token', make: (r) => alone(`pypi-AgEIcHlwaS5vcmc${r.text(60, `${BASE62}_-`)}`) },
  { name: 'Hugging Face token', make: (r) => alone(`hf_${r.text(34)}`) },
  {
    name: 'SendGrid key',
    make: (r) => alone(`SG.${r.text(22, `${BASE62}_-`)}.${r.text(43, `${BASE62}_-`)}`),
  },
  { name: 'Twilio key', make: (r) => alone(r.pick(['SK', 'AC']) + r.text(32, HEX)) },
  { name: 'Telegram bot token', make: (r) => within(r.text(35, `${BASE62}_-`), `${r.between(1e8, 9e9)}:`) },
  {
    name: 'Azure SAS signature',
    make: (r) => within(encodeURIComponent(base64(r, 32)), '?sv=2022-11-02&se=2027-01-01&sr=b&sp=r&sig='),
  },
  {
    name: 'Azure storage key',
    make: (r) =>
      within(
        base64(r, 64),
        `DefaultEndpointsProtocol=https;AccountName=${word(r, 8)};AccountKey=`,
        ';EndpointSuffix=core.windows.net',
      ),
  },
  { name: 'Azure client secret', make: (r) => alone(`${r.text(3)}8Q~${r.text(34, `${BASE62}_-.~`)}`) },
  {
    name: 'JSON web token',
    make: (r) =>
      alone(
        `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ sub: r.text(9, DIGITS), name: surname(r) })}.${r.text(43, `${BASE62}_-`)}`,
      ),
  },
  {
    name: 'PEM private key',
    make(r) {
      const lines = Array.from({ length: 6 }, () => r.text(64, `${BASE62}+/`));
      const kind = r.pick(['RSA ', 'EC ', '', 'OPENSSH ']);
      return {
        text: `-----BEGIN ${kind}PRIVATE KEY-----\n${lines.join('\n')}\n-----END ${kind}PRIVATE KEY-----`,
        secrets: lines,
      };
    },
  },
  {
    name: 'bearer header',
    make: (r) =>
      within(
        `${r.text(20, `${BASE62}-_.`)}${r.below(10)}${r.text(6)}`,
        r.pick(['Authorization: Bearer ', 'authorization: bearer ']),
      ),
  },
  {
    name: 'basic header',
    make: (r) =>
      within(
        Buffer.from(`${word(r, 6)}:${password(r)}`)
          .toString('base64')
          .replace(/=+$/, ''),
        'Authorization: Basic ',
      ),
  },
  {
    name: 'password in a URL',
    make: (r) =>
      within(
        password(r).replace('#', '_'),
        `${r.pick(['postgres', 'redis', 'mongodb+srv', 'https'])}://${word(r, 5)}:`,
        `@db.${word(r, 6)}.internal:5432/app`,
      ),
  },
  {
    name: 'password in JSON',
    make(r) {
      const [before, after] = r.pick([
        ['{"password": "', '"}'],
        ['{"user":"x","dbPassword":"', '","port":5432}'],
        ["{'passwd': '", "'}"],
      ] as const);
      return within(password(r), before, after);
    },
  },
  {
    name: 'password in an environment file',
    make: (r) =>
      within(password(r), `${r.pick(['DB_PASSWORD', 'SMTP_PASS', 'PGPASSWORD', 'ADMIN_PWD'])}=`, '\nDEBUG=1'),
  },
  {
    name: 'password in a sentence',
    make: (r) => within(password(r), r.pick(['my password is ', 'The password was '])),
  },
  {
    name: 'API key in a query',
    make: (r) =>
      within(
        r.text(32),
        `https://api.example.com/v1/items?${r.pick(['api_key', 'apikey', 'access_token'])}=`,
        '&page=2',
      ),
  },
  {
    name: 'API key header',
    make: (r) => within(r.text(32, HEX), r.pick(['X-Api-Key: ', 'api-key: ', 'Ocp-Apim-Subscription-Key: '])),
  },
  {
    name: 'secret in YAML',
    make: (r) =>
      within(r.text(24), `${r.pick(['client_secret', 'clientSecret', 'signing_key'])}: `, '\nregion: eu'),
  },
  {
    name: 'cookie',
    make: (r) =>
      within(
        r.text(32),
        `${r.pick(['Cookie', 'Set-Cookie'])}: ${r.pick(['sessionid', 'JSESSIONID', 'connect.sid'])}=`,
        '; theme=dark',
      ),
  },
  { name: 'e-mail', make: (r) => alone(email(r)) },
  { name: 'e-mail in full width', make: (r) => alone(fullWidth(email(r))) },
  {
    name: 'e-mail with invisible characters',
    make(r) {
      const plain = email(r);
      const at = plain.indexOf('@');
      const hidden = `${plain.slice(0, 3)}\u200b${plain.slice(3, at + 2)}\u2060${plain.slice(at + 2)}`;
      return { text: hidden, secrets: [plain, hidden] };
    },
  },
  {
    name: 'e-mail in base64',
    make: (r) =>
      alone(
        Buffer.from(JSON.stringify({ to: email(r), n: r.below(100) }))
          .toString('base64')
          .replace(/=+$/, ''),
      ),
  },
  {
    name: 'international phone',
    make: (r) =>
      alone(
        `+${r.pick(['49 151 ', '44 20 ', '33 6 ', '81 90-', '1-415-', '65 '])}${r.text(4, DIGITS)}${r.pick([' ', '-'])}${r.text(4, DIGITS)}`,
      ),
  },
  {
    name: 'US phone',
    make: (r) =>
      alone(
        r.pick([
          `(${exchange(r)}) ${exchange(r)}-`,
          `${exchange(r)}-${exchange(r)}-`,
          `+1${exchange(r)}${exchange(r)}`,
        ]) + r.text(4, DIGITS),
      ),
  },
  {
    name: 'Japanese mobile phone',
    make: (r) => alone(r.pick([`090-${r.text(4, DIGITS)}-${r.text(4, DIGITS)}`, `080${r.text(8, DIGITS)}`])),
  },
  {
    name: 'Japanese phone',
    make: (r) => alone(`${r.pick(['03', '06'])}-${r.between(3000, 6999)}-${r.text(4, DIGITS)}`),
  },
  { name: 'card', make: (r) => alone(card(r, r.pick(['4', '51', '55', '2221', '6011']), 16)) },
  {
    name: 'card in groups',
    make: (r) => alone(fourByFour(card(r, r.pick(['4', '53', '3530']), 16), r.pick([' ', '-']))),
  },
  { name: 'American Express card', make: (r) => alone(card(r, r.pick(['34', '37']), 15)) },
  { name: 'card as a number', make: (r) => within(card(r, '4', 16), '{"amount":12,"pan":', '}') },
  { name: 'IBAN', make: (r) => alone(iban(r)) },
  {
    name: 'US social security number',
    make: (r) => alone(`${r.between(100, 665)}-${r.between(10, 99)}-${r.between(1000, 9999)}`),
  },
  {
    name: 'My Number',
    make: (r) =>
      within(
        r.below(2) === 0 ? myNumber(r) : fourByFour(myNumber(r), ' '),
        r.pick(['マイナンバーは ', '個人番号：', 'My Number: ']),
      ),
  },
  {
    name: 'passport',
    make: (r) =>
      within(
        r.text(2, UPPER) + r.text(7, DIGITS),
        r.pick(['passport number ', '"passport_number": "', '旅券番号：']),
      ),
  },
  {
    name: 'driving licence',
    make: (r) =>
      within(
        `${r.text(1, UPPER)}${r.text(7, DIGITS)}`,
        r.pick(["driver's license no. ", '"driver_license": "', 'driving licence: ']),
      ),
  },
  {
    name: 'date of birth',
    make: (r) => within(date(r), r.pick(['born on ', '"date_of_birth": "', 'DOB: ', '生年月日：'])),
  },
  {
    name: 'bank account',
    make: (r) =>
      within(r.text(12, DIGITS), r.pick(['bank account number ', '"account_number": "', '口座番号：'])),
  },
  {
    name: 'UK National Insurance number',
    make: (r) =>
      alone(`${r.pick(['AB', 'CE', 'JK', 'WM'])}${r.text(6, DIGITS)}${r.pick(['A', 'B', 'C', 'D'])}`),
  },
  {
    name: 'Korean resident registration number',
    make: (r) =>
      alone(
        `${r.between(50, 99)}${String(r.between(1, 12)).padStart(2, '0')}${r.between(10, 28)}-${r.pick([1, 2])}${r.text(6, DIGITS)}`,
      ),
  },
  { name: 'Ethereum wallet', make: (r) => alone(`0x${r.text(40, `${HEX}ABCDEF`)}`) },
  {
    name: 'Bitcoin wallet',
    make: (r) =>
      alone(r.below(2) === 0 ? bitcoin(r) : `bc1q${r.text(38, '023456789acdefghjklmnpqrstuvwxyz')}`),
  },
  {
    name: 'person in JSON',
    make(r) {
      const [first, last] = [surname(r), surname(r)];
      return { text: `{"first_name":"${first}","lastName": "${last}","seat":"12A"}`, secrets: [first, last] };
    },
  },
  {
    name: 'public IP address',
    make: (r) =>
      alone(
        r.below(3) === 0
          ? `2a02:${r.text(4, HEX)}:${r.text(4, HEX)}::${r.text(4, HEX)}`
          : `${r.pick([81, 93, 203])}.${r.between(20, 250)}.${r.between(20, 250)}.${r.between(20, 250)}`,
      ),
  },
  {
    name: 'Japanese address',
    make: (r) =>
      within(`渋谷区神南${r.between(1, 3)}-${r.between(10, 40)}-${r.between(10, 99)}`, '〒150-0041 東京都'),
  },
];
