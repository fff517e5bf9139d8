import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMasker } from './mask.ts';
import { isSurelyPlain } from './mask-plain.ts';

const { maskText } = createMasker();

function isPlain(text: string): boolean {
  const bytes = Buffer.from(`"${text}"`);
  return isSurelyPlain(bytes, 1, bytes.length - 1);
}

/** Written by their emitters so; the digits are made up. */
test.each([
  'call_9f8a7b6c5d4e3f2a1b0c9d8e',
  'call_Xq3VnLd0aKuPzRw7TgYhBm2s',
  'chatcmpl-0123abcd4567efab89cdef01',
  'toolu_01Xy3zAbCdEfGhJkMnPqRsTu',
  'msg_7b1e5c9a',
  'resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b',
  'conv-4a1f9c0e',
])('%s has surely nothing to mask', (id) => {
  expect(isPlain(id)).toBe(true);
});

test.each([
  'mia@example.com',
  'a b',
  'sk-proj-abcdefghijklmnop',
  'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  '4111111111111111',
  '4111-1111-1111-1111',
  '415-555-2671',
  'GB82WEST12345698765432',
  'passport-X1234567',
  'tel-0312345678',
  'x'.repeat(129),
  'ü',
])('of %s it says nothing', (text) => {
  expect(isPlain(text)).toBe(false);
});

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const pieces = (characters: readonly string[], maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...characters), { minLength: 1, maxLength }).map((all) => all.join(''));

/** What rules of the masker look for, in the alphabet of ids. */
const part = fc.oneof(
  { weight: 3, arbitrary: pieces([...'0123456789'], 19) },
  { weight: 3, arbitrary: pieces([...'0123456789abcdef'], 40) },
  { weight: 2, arbitrary: pieces([...LETTERS, ...'0123456789'], 40) },
  { weight: 4, arbitrary: fc.constantFrom('-', '_', '--', '-----BEGIN') },
  fc.constantFrom(
    'born',
    'dob',
    'birthdate',
    'Passport',
    'acct',
    'iban',
    'mynumber',
    'SSN',
    'nino',
    'aadhaar',
  ),
  fc.constantFrom(
    'telephone',
    'cellphone',
    'phone',
    'Tel',
    'mobilephone',
    'mobile',
    'fax',
    'whatsapp',
    'sms',
  ),
  fc.constantFrom('account', 'card', 'call', 'password', 'token', 'key', 'secret', 'bearer', 'user', 'pin'),
  fc.constantFrom(
    'sk',
    'sk-',
    'sk-proj-',
    'ghp_',
    'AKIA',
    'eyJ',
    'xoxb-',
    'glpat-',
    'hf_',
    '0x',
    'bc1',
    'AC',
    'SK',
    'dapi',
  ),
  fc.constantFrom(
    '4111111111111111',
    '4111-1111-1111-1111',
    '378282246310005',
    '219-09-9999',
    '900101-1234567',
  ),
  fc.constantFrom(
    '415-555-2671',
    '1-415-555-2671',
    '03-1234-5678',
    '090-1234-5678',
    '09012345678',
    '07700900123',
  ),
  fc.constantFrom('GB82WEST12345698765432', 'DE89370400440532013000', 'AB123456C', 'AB-12-34-56-C'),
  fc.constantFrom('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', '2001'),
  fc.constantFrom('bWlhQGV4YW1wbGUuY29t', 'eyJtYWlsIjoibWlhQGV4YW1wbGUuY29tIn0', 'dGVsOiA0MTUtNTU1LTI2NzE'),
);

test('the masker finds nothing where it says that there is surely nothing', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.join('');
      if (!isPlain(text)) return;
      plain++;
      expect(maskText(text)).toBe(text);
    }),
    { numRuns: 100_000 },
  );
  // What is never true would hold as well.
  expect(plain).toBeGreaterThan(10_000);
}, 60_000);
