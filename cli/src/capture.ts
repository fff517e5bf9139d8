import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';

/**
 * A receiver that writes what the exporter sends, one OTLP/JSON request a line: the file holds exactly what would
 * have gone over the wire.
 */
export async function openCapture(file: string): Promise<{ endpoint: string; close(): Promise<void> }> {
  const out = createWriteStream(file);
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    out.write(Buffer.concat(parts));
    out.write('\n');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve, reject) => {
    out.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      out.end();
      await finished(out);
    },
  };
}
