/** A value that has not the type its field needs. The message never quotes the value, which may be personal. */
export class FieldError extends Error {
  /** The same, as seen from the message around the field; of a long way in, its beginning and its end. */
  within(field: string): FieldError {
    if (this.message.startsWith('is ')) return new FieldError(`${field} ${this.message}`);
    const last = /…?(\w+ is .*)$/.exec(this.message)?.[1];
    const inner = this.message.length > MAX_PATH && last !== undefined ? `…${last}` : this.message;
    return new FieldError(`${field}.${inner}`);
  }
}

const MAX_PATH = 120;
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_UINT32 = 2 ** 32 - 1;

/** A 64-bit signed integer, from text or a number. */
export function int64(value: unknown): bigint {
  const number = integer(value);
  if (number === null || number > MAX_INT64 || number < -MAX_INT64 - 1n)
    throw new FieldError('is no 64-bit integer');
  return number;
}

/** A 64-bit unsigned integer, from text or a number. */
export function fixed64(value: unknown): bigint {
  const number = integer(value);
  if (number === null || number > MAX_UINT64 || number < 0n)
    throw new FieldError('is no unsigned 64-bit integer');
  return number;
}

export function uint32(value: unknown): number {
  const number = Number(integer(value) ?? -1n);
  if (number < 0 || number > MAX_UINT32) throw new FieldError('is no unsigned 32-bit integer');
  return number;
}

export const fixed32 = uint32;

/** The number of an enum value, given as number or name. Numbers that nobody knows yet are kept. */
export function enumValue(value: unknown, numbers: ReadonlyMap<string, number>): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
  const number = typeof value === 'string' ? numbers.get(value) : undefined;
  if (number === undefined) throw new FieldError('is no value of its enum');
  return number;
}

/** Hexadecimal text of whole bytes, of any length: whether it is long enough is for the decoder to say. */
export function hexId(value: unknown): string {
  if (typeof value !== 'string' || value.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(value)) {
    throw new FieldError('is no hexadecimal id');
  }
  return value;
}

/** Digits, with a fraction and an exponent as some writers of JSON give large numbers. */
const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?(?:[eE]\+?(\d{1,2}))?$/;

function integer(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  if (typeof value !== 'string') return null;
  const match = DECIMAL.exec(value);
  if (match === null) return null;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  if (fraction === '' && exponent === '0') return BigInt(value);
  const shift = Number(exponent);
  const digits = fraction.padEnd(shift, '0');
  if (/[1-9]/.test(digits.slice(shift))) return null;
  return BigInt(`${sign}${whole}${digits.slice(0, shift)}`);
}

/**
 * JSON text with every number of 16 characters or more put in quotes, so that parsing keeps all its digits: the
 * fields above take numbers as text, too.
 */
export function quoteLongNumbers(json: string): string {
  if (!/[:[,\s]-?\d[\d.eE+-]{14,}/.test(json)) return json;
  let out = '';
  let copied = 0;
  let pos = 0;
  while (pos < json.length) {
    const code = json.charCodeAt(pos);
    if (code === 0x22) {
      pos = endOfString(json, pos + 1);
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const start = pos;
      while (pos < json.length && /[\d.eE+-]/.test(json[pos]!)) pos++;
      if (pos - start >= 16) {
        out += `${json.slice(copied, start)}"${json.slice(start, pos)}"`;
        copied = pos;
      }
      continue;
    }
    pos++;
  }
  return out + json.slice(copied);
}

/** Position of the closing quote. */
function endOfString(json: string, start: number): number {
  for (let pos = start; pos < json.length; pos++) {
    const code = json.charCodeAt(pos);
    if (code === 0x22) return pos;
    if (code === 0x5c) pos++;
  }
  return json.length;
}
