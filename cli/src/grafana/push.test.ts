import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openGrafana } from './client.ts';
import { type Found, grafanaRequests } from './requests.ts';

const file = (folder: string, uid: string) => ({
  path: `dashboards/generated/${folder}/${uid}.json`,
  text: JSON.stringify({ uid, title: uid, panels: [] }),
});
const FILES = [
  file('operations', 'agentops-fleet'),
  file('costs', 'agentops-cost'),
  { path: 'dashboards/generated/provisioning/dashboards/agentops.yaml', text: 'apiVersion: 1\n' },
  { path: 'alerts/generated/grafana/rules.yaml', text: 'apiVersion: 1\n' },
];
const ours = { folderUid: 'agentops-operations', tags: ['agentops', 'operations'], title: 'Old' };

test('folders first, then dashboards, then what is not generated any more', () => {
  const requests = grafanaRequests(FILES, {
    folders: ['agentops-costs'],
    dashboards: [
      { ...ours, uid: 'agentops-old' },
      { ...ours, uid: 'agentops-fleet' },
    ],
  });
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /api/folders',
    'POST /api/dashboards/db',
    'POST /api/dashboards/db',
    'DELETE /api/dashboards/uid/agentops-old',
  ]);
  expect(requests[1]!.body).toEqual({
    dashboard: { uid: 'agentops-fleet', title: 'agentops-fleet', panels: [], id: null },
    folderUid: 'agentops-operations',
    overwrite: true,
    message: 'agentops grafana push',
  });
});

test.each([
  ['a copy that somebody made', { ...ours, uid: 'cdk3x9' }],
  ['a dashboard without our tag', { ...ours, uid: 'agentops-mine', tags: ['team'] }],
  ['one in a folder of somebody else', { ...ours, uid: 'agentops-mine', folderUid: 'team' }],
  ['one at the root', { uid: 'agentops-mine', tags: ['agentops'], title: 'Mine' }],
])('%s stays', (_, found) => {
  const requests = grafanaRequests(FILES, { folders: [], dashboards: [found] });
  expect(requests.some(({ method }) => method === 'DELETE')).toBe(false);
});

test('requests as the API documents them, and its own words when it refuses', async () => {
  const seen: string[] = [];
  const found = Array.from({ length: 1001 }, (_, i) => ({ ...ours, uid: `agentops-${i}` }));
  const server = createServer((request, answer) => {
    const url = new URL(request.url!, 'http://localhost');
    seen.push(`${request.method} ${url.pathname} ${request.headers.authorization}`);
    const page = Number(url.searchParams.get('page'));
    if (url.pathname === '/grafana/api/search')
      answer.end(JSON.stringify(found.slice((page - 1) * 1000, page * 1000)));
    else if (url.pathname === '/grafana/api/folders' && request.method === 'GET')
      answer.end('[{"uid":"team"}]');
    else answer.writeHead(412).end('{"message":"a dashboard of that name exists"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const grafana = openGrafana(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/grafana`,
      'secret',
    );
    const there: Found = await grafana.read();
    expect({ dashboards: there.dashboards.length, folders: there.folders }).toEqual({
      dashboards: 1001,
      folders: ['team'],
    });
    const [request] = grafanaRequests(FILES, there);
    await expect(grafana.send(request!)).rejects.toThrow(
      'POST /api/folders: 412 a dashboard of that name exists',
    );
    expect(new Set(seen)).toEqual(
      new Set([
        'GET /grafana/api/search Bearer secret',
        'GET /grafana/api/folders Bearer secret',
        'POST /grafana/api/folders Bearer secret',
      ]),
    );
  } finally {
    server.close();
  }
});
