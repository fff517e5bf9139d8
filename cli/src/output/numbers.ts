/** `12,345` */
export function count(value: number | string): string {
  return Number(value).toLocaleString('en-US');
}

/** A share with what it rests on: `76.2 % (683/896)`; a dash where nothing was judged. */
export function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} % (${count(part)}/${count(whole)})`;
}

/** An exact decimal text, rounded for reading. */
export function money(amount: string | number | null, currency: string): string {
  if (amount === null || amount === '') return '–';
  const digits = currency === 'JPY' || currency === 'KRW' ? 2 : 4;
  return `${Number(amount).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: digits })} ${currency}`;
}

/** `840 ms`, `12.3 s`, `4.5 min`, `2.1 h` */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(1)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2) return `${(value / 1024).toFixed(1)} KiB`;
  if (value < 1024 ** 3) return `${(value / 1024 ** 2).toFixed(1)} MiB`;
  return `${(value / 1024 ** 3).toFixed(2)} GiB`;
}
