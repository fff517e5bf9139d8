import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A mail as it arrived. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** The part that is plain text, decoded. */
  readonly text: string;
}

export interface MailServer {
  readonly port: number;
  readonly mails: readonly Mail[];
  close(): Promise<void>;
}

/** A mail server on a free port of loopback (RFC 5321, what a client without TLS and log-in needs) that keeps what it is sent. */
export async function startMailServer(): Promise<MailServer> {
  const mails: Mail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    receive(socket, (mail) => mails.push(mail));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function receive(socket: Socket, keep: (mail: Mail) => void): void {
  let buffer = '';
  let from = '';
  let to: string[] = [];
  let isData = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const command = (line: string): void => {
    const [, address = ''] = /<(.*)>/.exec(line) ?? [];
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO' || verb === 'HELO') say('250 localhost');
    else if (verb === 'MAIL') {
      [from, to] = [address, []];
      say('250 ok');
    } else if (verb === 'RCPT') {
      to.push(address);
      say('250 ok');
    } else if (verb === 'DATA') {
      isData = true;
      say('354 end with a dot');
    } else if (verb === 'QUIT') {
      say('221 bye');
      socket.end();
    } else say('502 not known here');
  };
  say('220 localhost ESMTP');
  socket.on('data', (part) => {
    buffer += part.toString('latin1');
    for (;;) {
      const end = buffer.indexOf(isData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + (isData ? 5 : 2));
      if (!isData) command(text);
      else {
        isData = false;
        keep({ from, to, ...readMail(text.replaceAll('\r\n..', '\r\n.')) });
        say('250 kept');
      }
    }
  });
}

/** Subject and plain text of a message (RFC 5322, 2045). */
function readMail(message: string): Pick<Mail, 'subject' | 'text'> {
  const { headers, body } = partOf(message);
  const [, boundary] = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '') ?? [];
  const parts = boundary === undefined ? [{ headers, body }] : body.split(`--${boundary}`).map(partOf);
  const plain = parts.find((part) => part.headers['content-type']?.startsWith('text/plain')) ?? parts[0]!;
  const isQuoted = plain.headers['content-transfer-encoding']?.toLowerCase() === 'quoted-printable';
  const bytes = Buffer.from(isQuoted ? unquote(plain.body) : plain.body, 'latin1');
  const subject = (headers['subject'] ?? '').replace(/=\?utf-8\?q\?(.*?)\?=/gi, (_, text: string) =>
    Buffer.from(unquote(text.replaceAll('_', ' ')), 'latin1').toString('utf8'),
  );
  return { subject, text: bytes.toString('utf8').replaceAll('\r\n', '\n').trim() };
}

function partOf(text: string): { headers: Record<string, string>; body: string } {
  const [head = '', ...body] = text.replace(/^\r\n/, '').split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { headers, body: body.join('\r\n\r\n') };
}

const unquote = (text: string): string =>
  text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
