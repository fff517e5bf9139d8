import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Store, User } from '@agentops/processor';
import type { RegistryDocument } from '@agentops/registry';
import { type Reading, readAlertsPage, readings } from './alerts.ts';
import { type PreviewBoards, previewBoards, previewRegistry } from './boards.ts';

/** Built by the install: `npm run build -w @agentops/dashboards-preview`. */
const DIST = fileURLToPath(new URL('../../../dashboards/preview/dist', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
};

/** Paths of the page itself; its script reads which. */
const PAGES = /^\/(dashboards\/?$|d\/|alerts\/?$|runbooks\/|matrix\/)/;
const READINGS = '/api/readings/';

/** Grafana's components set styles as they are drawn; scripts come from here alone. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** An icon that a component asks for and Grafana's package lacks: nothing to see, and no error. */
const BLANK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>';

export interface Preview {
  /** Answers a GET that is the preview's; false when it is not. */
  get(path: string, response: ServerResponse): boolean;
  /** Rules, what fires, and what fired. */
  alerts(response: ServerResponse): Promise<void>;
  /** Asks the store for a panel, with the rights of this user. */
  query(sql: string, user: User, response: ServerResponse): Promise<void>;
}

/** An answer without rows that says why there are none. */
const FOR_TOKEN_ONLY = JSON.stringify({
  meta: [],
  data: [],
  notice: 'for those who open this page with its token, as it was printed at its start',
});
/** ClickHouse's ACCESS_DENIED, of a question for something that this user may not see. */
const MAY_NOT_READ = /^Code: 497\..* the grant SELECT/;

/** What a preview reads. */
export interface PreviewOptions {
  /** For the pages about alerts. */
  readonly reader: Store;
  readonly registryDir: string | null;
  /** Asks ClickHouse with the rights of this user. */
  readonly ask: (sql: string, user: User) => Promise<Response>;
}

/** The dashboards as a page, the JSON that Grafana gets drawn with Grafana's own libraries; alerts and runbooks beside them. */
export function createPreview({ reader, registryDir, ask }: PreviewOptions): Preview {
  /** Read when it is first asked for. */
  let document: RegistryDocument | null = null;
  let boards: PreviewBoards | null = null;
  let texts: ReadonlyMap<string, Reading> | null = null;
  const registry = (): RegistryDocument => {
    document ??= previewRegistry(registryDir);
    return document;
  };
  const built = existsSync(join(DIST, 'index.html'));

  function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
    response.writeHead(status, {
      'content-type': type,
      'cache-control':
        type.includes('font') || type.includes('javascript') ? 'private, max-age=3600' : 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': POLICY,
    });
    response.end(body);
  }

  function asset(path: string, response: ServerResponse): void {
    const file = normalize(join(DIST, path));
    const known = file.startsWith(DIST + sep) ? TYPES[extname(file)] : undefined;
    if (known !== undefined && existsSync(file)) send(response, 200, known, readFileSync(file));
    else if (extname(file) === '.svg') send(response, 200, TYPES['.svg']!, BLANK);
    else send(response, 404, 'text/plain; charset=utf-8', 'there is nothing here');
  }

  function reading(name: string, response: ServerResponse): void {
    texts ??= readings(registry());
    const found = texts.get(name.replace(/\.md$/, ''));
    if (found === undefined) send(response, 404, 'text/plain; charset=utf-8', `there is no page ${name}`);
    else send(response, 200, TYPES['.json']!, JSON.stringify(found));
  }

  return {
    get(path, response) {
      if (PAGES.test(path)) {
        if (built) send(response, 200, TYPES['.html']!, readFileSync(join(DIST, 'index.html')));
        else send(response, 503, 'text/plain; charset=utf-8', 'the page is not built: npm run build');
      } else if (path.startsWith('/preview/')) asset(path.slice('/preview/'.length), response);
      else if (path.startsWith('/api/dashboards')) {
        boards ??= previewBoards(registry());
        const uid = path.slice('/api/dashboards/'.length);
        if (uid === '') send(response, 200, TYPES['.json']!, JSON.stringify(boards.site));
        else {
          const json = boards.json.get(uid);
          if (json === undefined)
            send(response, 404, 'text/plain; charset=utf-8', `there is no dashboard ${uid}`);
          else send(response, 200, TYPES['.json']!, json);
        }
      } else if (path.startsWith(READINGS)) reading(path.slice(READINGS.length), response);
      else return false;
      return true;
    },
    async alerts(response) {
      const page = await readAlertsPage(reader, registry());
      send(response, 200, TYPES['.json']!, JSON.stringify(page));
    },
    async query(sql, user, response) {
      const answer = await ask(sql, user);
      const body = Buffer.from(await answer.arrayBuffer());
      if (answer.ok) send(response, 200, TYPES['.json']!, body);
      else if (user === 'analyst' && MAY_NOT_READ.test(body.toString('utf8')))
        send(response, 200, TYPES['.json']!, FOR_TOKEN_ONLY);
      else send(response, 400, 'text/plain; charset=utf-8', body);
    },
  };
}
