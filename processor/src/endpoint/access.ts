import type { IncomingMessage } from 'node:http';
import { hostName, isLoopback, sameSecret } from '../receiver/access.ts';
import { failure } from './failure.ts';

/** Whoever asks; what each may do stands in `roles.ts`. */
export const USERS = ['analyst', 'grafana', 'writer', 'admin'] as const;
export type User = (typeof USERS)[number];

export interface AccessOptions {
  /** Passwords (or bearer tokens) by user. On loopback the analyst needs none unless one is named here. */
  readonly tokens: Readonly<Partial<Record<User, string>>>;
  /** Is the endpoint bound to a loopback address? */
  readonly loopback: boolean;
  /** Names under which clients may reach a loopback address besides its own, without port. */
  readonly allowedHosts: readonly string[];
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Who asks. Throws AUTHENTICATION_FAILED for whom nobody knows. A browser reaches loopback, too: what carries an Origin
 * is refused, and whoever needs no password must name this machine.
 */
export function authenticate(options: AccessOptions, request: IncomingMessage, url: URLSearchParams): User {
  if (request.headers.origin !== undefined)
    throw failure('AUTHENTICATION_FAILED', 'requests of web pages are not accepted');
  const { user, password } = credentials(request, url, options.tokens);
  const known = user === '' || user === 'default' ? 'analyst' : USERS.find((name) => name === user);
  const token = known === undefined ? undefined : options.tokens[known];
  if (known !== undefined && token !== undefined && sameSecret(password, token)) return known;
  // As ClickHouse's users without a password: whatever is sent as one is right. JDBC sends the word null.
  if (known === 'analyst' && token === undefined && options.loopback) {
    const host = hostName(request.headers.host ?? '');
    if (isLoopback(host) || options.allowedHosts.includes(host)) return known;
    throw failure('AUTHENTICATION_FAILED', 'the Host header names neither this machine nor an allowed host');
  }
  throw failure(
    'AUTHENTICATION_FAILED',
    `${user || 'default'}: Authentication failed: password is incorrect, or there is no user with such name`,
  );
}

/** As ClickHouse takes them: X-ClickHouse-* headers, Basic, a bearer token, or the URL. */
function credentials(
  request: IncomingMessage,
  url: URLSearchParams,
  tokens: AccessOptions['tokens'],
): Credentials {
  const { headers } = request;
  const user = headers['x-clickhouse-user'];
  const key = headers['x-clickhouse-key'];
  if (user !== undefined || key !== undefined)
    return { user: String(user ?? ''), password: String(key ?? '') };
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(/ +/, 2);
  if (scheme.toLowerCase() === 'basic') {
    const decoded = Buffer.from(value, 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    return colon < 0
      ? { user: decoded, password: '' }
      : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  }
  if (scheme.toLowerCase() === 'bearer') {
    const owner = USERS.find((name) => tokens[name] !== undefined && sameSecret(value, tokens[name]));
    return { user: owner ?? 'bearer', password: value };
  }
  return { user: url.get('user') ?? '', password: url.get('password') ?? '' };
}
