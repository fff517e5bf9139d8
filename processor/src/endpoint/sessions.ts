import { failure } from './failure.ts';
import type { Assignment } from './statement.ts';

/** What a client's session (`session_id`) keeps between requests: the rest is made anew for every query. */
export interface Session {
  database: string | null;
  settings: readonly Assignment[];
}

export interface Sessions {
  /**
   * The session of a request, locked until `release`. Throws SESSION_IS_LOCKED while another request has it,
   * SESSION_NOT_FOUND when it must be there and is not.
   */
  take(
    key: string,
    options: SessionOptions,
    now: number,
  ): { readonly session: Session; release(now: number): void };
}

export interface SessionOptions {
  /** Idle time after which it is forgotten, in seconds. */
  readonly timeout: number;
  readonly mustExist: boolean;
}

const DEFAULT_TIMEOUT = 60;
const MOST_TIMEOUT = 3_600;
/** Sessions are small; a client that makes one per query must not fill the memory. */
const MOST_SESSIONS = 10_000;

export function sessionOptions(url: URLSearchParams): SessionOptions {
  const timeout = url.get('session_timeout');
  const seconds = timeout === null ? DEFAULT_TIMEOUT : Number(timeout);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MOST_TIMEOUT) {
    throw failure(
      'INVALID_SESSION_TIMEOUT',
      `Session timeout '${timeout}' must be a whole number of at most ${MOST_TIMEOUT} seconds`,
    );
  }
  return { timeout: seconds, mustExist: url.get('session_check') === '1' };
}

interface Kept extends Session {
  locked: boolean;
  /** ms since the epoch. */
  expires: number;
}

export function createSessions(): Sessions {
  const kept = new Map<string, Kept>();
  return {
    take(key, { timeout, mustExist }, now) {
      const found = kept.get(key);
      if (found?.locked) throw failure('SESSION_IS_LOCKED', 'Session is locked by a concurrent client');
      const alive = found !== undefined && found.expires > now ? found : undefined;
      if (alive === undefined && mustExist) throw failure('SESSION_NOT_FOUND', 'Session not found');
      const session: Kept = alive ?? { database: null, settings: [], locked: true, expires: 0 };
      session.locked = true;
      // Moved to the end: the first of the map is the one that was used least lately.
      kept.delete(key);
      kept.set(key, session);
      for (const [old, { locked, expires }] of kept) {
        if (!locked && (expires <= now || kept.size > MOST_SESSIONS)) kept.delete(old);
        else break;
      }
      return {
        session,
        release(end) {
          session.locked = false;
          session.expires = end + timeout * 1_000;
        },
      };
    },
  };
}
