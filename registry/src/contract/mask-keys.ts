/** What a key says about its value: how to replace it, and which values it is believed of. */
export interface Meaning {
  readonly label: string;
  /** Is this value what the key announces? Placeholders, types in code and prose are not. */
  readonly accepts: (value: string) => boolean;
  /** Also objects and arrays are replaced. */
  readonly whole: boolean;
  /** Believed behind `=` only: with a colon the same word names something harmless. */
  readonly equalsOnly: boolean;
  /** Unquoted, the value may be several words. */
  readonly words: boolean;
}

interface Entry extends Partial<Omit<Meaning, 'label' | 'accepts'>> {
  readonly label: string;
  readonly accepts: (value: string) => boolean;
  /** In snake case; a longer key counts if it ends in one of them. */
  readonly keys: string;
}

const digitsIn = (value: string): number => value.replace(/\D/g, '').length;

/** Values that stand where a secret would: types, absent values, references to variables, what is masked already. */
const PLACEHOLDER =
  /^(?:(?:null|none|nil|undefined|true|false|yes|no|str|string|bytes|bool|boolean|int|integer|number|any|object|optional|required|include|omit|same-origin|redacted|masked|hidden|removed|n\/a|empty|unknown)|[*x•.#_-]+|[\^~]?\d+\.\d+\.\d+\S*|(?:\$|\{\{|<|\[|%\(|os\.|env\.|process\.|config\.|settings\.|self\.|this\.|args\.|options\.|params\.|secrets\.|str\b|optional\[|get_|getenv|function|lambda).*)$/is;

const anything = (value: string): boolean => value.length >= 3 && !PLACEHOLDER.test(value);

/** Not a word and not a number: counts of tokens and names of things are kept. */
const opaque = (value: string): boolean =>
  value.length >= 8 &&
  !/\s/.test(value) &&
  !PLACEHOLDER.test(value) &&
  /[a-z]/i.test(value) &&
  (/\d/.test(value) || (value.length >= 20 && /[a-z]/.test(value) && /[A-Z]/.test(value)));

/** Ids of conversations look like this; sessions of web frameworks do not. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const VOCABULARY: readonly Entry[] = [
  {
    label: '[SECRET]',
    accepts: anything,
    whole: true,
    keys: `password passwords passwd passphrase passcode pwd db_pass user_pass smtp_pass ftp_pass mysql_pass admin_pass
      root_pass login_pass redis_pass basic_pass proxy_pass pgpassword passwort contrasena contraseña senha secret secrets
      secret_key secretkey api_key apikey api_keys apikeys api_secret app_secret app_key application_key consumer_secret
      access_key accesskey access_key_id account_key accountkey private_key privatekey secret_access_key signing_key
      signing_secret encryption_key decryption_key master_key shared_key shared_access_key ssh_key storage_key service_key
      service_account_key subscription_key deploy_key client_secret clientsecret webhook_secret token_secret
      authorization proxy_authorization auth_header x_auth cookie cookies set_cookie credential credentials
      connection_string connectionstring conn_str access_token accesstoken refresh_token refreshtoken auth_token authtoken
      id_token bot_token session_token sessiontoken security_token personal_access_token oauth_token bearer_token api_token
      csrf_token xsrf_token csrftoken device_token push_token otp_secret totp_secret recovery_code recovery_codes
      seed_phrase mnemonic パスワード 合言葉 密码 비밀번호`,
  },
  {
    label: '[SECRET]',
    accepts: opaque,
    keys: `token tokenid jwt bearer auth sessid phpsessid jsessionid aspsessionid session_key session_cookie connect_sid
      amz_signature goog_signature amz_credential hmac_key webhook_url`,
  },
  {
    label: '[SECRET]',
    accepts: (value) => opaque(value) && !UUID.test(value),
    equalsOnly: true,
    keys: 'sid session sessionid session_id sig',
  },
  {
    label: '[SECRET]',
    accepts: (value) => /^\d{3,8}$/.test(value),
    keys: `pin cvv cvv2 cvc cvc2 csc security_code otp otp_code one_time_code one_time_password verification_code mfa_code
      totp 暗証番号 認証コード セキュリティコード`,
  },
  {
    label: '[CARD]',
    accepts: (value) => digitsIn(value) >= 12 && digitsIn(value) <= 19 && /^[\d -]+$/.test(value),
    keys: `card card_number cardnumber card_no credit_card debit_card credit_card_number debit_card_number cc_number ccnum pan
      primary_account_number カード番号 クレジットカード番号`,
  },
  {
    label: '[NAME]',
    accepts: (value) =>
      value.length <= 80 && /\p{L}/u.test(value) && !/[\d_{}<>[\]:]/.test(value) && !PLACEHOLDER.test(value),
    words: true,
    keys: `first_name firstname last_name lastname full_name fullname middle_name family_name given_name surname maiden_name
      customer_name passenger_name patient_name employee_name contact_name recipient_name beneficiary_name legal_name
      cardholder cardholder_name card_holder card_holder_name account_holder account_holder_name holder_name guest_name
      sender_name buyer_name member_name 氏名 姓名 お名前 名前 名義 名義人 口座名義 フリガナ 성명`,
  },
  {
    label: '[BIRTHDATE]',
    accepts: (value) => value.length <= 40 && digitsIn(value) >= 3 && digitsIn(value) <= 14,
    words: true,
    keys: 'dob date_of_birth birth_date birthdate birthday birth_day born 生年月日 誕生日 생년월일',
  },
  {
    label: '[DOCUMENT]',
    accepts: (value) => value.length <= 24 && digitsIn(value) >= 4,
    keys: `passport passport_number passport_no passport_num passportnumber driver_license drivers_license driver_licence
      driver_license_number drivers_license_number driver_licence_number driving_licence driving_license
      driving_licence_number driving_license_number license_number licence_number residence_card residence_card_number
      旅券番号 パスポート番号 運転免許証番号 運転免許番号 免許証番号 在留カード番号`,
  },
  {
    label: '[ACCOUNT]',
    accepts: (value) => value.length <= 40 && digitsIn(value) >= 4,
    keys: `bank_account bank_account_number account_number account_no accountnumber acct_no acct_number routing_number
      routing_no aba_number iban sort_code 口座番号 口座`,
  },
  {
    label: '[ID]',
    accepts: (value) => value.length <= 24 && digitsIn(value) >= 6,
    keys: `ssn social_security social_security_number social_security_no social_insurance_number my_number mynumber
      individual_number national_id national_id_number nino national_insurance national_insurance_number ni_number rrn
      resident_registration_number aadhaar aadhaar_number tax_id tax_identification_number cpf curp
      マイナンバー 個人番号 주민등록번호 身份证号`,
  },
  {
    label: '[PHONE]',
    accepts: (value) =>
      value.length <= 32 && digitsIn(value) >= 7 && digitsIn(value) <= 16 && !/[a-wyz]{3}/i.test(value),
    keys: `phone phones phone_number phone_no phonenumber mobile mobile_phone mobile_number mobile_no cell cell_phone cellphone
      cell_number telephone telephone_number tel tel_no fax fax_number whatsapp msisdn contact_number home_phone work_phone
      電話番号 電話 携帯 携帯電話 携帯番号 連絡先 전화번호 手机号`,
  },
  {
    label: '[ADDRESS]',
    accepts: (value) =>
      value.length >= 4 && value.length <= 200 && !/[{}<>[\]]/.test(value) && anything(value),
    words: true,
    keys: 'street street_address address1 address2 address_1 address_2 address_line_1 address_line_2 address_line1 address_line2 home_address postal_address mailing_address shipping_address billing_address 住所 ご住所',
  },
];

/** Words behind a key that change nothing about what it names. */
const TRAILERS = new Set([
  'value',
  'raw',
  'text',
  'plain',
  'hash',
  'base64',
  'b64',
  'encoded',
  'old',
  'new',
  'current',
]);

/** Tokens of paging and of vocabularies are no secrets. */
const HARMLESS =
  /(?:^|_)(?:page|next|continuation|sync|cursor|start|end|pad|eos|bos|unk|mask|stop|sep|cls|special)_token$/;

const MEANINGS = new Map<string, Meaning>();
for (const { keys, whole = false, equalsOnly = false, words = false, label, accepts } of VOCABULARY) {
  for (const key of keys.split(/\s+/)) MEANINGS.set(key, { label, accepts, whole, equalsOnly, words });
}

/** The last two characters of every known key, as pairs of codes: most other keys are told by theirs. */
const ENDINGS = new Uint8Array(1 << 14);
for (const key of [...MEANINGS.keys(), ...TRAILERS]) {
  const pair = (key.charCodeAt(key.length - 2) << 7) | key.charCodeAt(key.length - 1);
  if (pair < ENDINGS.length) ENDINGS[pair] = 1;
}

/** Keys of languages without word boundaries, and what they end in. */
const WIDE = [...MEANINGS].filter(([key]) => key.charCodeAt(0) > 0x7f);
const WIDE_ENDINGS = new Set(WIDE.map(([key]) => key.charCodeAt(key.length - 1)));

/** May a key end at `end`, as far as its last two characters tell? */
export function mayEndKey(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1);
  const before = text.charCodeAt(end - 2);
  if (last >= 128) return WIDE_ENDINGS.has(last);
  if (last >= 48 && last <= 57) return before < 48 || before > 57;
  return ENDINGS[((before | 0x20) << 7) | last | 0x20] === 1;
}

const MAX_KEY = 96;

/** Answers by key, as telemetry repeats its keys; forgotten all at once. */
const known = new Map<string, Meaning | null>();
const MAX_KNOWN = 4096;

/** What the key of a JSON member, header, variable, cell or sentence says about its value; null for most. */
export function meaningOf(key: string): Meaning | null {
  if (key.length < 2 || !mayEndKey(key, key.length)) return null;
  const answer = known.get(key);
  if (answer !== undefined) return answer;
  const meaning = lookUp(key.slice(-MAX_KEY));
  if (known.size >= MAX_KNOWN) known.clear();
  // A copy: a slice would keep the whole text alive.
  known.set(Buffer.from(key.slice(-MAX_KEY)).toString(), meaning);
  return meaning;
}

function lookUp(key: string): Meaning | null {
  if (key.charCodeAt(key.length - 1) > 0x7f) return WIDE.find(([wide]) => key.endsWith(wide))?.[1] ?? null;
  let name = snakeCase(key);
  if (HARMLESS.test(name)) return null;
  for (;;) {
    const meaning = endingOf(name);
    if (meaning !== null) return meaning;
    const cut = name.lastIndexOf('_');
    const trailer = name.slice(cut + 1);
    if (cut <= 0 || !(TRAILERS.has(trailer) || /^\d{1,3}$/.test(trailer))) return null;
    name = name.slice(0, cut);
  }
}

function endingOf(name: string): Meaning | null {
  for (let from = 0; ; ) {
    const meaning = MEANINGS.get(name.slice(from));
    if (meaning !== undefined) return meaning;
    const next = name.indexOf('_', from);
    if (next < 0) return null;
    from = next + 1;
  }
}

/** `X-Api-Key`, `apiKey`, `API key` → `x_api_key`, `api_key`, `api_key`. */
function snakeCase(key: string): string {
  return key
    .replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$2_')
    .replace(/[\s_.$:#'"()[\]-]+/g, '_')
    .replace(/^_|_$/g, '')
    .toLowerCase();
}
