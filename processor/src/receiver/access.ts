import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { Refusal } from './status.ts';

export interface AccessRules {
  /** Asked of every request when given. */
  readonly token?: string;
  /** Names under which clients may reach a loopback address besides its own, without port. */
  readonly allowedHosts: readonly string[];
}

export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 ? name.startsWith('127.') : name.startsWith('::ffff:127.');
}

/**
 * Throws a {@link Refusal} for whom the rules keep out. A browser reaches loopback, too: a page of any site can
 * post there, and can make a name of its own point there. So what carries an Origin is refused, and without a
 * token a loopback address answers only to names of loopback.
 */
export function checkAccess(rules: AccessRules, headers: IncomingHttpHeaders): void {
  if (headers.origin !== undefined) throw new Refusal(403, 'requests of web pages are not accepted');
  if (rules.token === undefined) {
    const name = hostName(headers.host ?? '');
    if (!isLoopback(name) && !rules.allowedHosts.includes(name)) {
      throw new Refusal(403, 'the Host header names neither this machine nor an allowed host');
    }
    return;
  }
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(/ +/, 2);
  if (scheme.toLowerCase() !== 'bearer' || !sameSecret(credentials, rules.token)) {
    throw new Refusal(401, 'a valid bearer token is needed', { 'www-authenticate': 'Bearer' });
  }
}

export function hostName(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
