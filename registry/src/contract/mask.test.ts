import { describe, expect, it } from 'vitest';
import { createMasker, TRUNCATED, UNMASKABLE } from './mask.ts';

const { maskText, maskValue } = createMasker();

describe('maskText', () => {
  it.each([
    ['write to mia.li3818@example.com, please', 'write to [EMAIL], please'],
    ['card 4111 1111 1111 1111, exp 12/27', 'card [CARD], exp 12/27'],
    [
      'card number 4111111111111111.Thanks, call me at 415 555 2671',
      'card number [CARD].Thanks, call me at [PHONE]',
    ],
    [
      '4111 1111 1111 1111 123, +81 90-1234-5678 2026 17, phone 415 555 2671 20260101',
      '[CARD] 123, [PHONE] 2026 17, phone [PHONE] 20260101',
    ],
    ['she was born on the 5th of May 1990', 'she was born on the [BIRTHDATE]'],
    ['call +81 90-1234-5678 or (415) 555-2671', 'call [PHONE] or [PHONE]'],
    ['電話番号：０３－１２３４－５６７８、氏名：山田太郎', '電話番号：[PHONE]、氏名：[NAME]'],
    ['お客様のパスワードはhunter22です', 'お客様のパスワードは[SECRET]'],
    ['pay to GB82 WEST 1234 5698 7654 32 and wait', 'pay to [IBAN] and wait'],
    ['passport number X1234567, account 12', 'passport number [DOCUMENT], account 12'],
    ['from 81.2.69.142 via 10.0.0.1 by 2a02:c7f:1::1', 'from [IP] via 10.0.0.1 by [IP]'],
    ['postgres://app:p@ssw0rd@db:5432/x', 'postgres://[SECRET]@db:5432/x'],
    ['Authorization: Bearer abc.def-123\nAccept: */*', 'Authorization: Bearer [SECRET]\nAccept: */*'],
    ['Cookie: sessionid=abc; theme=dark\nHost: x', 'Cookie: [SECRET]\nHost: x'],
    ['GET /?api_key=abc123&page=2', 'GET /?api_key=[SECRET]&page=2'],
    ['see -----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----.', 'see [SECRET].'],
    ['password: "correct horse"', 'password: "[SECRET]"'],
    ['the PIN is 4321', 'the PIN is [SECRET]'],
  ])('%s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it.each([
    '1795000006944000000',
    '2639b24ebc67997369080b5a4abb5eda',
    '0b0e3f1c-8b1e-4a57-9c3f-3c8f6f0d2a11',
    'Password: must be at least 8 characters',
    '{"token":"Hello","token_count":55,"max_tokens":4096,"next_page_token":"abc123def456ghi"}',
    '{"password":{"type":"string","description":"The password"}}',
    'api_key=os.environ["KEY"], password=None',
    'agent.session_id = a333055c-5e7d-4edd-a0e1-9c15cabff624',
    'git@github.com:example/app.git image@2x.png v1.2.3.4',
    'order 302-1234567-1234567 of 2024-05-20',
    '4111111111111112 is no card',
  ])('keeps %s', (text) => {
    expect(maskText(text)).toBe(text);
  });

  it('reads through escapes and leaves the JSON around valid', () => {
    const secret = {
      note: 'a "quoted" mail:\nmia@example.com',
      password: 'x"y\\z\n12',
      card: 4111111111111111,
      n: [1],
    };
    let text = JSON.stringify(secret);
    for (let depth = 0; depth < 4; depth++) {
      let masked: unknown = maskText(text);
      for (let i = 0; i <= depth; i++) masked = JSON.parse(masked as string);
      expect(masked).toEqual({
        note: 'a "quoted" mail:\n[EMAIL]',
        password: '[SECRET]',
        card: '[CARD]',
        n: [1],
      });
      text = JSON.stringify(text);
    }
  });

  it.each([
    'mia\\u0040example.com',
    'mia%40example.com',
    'mia%2540example.com',
    'mia&#64;example.com',
    'ｍｉａ＠ｅｘａｍｐｌｅ．ｃｏｍ',
    '%EF%BD%8D%EF%BD%89%EF%BD%81%40example.com',
    'mi\u200ba@exam\u00adple.com',
  ])('finds an address written as %s', (text) => {
    expect(maskText(`to ${text} now`)).toBe('to [EMAIL] now');
  });

  it('opens base64', () => {
    const inner = Buffer.from('{"to":"mia@example.com"}').toString('base64');
    expect(maskText(`body=${inner};`)).toBe('body=[EMAIL];');
    expect(maskText(Buffer.from(`{"body":"${inner}"}`).toString('base64'))).toBe('[EMAIL]');
  });

  it('masks attributes written as pairs, and values cut before their end', () => {
    expect(maskText('{"key":"db.password","value":{"stringValue":"hunter2"}}')).toBe(
      '{"key":"db.password","value":{"stringValue":"[SECRET]"}}',
    );
    expect(maskText('{"a":1,"api_key":"abcdef')).toBe('{"a":1,"api_key":"[SECRET]');
  });

  it('cuts what is longer than a mebibyte, never within a secret', () => {
    const masked = maskText(`${'x '.repeat((1 << 19) - 3)}mia@example.com${' y'.repeat(1 << 19)}`);
    expect(masked.length).toBeLessThan((1 << 20) + 64);
    expect(masked.endsWith(`[EMAIL]…${TRUNCATED}`)).toBe(true);
  });

  it('takes linear time on hostile texts', () => {
    const hostile = [
      '0-',
      '1 ',
      'a@',
      '@',
      ':',
      'a:',
      'password="',
      "password='<",
      '\\"',
      '%25',
      '://',
      'eyJ',
      'sk-',
      '県市',
      '2001:',
    ].concat([
      '-----BEGIN PRIVATE KEY-----',
      '"password":{',
      'YWFhYWFhYWFhYWFhYWFhYWFh/',
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN ',
      'a b key: ',
    ]);
    const length = 1 << 18;
    for (const unit of hostile) {
      const started = performance.now();
      maskText(unit.repeat(Math.ceil(length / unit.length)));
      // Tens of milliseconds; a quadratic rule takes minutes.
      expect(performance.now() - started, unit).toBeLessThan(5000);
    }
  });
});

describe('maskValue', () => {
  it('masks by what the keys say, and counts of tokens never', () => {
    expect(
      maskValue({
        apiKey: 'abc',
        db_password: 12345,
        credentials: { user: 'a', key: 'b' },
        usage: { input_tokens: 4111, max_tokens: 1000, total_tokens: 12 },
        pages: { next_page_token: 'abcdef123456' },
        contact: { first_name: 'Mia', phone: 4155552671, mails: ['mia@example.com', 1] },
        card: 4111111111111111n,
        attributes: [{ key: 'smtp.password', value: { stringValue: 'hunter2' } }],
        'mia@example.com': true,
      }),
    ).toEqual({
      apiKey: '[SECRET]',
      db_password: '[SECRET]',
      credentials: '[SECRET]',
      usage: { input_tokens: 4111, max_tokens: 1000, total_tokens: 12 },
      pages: { next_page_token: 'abcdef123456' },
      contact: { first_name: '[NAME]', phone: '[PHONE]', mails: ['[EMAIL]', 1] },
      card: '[CARD]',
      attributes: [{ key: 'smtp.password', value: { stringValue: '[SECRET]' } }],
      '[EMAIL]': true,
    });
  });

  it('takes what is not plain', () => {
    const cyclic: Record<string, unknown> = { mail: 'mia@example.com' };
    cyclic.self = cyclic;
    expect(maskValue(cyclic)).toEqual({ mail: '[EMAIL]', self: UNMASKABLE });
    expect(maskValue(new Map([['password', 'abc']]))).toEqual({ password: '[SECRET]' });
    expect(maskValue(new Error('no mia@example.com'))).toMatchObject({ message: 'no [EMAIL]' });
    expect(maskValue(Buffer.from('mia@example.com'))).toBe('[EMAIL]');
    expect(maskValue(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });

  it('keeps nothing of what it cannot mask', () => {
    const hostile = Object.defineProperty({}, 'secret', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(maskValue({ hostile })).toBe(UNMASKABLE);
    let deep: unknown = 'mia@example.com';
    for (let i = 0; i < 10_000; i++) deep = [deep];
    expect(JSON.stringify(maskValue(deep))).not.toContain('mia');
    const many = maskValue(Array.from({ length: 100_010 }, () => 'mia@example.com')) as unknown[];
    expect(new Set(many)).toEqual(new Set(['[EMAIL]', UNMASKABLE]));
  });
});
