import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer } from './client.ts';

let server: Server;
const asked: URL[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(new URL(request.url!, 'http://localhost'));
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('an insert is answered once its rows are there, whatever the server does by default (async_insert is 1 from 26.3)', async () => {
  const store = openServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await store.insert({ table: 'runs', columns: ['a'], rows: 1, data: Buffer.from('x') });
  await store.close();
  const insert = asked.find(({ searchParams }) => searchParams.get('query')?.startsWith('INSERT'))!;
  expect(insert.searchParams.get('async_insert')).toBe('0');
});

test('however many ids are asked for, the address is short enough for what lies between', async () => {
  const store = openServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const ids = Array.from({ length: 10_000 }, (_, i) => i.toString(16).padStart(32, '0'));
  // Node's own server takes 16 KiB of head, as many proxies do, and refuses more.
  expect(await store.query('SELECT 1 WHERE x IN {ids:Array(String)}', { ids })).toEqual([]);
  await store.close();
  expect(asked.at(-1)!.search.length).toBeLessThan(4_096);
});
