import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How other commands reach the `up` that holds a data folder. Only the folder's owner can read it. */
export interface Control {
  readonly pid: number;
  readonly pagePort: number;
  readonly token: string;
}

const FILE = 'control.json';

export function writeControl(dataDir: string, control: Control): void {
  const path = join(dataDir, FILE);
  writeFileSync(path, JSON.stringify(control), { mode: 0o600 });
  // The mode of writeFile holds for a new file only.
  chmodSync(path, 0o600);
}

export function removeControl(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true });
}

/** The control of an `up` that is there and answers, or null: a killed one leaves its file behind. */
export async function findControl(dataDir: string): Promise<Control | null> {
  let control: Control;
  try {
    control = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as Control;
    process.kill(control.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
    throw new Error(`${dataDir} belongs to a process of another user`);
  }
  try {
    await askControl(control, '/api/ping', {});
    return control;
  } catch {
    return null;
  }
}

/** Asks a running `up`. Throws its own words when it refuses. */
export async function askControl(
  control: Control,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const answer = await fetch(`http://127.0.0.1:${control.pagePort}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${control.token}` },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer;
}
