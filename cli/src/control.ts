import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How other commands reach the `up` that holds a data folder. Only the owner of the folder can read it. */
export interface Control {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
}

const FILE = 'control.json';

export function writeControl(dataDir: string, control: Control): void {
  writeFileSync(join(dataDir, FILE), JSON.stringify(control), { mode: 0o600 });
}

export function removeControl(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true });
}

/** The control of a living `up`, or null. */
export function readControl(dataDir: string): Control | null {
  let control: Control;
  try {
    control = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as Control;
    process.kill(control.pid, 0);
  } catch {
    return null;
  }
  return control;
}

/** Asks a running `up`. Throws with its answer when it refuses. */
export async function askControl(control: Control, path: string, body: unknown): Promise<Response> {
  const answer = await fetch(`${control.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${control.token}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer;
}
