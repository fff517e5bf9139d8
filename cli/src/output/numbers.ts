/** `12,345` */
export function count(value: number | string): string {
  return Number(value).toLocaleString('en-US');
}

/** A share with what it rests on: `76.2 % (683/896)`; a dash where there is nothing to take a share of. */
export function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} % (${count(part)}/${count(whole)})`;
}

/** A mean with what it rests on: `4.8 (5,126/1,071)`. */
export function ratio(part: number, whole: number): string {
  return whole === 0 ? '–' : `${(part / whole).toFixed(1)} (${count(part)}/${count(whole)})`;
}

/** An exact decimal text rounded for reading, `0.1082 USD`; a dash for what is unknown. */
export function money(amount: string | number | null, currency: string): string {
  if (amount === null || amount === '') return '–';
  const digits = WITHOUT_MINOR_UNIT.has(currency) ? 2 : 4;
  const number = Number(amount).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number} ${currency}`;
}

/** Amounts of a model call are small: two digits more than the currency's own. */
const WITHOUT_MINOR_UNIT = new Set(['JPY', 'KRW', 'VND', 'CLP', 'ISK']);

/** Milliseconds as `840 ms`, `12.3 s`, `4.5 min` or `2.1 h`. */
export function duration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return '–';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_597_000) return `${(ms / 60_000).toFixed(1)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** `512 B`, `1.5 KiB` */
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2) return `${(value / 1024).toFixed(1)} KiB`;
  if (value < 1024 ** 3) return `${(value / 1024 ** 2).toFixed(1)} MiB`;
  return `${(value / 1024 ** 3).toFixed(2)} GiB`;
}

/** ClickHouse's `2026-11-18 11:47:45.123456789` to the second. */
export function instant(text: string): string {
  return text.slice(0, 19);
}
