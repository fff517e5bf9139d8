import { z } from 'zod';

/** Lower-case words joined by dashes: ids travel through labels, URLs and file names. */
export const id = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'must be lower-case words joined by dashes, e.g. expense-reimbursement',
  );

/** `90s`, `30m`, `4h`, `7d`. */
export const duration = z
  .string()
  .regex(/^[1-9]\d*(s|m|h|d)$/, 'must be a duration such as 90s, 30m, 4h or 7d')
  .describe('a duration: 90s, 30m, 4h, 7d');

/** `100000 JPY`: an exact amount and an ISO 4217 code. */
export const money = z
  .string()
  .regex(/^\d+(\.\d{1,12})? [A-Z]{3}$/, 'must be an amount and a currency, e.g. 100000 JPY')
  .describe('an amount and its currency: 100000 JPY');

export const percent = z.number().min(0).max(100).describe('percent, 0 to 100');

/** `JPY` */
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, e.g. JPY')
  .describe('an ISO 4217 code, e.g. JPY');

/** `09:00`; midnight at the end of a day is `24:00`. */
export const clock = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day such as 09:00, in quotes')
  .describe('a time of day, in quotes: "09:00"');

/** `2026-04-01` */
export const date = z.iso.date().describe('a day: 2026-04-01');

/** A pattern in which `*` stands for any text. */
export const pattern = z.string().min(1).describe('text in which * stands for anything');

export const DURATION_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a valid duration. */
export function seconds(text: string): number {
  return Number(text.slice(0, -1)) * DURATION_SECONDS[text.at(-1)!]!;
}

export interface Money {
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
}

export function parseMoney(text: string): Money {
  const [amount, currency] = text.split(' ') as [string, string];
  return { amount, currency };
}

/** Prices of a model, for a million tokens: negotiated or self-hosted, before the catalogue. */
export const modelPrice = z.strictObject({
  provider: pattern.optional().describe('gen_ai.provider.name; any when left out'),
  model: pattern.describe('model as the telemetry names it; * stands for anything'),
  currency,
  input: z.number().nonnegative().describe('for a million tokens'),
  cached_input: z.number().nonnegative().optional().describe('like input when left out'),
  cache_write: z.number().nonnegative().optional().describe('like input when left out'),
  cache_write_1h: z.number().nonnegative().optional().describe('like cache_write when left out'),
  output: z.number().nonnegative().describe('for a million tokens'),
  valid_from: date.optional().describe('first day, of the business; always when left out'),
});
