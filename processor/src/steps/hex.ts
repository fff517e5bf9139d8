/** Of a byte: the character codes of its two hex digits, the first in the low byte. */
const DIGITS = Uint16Array.from({ length: 256 }, (_, byte) => {
  const text = byte.toString(16).padStart(2, '0');
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8);
});

/** Eight hex digits into `out` from `at` on, the highest byte of the word first. */
export function writeHex(out: DataView, at: number, word: number): void {
  out.setUint32(at, DIGITS[word >>> 24]! | (DIGITS[(word >>> 16) & 255]! << 16), true);
  out.setUint32(at + 4, DIGITS[(word >>> 8) & 255]! | (DIGITS[word & 255]! << 16), true);
}

/** The same word with its bytes in reverse. */
export function swapped(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** 16 hex digits of two words, in one flat string. */
export function hexText(first: number, second: number): string {
  writeHex(digitsView, 0, first);
  writeHex(digitsView, 8, second);
  return String.fromCharCode(
    digits[0]!,
    digits[1]!,
    digits[2]!,
    digits[3]!,
    digits[4]!,
    digits[5]!,
    digits[6]!,
    digits[7]!,
    digits[8]!,
    digits[9]!,
    digits[10]!,
    digits[11]!,
    digits[12]!,
    digits[13]!,
    digits[14]!,
    digits[15]!,
  );
}

const digits = new Uint8Array(16);
const digitsView = new DataView(digits.buffer);
