import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const MAX_BODY = 1 << 20;

/** Browsers reach loopback too: of all pages only ours may speak to us, and only under our own name. */
export function isOwn({ headers }: IncomingMessage, port: number): boolean {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = headers;
  return names.includes(host) && (origin === undefined || names.some((name) => origin === `http://${name}`));
}

/** Does an Authorization header present this bearer token? */
export function isAuthorized(header: string | undefined, token: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${token}`));
}

/** The body as text; throws beyond 1 MiB. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > MAX_BODY) throw new Error('the request is larger than 1 MiB');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}
