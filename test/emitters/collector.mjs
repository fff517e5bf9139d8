import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** Resource attributes that tell of the machine, not of the agent. */
const OF_THE_MACHINE = /^(host|process|os|container)\.|^service\.instance\.id$/;

/**
 * Takes OTLP/HTTP JSON on loopback and keeps every request as one line of text.
 * @param {(text: string) => string} [clean] applied to every line
 * @returns {Promise<{ port: number, lines: string[], close(): void }>}
 */
export function startCollector(clean = (text) => text) {
  const lines = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    if (request.headers['content-type'] !== 'application/json') {
      response.writeHead(415).end();
      return;
    }
    const message = JSON.parse(body.toString());
    for (const part of message.resourceSpans ?? message.resourceLogs ?? []) {
      part.resource.attributes = part.resource.attributes?.filter(({ key }) => !OF_THE_MACHINE.test(key));
    }
    lines.push(clean(JSON.stringify(message)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: server.address().port,
        lines,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
