import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A request as it came; several secrets while one is being replaced. `now`: ms since the epoch. */
export interface Proof {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly secrets: readonly string[];
  readonly now: number;
}

/** A signed time may be off by so much, ms. */
export const SIGNED_TIME_MS = 5 * 60_000;
/** PagerDuty tries again for a while; what is older is not its doing, ms. */
export const PAGERDUTY_AGE_MS = 7 * 86_400_000;

/**
 * Why a request of Grafana's webhook is not believed; null when it is. Grafana signs with HMAC-SHA256 in hex: the body, or
 * `time:body` where its contact point names a header for the time (s since the epoch).
 */
export function doubtGrafana({ headers, body, secrets, now }: Proof): string | null {
  const signature = one(headers['x-grafana-alerting-signature']);
  if (signature === '') return 'no X-Grafana-Alerting-Signature';
  const stamp = headers['x-grafana-alerting-timestamp'];
  if (stamp === undefined) return isSigned([signature], secrets, [body]) ? null : 'the signature is wrong';
  return doubtTimed(one(stamp), signature, body, secrets, now);
}

/** As Grafana signs with a time, under names of our own; the time is needed. */
export function doubtGeneric({ headers, body, secrets, now }: Proof): string | null {
  const signature = one(headers['x-agentops-signature']);
  if (signature === '') return 'no X-Agentops-Signature';
  return doubtTimed(one(headers['x-agentops-timestamp']), signature, body, secrets, now);
}

/** PagerDuty v3 signs the body, once for each of its secrets: `v1=<hex>,v1=<hex>`. One that fits is enough. */
export function doubtPagerDuty({ headers, body, secrets }: Proof): string | null {
  const signatures = one(headers['x-pagerduty-signature'])
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part.startsWith('v1='))
    .map((part) => part.slice(3));
  if (signatures.length === 0) return 'no X-PagerDuty-Signature of version v1';
  return isSigned(signatures.slice(0, 16), secrets, [body]) ? null : 'the signature is wrong';
}

/** Alertmanager signs nothing: its `http_config` presents a bearer token, or a password with any user name. */
export function doubtAlertmanager({ headers, secrets }: Proof): string | null {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(/ +/, 2);
  const presented =
    scheme.toLowerCase() === 'bearer'
      ? credentials
      : scheme.toLowerCase() === 'basic'
        ? Buffer.from(credentials, 'base64')
            .toString('utf8')
            .replace(/^[^:]*:/, '')
        : null;
  if (presented === null) return 'no bearer token and no basic authorization';
  return secrets.some((secret) => isSame(presented, secret)) ? null : 'the token or password is wrong';
}

function doubtTimed(
  stamp: string,
  signature: string,
  body: Buffer,
  secrets: readonly string[],
  now: number,
): string | null {
  if (!/^\d{1,12}$/.test(stamp)) return 'the time of the signature is missing or no number of seconds';
  if (!isSigned([signature], secrets, [Buffer.from(`${stamp}:`), body])) return 'the signature is wrong';
  return Math.abs(now - Number(stamp) * 1_000) > SIGNED_TIME_MS
    ? 'the signature is too old or of the future'
    : null;
}

function isSigned(
  signatures: readonly string[],
  secrets: readonly string[],
  parts: readonly Buffer[],
): boolean {
  return secrets.some((secret) => {
    const hmac = createHmac('sha256', secret);
    for (const part of parts) hmac.update(part);
    const expected = hmac.digest('hex');
    return signatures.filter((signature) => isSame(signature.toLowerCase(), expected)).length > 0;
  });
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function one(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header.trim() : (header?.join(',') ?? '');
}
