/** One request cut out of a file; `fault` says why it cannot be one. */
export interface Piece {
  readonly body: Buffer;
  readonly encoding: 'protobuf' | 'json';
  readonly fault?: string;
}

/** How much of an oversized request is kept for its dead letter, in bytes. */
const OVERSIZED_KEPT = 64 * 1024;

const LINE_FEED = 0x0a;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;

/**
 * Cuts a file into requests. Three forms are told apart by the first bytes: protobuf requests, each behind its
 * length in 4 bytes big-endian (the Collector's file exporter), whose first byte is below 5 since no request is
 * larger than `limit`; one bare protobuf request, which begins with the tag of field 1; else JSON.
 */
export async function* splitRequests(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Piece> {
  const input = createByteReader(chunks);
  const first = (await input.peek(1))[0];
  if (first === undefined) return;
  if (first < 5) yield* splitDelimited(input, limit);
  else if (first === LINE_FEED && !(await looksLikeText(input))) {
    yield* wholeProtobuf(input, limit);
  } else yield* splitJson(input, limit);
}

/** The tag of field 1 is a line feed, too: JSON may stand behind empty lines. */
async function looksLikeText(input: ByteReader): Promise<boolean> {
  const head = (await input.peek(64)).toString('latin1').trimStart();
  return head === '' || /^\{\s*"resource/.test(head);
}

async function* splitDelimited(input: ByteReader, limit: number): AsyncGenerator<Piece> {
  for (;;) {
    const prefix = await input.take(4);
    if (prefix.length === 0) return;
    if (prefix.length < 4) {
      yield { body: prefix, encoding: 'protobuf', fault: 'file ends inside a length' };
      return;
    }
    const length = prefix.readUInt32BE(0);
    if (length > limit) {
      const body = await input.take(Math.min(OVERSIZED_KEPT, length));
      await input.skip(length - body.length);
      yield { body, encoding: 'protobuf', fault: `request of ${length} bytes, more than ${limit}` };
      continue;
    }
    const body = await input.take(length);
    if (body.length < length) {
      yield { body, encoding: 'protobuf', fault: `file ends inside a request of ${length} bytes` };
      return;
    }
    yield { body, encoding: 'protobuf' };
  }
}

async function* wholeProtobuf(input: ByteReader, limit: number): AsyncGenerator<Piece> {
  const body = await input.take(limit + 1);
  if (body.length <= limit) yield { body, encoding: 'protobuf' };
  else {
    const kept = Buffer.from(body.subarray(0, OVERSIZED_KEPT));
    yield { body: kept, encoding: 'protobuf', fault: `request of more than ${limit} bytes` };
  }
}

/**
 * JSON Lines, and documents printed over several lines. A line that ends with a closing brace, or that does not
 * begin with an opening one, stands alone; else it begins a document, which ends with a line that begins with the
 * closing brace. A brace at the very beginning of a line always begins something new: so a broken line costs no
 * other.
 */
async function* splitJson(input: ByteReader, limit: number): AsyncGenerator<Piece> {
  let document: Buffer[] = [];
  let bytes = 0;

  function flush(): Piece {
    const body = Buffer.concat(document);
    const fault = bytes > limit ? `document of ${bytes} bytes, more than ${limit}` : '';
    document = [];
    bytes = 0;
    return fault === ''
      ? { body, encoding: 'json' }
      : { body: body.subarray(0, OVERSIZED_KEPT), encoding: 'json', fault };
  }

  for (;;) {
    const { line, length } = await input.line(limit);
    if (length === 0) break;
    const last = lastVisible(line);
    if (last === -1) continue;
    if (document.length > 0 && line[0] === BRACE_OPEN) yield flush();
    const isFirst = document.length === 0;
    bytes += length;
    if (bytes <= limit || isFirst) document.push(line);
    const closes = isFirst
      ? line[last] === BRACE_CLOSE || line[firstVisible(line)] !== BRACE_OPEN || length > limit
      : line[0] === BRACE_CLOSE;
    if (closes) yield flush();
  }
  if (document.length > 0) yield flush();
}

function lastVisible(line: Buffer): number {
  let at = line.length - 1;
  while (at >= 0 && line[at]! <= 0x20) at--;
  return at;
}

/** Behind blanks and a byte order mark. */
function firstVisible(line: Buffer): number {
  let at = line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? 3 : 0;
  while (at < line.length && line[at]! <= 0x20) at++;
  return at;
}

interface ByteReader {
  /** Up to `count` bytes, fewer only at the end, which stay to be read. */
  peek(count: number): Promise<Buffer>;
  take(count: number): Promise<Buffer>;
  skip(count: number): Promise<void>;
  /**
   * The next line without its line feed, and its length with it; 0 at the end. Of a line longer than `limit`
   * only the beginning is kept.
   */
  line(limit: number): Promise<{ readonly line: Buffer; readonly length: number }>;
}

function createByteReader(chunks: AsyncIterable<Buffer>): ByteReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;

  async function more(): Promise<Buffer | null> {
    if (ended) return null;
    const { value, done } = await iterator.next();
    if (done) ended = true;
    return done ? null : (value as Buffer);
  }

  async function peek(count: number): Promise<Buffer> {
    const parts = [rest];
    let have = rest.length;
    while (have < count) {
      const chunk = await more();
      if (chunk === null) break;
      parts.push(chunk);
      have += chunk.length;
    }
    if (parts.length > 1) rest = Buffer.concat(parts);
    return rest.subarray(0, count);
  }

  return {
    peek,
    async take(count) {
      const taken = await peek(count);
      rest = rest.subarray(taken.length);
      return taken;
    },
    async skip(count) {
      let left = count;
      for (;;) {
        const step = Math.min(left, rest.length);
        rest = rest.subarray(step);
        left -= step;
        if (left <= 0) return;
        const chunk = await more();
        if (chunk === null) return;
        rest = chunk;
      }
    },
    async line(limit) {
      const parts: Buffer[] = [];
      let length = 0;
      for (;;) {
        const at = rest.indexOf(LINE_FEED);
        const part = at === -1 ? rest : rest.subarray(0, at);
        length += part.length;
        if (length <= limit) parts.push(part);
        else if (length - part.length <= limit) parts.push(part.subarray(0, OVERSIZED_KEPT));
        if (at !== -1) {
          rest = rest.subarray(at + 1);
          return { line: joined(parts), length: length + 1 };
        }
        const chunk = await more();
        rest = chunk ?? Buffer.alloc(0);
        if (chunk === null) return { line: joined(parts), length };
      }
    },
  };
}

function joined(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
