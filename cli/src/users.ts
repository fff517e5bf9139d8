import { USERS, type User } from '@agentops/processor';
import { usageError } from './output/fail.ts';
import { readToken } from './token.ts';

/**
 * Tokens of the users of the ClickHouse endpoint: a line each, the user's name and a token. Throws a usage error that says
 * which line is wrong.
 */
export function readUsers(file: string | undefined): Partial<Record<User, string>> {
  if (file === undefined) return {};
  const tokens: Partial<Record<User, string>> = {};
  const text = readToken(file) ?? '';
  text.split('\n').forEach((line, i) => {
    if (/^\s*(#|$)/.test(line)) return;
    const [name = '', token, ...rest] = line.trim().split(/\s+/);
    const user = USERS.find((known) => known === name);
    if (user === undefined || token === undefined || rest.length > 0) {
      throw usageError(
        `${file}:${i + 1}: a line holds a user (${USERS.join(', ')}) and a token, divided by a blank`,
      );
    }
    tokens[user] = token;
  });
  return tokens;
}
