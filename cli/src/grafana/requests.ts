import type { GeneratedFile } from '@agentops/registry';

/** A dashboard as Grafana's search finds it. */
export interface FoundDashboard {
  readonly uid: string;
  readonly title: string;
  readonly folderUid?: string;
  readonly tags: readonly string[];
}

export interface Found {
  readonly dashboards: readonly FoundDashboard[];
  /** Uids of folders. */
  readonly folders: readonly string[];
}

export interface GrafanaRequest {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** What it does, for people. */
  readonly what: string;
}

const FILE = /^dashboards\/generated\/([a-z]+)\/([\w-]+)\.json$/;
const OURS = 'agentops-';
const TAG = 'agentops';

/**
 * What brings a Grafana to the generated dashboards, in order: folders that lack, every dashboard, and the removal of
 * those that are not generated any more. A dashboard is ours when its uid, its tag and its folder all say so: copies
 * that people made have uids of their own.
 */
export function grafanaRequests(files: readonly GeneratedFile[], found: Found): GrafanaRequest[] {
  const wanted = files.flatMap(({ path, text }) => {
    const [, folder, uid] = FILE.exec(path) ?? [];
    return folder === undefined || uid === undefined ? [] : [{ folder: OURS + folder, uid, text }];
  });
  const folders = [...new Set(wanted.map(({ folder }) => folder))];
  const uids = new Set(wanted.map(({ uid }) => uid));
  return [
    ...folders
      .filter((uid) => !found.folders.includes(uid))
      .map((uid) => {
        const title = titleOf(uid);
        return request('POST', '/api/folders', `make folder ${title}`, { uid, title });
      }),
    ...wanted.map(({ folder, uid, text }) =>
      request('POST', '/api/dashboards/db', `write ${uid}`, {
        dashboard: { ...(JSON.parse(text) as object), id: null },
        folderUid: folder,
        overwrite: true,
        message: 'agentops grafana push',
      }),
    ),
    ...found.dashboards
      .filter((one) => isOurs(one) && !uids.has(one.uid))
      .map(({ uid, title }) =>
        request('DELETE', `/api/dashboards/uid/${encodeURIComponent(uid)}`, `remove ${uid} (${title})`),
      ),
  ];
}

function isOurs({ uid, tags, folderUid }: FoundDashboard): boolean {
  return uid.startsWith(OURS) && tags.includes(TAG) && folderUid?.startsWith(OURS) === true;
}

/** `agentops-operations` → `agentops Operations`, as the provisioning files name it. */
const titleOf = (uid: string): string =>
  `${TAG} ${uid.slice(OURS.length, OURS.length + 1).toUpperCase()}${uid.slice(OURS.length + 1)}`;

function request(
  method: GrafanaRequest['method'],
  path: string,
  what: string,
  body?: object,
): GrafanaRequest {
  return { method, path, what, ...(body !== undefined && { body }) };
}
