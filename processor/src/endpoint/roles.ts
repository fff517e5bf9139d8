import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { User } from './access.ts';

/** What agents, tools and people wrote: the analyst cannot read it. */
const CONTENT = [
  (database: string) => `SELECT ON ${database}.step_content`,
  (database: string) => `SELECT ON ${database}.content_texts`,
  (database: string) => `SELECT(payload) ON ${database}.dead_letters`,
];

export const ROLES: Readonly<Record<User, string>> = {
  analyst: 'agentops_analyst',
  grafana: 'agentops_grafana',
  writer: 'agentops_writer',
  admin: 'agentops_admin',
};

/** What each role may do, and nothing else: no file, no network, no other database. */
function grants(database: string): Readonly<Record<string, readonly string[]>> {
  const all = `${database}.*`;
  return {
    agentops_owner: ['GRANT ALL ON *.* WITH GRANT OPTION'],
    agentops_analyst: [`GRANT SELECT ON ${all}`, ...CONTENT.map((right) => `REVOKE ${right(database)}`)],
    agentops_grafana: [`GRANT SELECT ON ${all}`],
    agentops_writer: [`GRANT SELECT, INSERT ON ${all}`],
    // Migrations: whatever concerns the schema of this database.
    agentops_admin: [
      `GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP, TRUNCATE, OPTIMIZE ON ${all}`,
    ],
  };
}

function usersFile(database: string): string {
  const roles = Object.entries(grants(database)).map(([role, list]) => {
    const queries = list.map((query) => `<query>${query}</query>`).join('');
    return `<${role}><grants>${queries}</grants></${role}>`;
  });
  const granted = Object.keys(grants(database)).map((role) => `<query>GRANT ${role}</query>`);
  return `<clickhouse>
<profiles><default></default></profiles>
<quotas><default></default></quotas>
<roles>${roles.join('\n')}</roles>
<users><default>
  <password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
  <grants>${granted.join('')}</grants>
</default></users>
</clickhouse>
`;
}

/** The session that configures the engine: it may do everything, and asks for the endpoint itself. */
export interface OwnerSession {
  /** The bytes of an answer in one of ClickHouse's output formats. */
  ask(sql: string, format: string): Promise<Buffer>;
  /** Waits for what was asked: a session that is closed under a statement takes the process with it. */
  close(): Promise<void>;
}

/**
 * Opens the engine on a folder with roles. It knows one user only, who begins with all of them: a reader's session takes
 * its own by SET ROLE, and the engine checks every table and source against that.
 *
 * Must come before any other session of this process, since the first one configures the engine; closed last. `dir` is a
 * folder of the endpoint's own.
 */
export function openWithRoles(db: string, dir: string, database = 'agentops'): OwnerSession {
  const { Session } = createRequire(import.meta.url)('chdb') as typeof import('chdb');
  mkdirSync(db, { recursive: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  const users = join(dir, 'users.xml');
  const config = join(dir, 'config.xml');
  writeFileSync(users, usersFile(database), { mode: 0o600 });
  // An empty list of hosts: nothing in this process follows a URL.
  writeFileSync(
    config,
    `<clickhouse><users_config>${xml(users)}</users_config><remote_url_allow_hosts></remote_url_allow_hosts></clickhouse>\n`,
    { mode: 0o600 },
  );
  const session = new Session(db, { connectionArgs: [`--config-file=${config}`] });
  const pending = new Set<Promise<unknown>>();
  return {
    ask(sql, format) {
      const asked = session.queryAsync(sql, { format }).then((answer) => Buffer.from(answer.bytes()));
      const settled: Promise<unknown> = asked.catch(() => {}).finally(() => pending.delete(settled));
      pending.add(settled);
      return asked;
    },
    async close() {
      await Promise.all(pending);
      session.close();
    },
  };
}

function xml(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
