import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askControl, findControl, removeControl, writeControl } from './control.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-control-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Answers like the page of an `up`, to one token. */
async function serve(token: string): Promise<{ port: number; close(): void }> {
  const server = createServer((request, response) => {
    const known = request.headers.authorization === `Bearer ${token}`;
    response.writeHead(known ? 200 : 401).end(known ? '{}' : 'not you\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

describe('the control of a data folder', () => {
  it('is found while its process answers, and no longer', async () => {
    const page = await serve('secret');
    writeControl(dir, { pid: process.pid, pagePort: page.port, token: 'secret' });
    expect(await findControl(dir)).toMatchObject({ pagePort: page.port });
    page.close();
    expect(await findControl(dir)).toBeNull();
  });

  it('is not found when another process took over the port', async () => {
    const page = await serve('other');
    writeControl(dir, { pid: process.pid, pagePort: page.port, token: 'secret' });
    expect(await findControl(dir)).toBeNull();
    page.close();
  });

  it('can be read by its owner only, also over an older file', () => {
    writeFileSync(join(dir, 'control.json'), '{}', { mode: 0o644 });
    writeControl(dir, { pid: 1, pagePort: 1, token: 'secret' });
    expect(statSync(join(dir, 'control.json')).mode & 0o777).toBe(0o600);
  });

  it('is nothing in a folder without one, with a broken one, or after its end', async () => {
    expect(await findControl(dir)).toBeNull();
    writeFileSync(join(dir, 'control.json'), '{"pid":');
    expect(await findControl(dir)).toBeNull();
    removeControl(dir);
    removeControl(dir);
  });

  it('hands on what the process says when it refuses', async () => {
    const page = await serve('secret');
    await expect(
      askControl({ pid: 1, pagePort: page.port, token: 'wrong' }, '/api/query', {}),
    ).rejects.toThrow('not you');
    page.close();
  });
});
