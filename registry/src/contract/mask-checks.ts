import { createHash } from 'node:crypto';

/** ISO/IEC 7812: issuer prefix and length of a payment card, and the Luhn check digit. `digits`: digits only. */
export function isCard(digits: string): boolean {
  return luhn(digits) && ISSUERS.test(digits) && !/^(\d)\1+$/.test(digits);
}

const ISSUERS = new RegExp(
  [
    '4\\d{15}(?:\\d{3})?', // Visa
    '5[1-5]\\d{14}|(?:222[1-9]|22[3-9]\\d|2[3-6]\\d\\d|27[01]\\d|2720)\\d{12}', // Mastercard
    '3[47]\\d{13}', // American Express
    '3(?:0[0-5]|[68]\\d)\\d{11}', // Diners Club
    '(?:6011|64[4-9]\\d|65\\d\\d)\\d{12}', // Discover
    '35(?:2[89]|[3-8]\\d)\\d{12}', // JCB
    '62\\d{14,17}', // UnionPay
    '(?:50|5[6-9]|63|67)\\d{14}', // Maestro
  ]
    .map((form) => `^(?:${form})$`)
    .join('|'),
);

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = digit * 2;
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the rearranged number modulo 97 is 1. `text`: without spaces. */
export function isIban(text: string): boolean {
  if (text.length < 15 || text.length > 34) return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Area, group and serial that the Social Security Administration may issue: `AAA-GG-SSSS`. */
export function isSsn(text: string): boolean {
  return !/^(?:000|666|9)|-00-|-0000$/.test(text);
}

/** The birth date in front of a Korean resident registration number is a date. */
export function isKoreanId(text: string): boolean {
  const month = Number(text.slice(2, 4));
  const day = Number(text.slice(4, 6));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** A North American number: neither area nor exchange begins with 0 or 1. `digits`: ten, or eleven with a leading 1. */
export function isNorthAmerican(digits: string): boolean {
  return /^1?[2-9]\d{2}[2-9]\d{6}$/.test(digits);
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Base58Check: 25 bytes whose last four are the double SHA-256 of the others. */
export function isBase58Address(text: string): boolean {
  let number = 0n;
  // Nine digits at a time are exact as plain numbers.
  for (let at = 0; at < text.length; at += 9) {
    const part = text.slice(at, at + 9);
    let value = 0;
    for (const character of part) value = value * 58 + BASE58.indexOf(character);
    number = number * 58n ** BigInt(part.length) + BigInt(value);
  }
  const bytes = Buffer.from(number.toString(16).padStart(50, '0'), 'hex');
  if (bytes.length !== 25) return false;
  const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();
  return sha256(sha256(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

/**
 * An address that a person may be reached by: four octets, none of the reserved blocks. Four small numbers are a
 * version more often than an address.
 */
export function isPublicIpv4(text: string): boolean {
  const octets = text.split('.').map(Number) as [number, number, number, number];
  const [a, b] = octets;
  if (octets.some((octet) => octet > 255) || octets.every((octet) => octet < 20)) return false;
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 172 && b >= 16 && b < 32) return false;
  return !((a === 192 && b === 168) || (a === 169 && b === 254) || (a === 100 && b >= 64 && b < 128));
}
