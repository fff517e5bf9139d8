// ../../work/main/test/bench/corpus.ts
var MODELS = ["gpt-4o-2024-08-06", "gpt-4.1-mini-2025-04-14", "claude-sonnet-4-20250514", "gemini-2.5-flash"];
var PROVIDERS = ["openai", "openai", "anthropic", "gcp.gemini"];
var TOOLS = ["lookup_booking", "search_direct_flight", "issue_refund", "get_user_details", "calculate", "send_email"];
var AGENTS = ["customer-support", "expense-reimbursement", "invoice-matching", "it-helpdesk"];
function* corpus(options) {
  const perRequest = options.spansPerRequest ?? 100;
  const perRun = options.spansPerRun ?? 10;
  const random = seeded(options.seed ?? 1);
  let at = options.start ?? 1795000000000000000n;
  let made = 0;
  let run = [];
  while (made < options.spans) {
    const batch = [];
    const agent2 = AGENTS[Math.floor(random() * AGENTS.length)];
    while (batch.length < perRequest && made < options.spans) {
      if (run.length === 0) {
        run = makeRun(random, agent2, at, perRun, options);
        at += 1000000n * BigInt(1 + Math.floor(random() * 50));
      }
      batch.push(run.shift());
      made++;
    }
    yield request(agent2, batch);
  }
}
function makeRun(random, agent2, start, spans, options) {
  const traceId = bytes(random, 16);
  const root = bytes(random, 8);
  const out = [];
  let at = start;
  const pick2 = Math.floor(random() * MODELS.length);
  const children = options.open ? spans : spans - 1;
  for (let i = 0; i < children; i++) {
    const end = at + BigInt(Math.floor(random() * 9e8) + 1e6);
    const tenth = i % 10;
    if (tenth === 8) out.push(step(random, traceId, root, at, end));
    else if (i % 2 === 0) out.push(modelCall(random, traceId, root, at, end, pick2, options.content ?? false));
    else out.push(toolCall(random, traceId, root, at, end, options.content ?? false));
    at = end;
  }
  if (!options.open) out.push(rootSpan(random, traceId, root, agent2, start, at));
  return out;
}
function modelCall(random, traceId, parent, start, end, pick2, content) {
  const input = 500 + Math.floor(random() * 8e3);
  return span(traceId, bytes(random, 8), parent, `chat ${MODELS[pick2]}`, 3, start, end, [
    text("gen_ai.operation.name", "chat"),
    text("gen_ai.provider.name", PROVIDERS[pick2]),
    text("gen_ai.request.model", MODELS[pick2]),
    text("gen_ai.response.model", MODELS[pick2]),
    text("gen_ai.response.id", `chatcmpl-${bytes(random, 12).toString("hex")}`),
    keyValue("gen_ai.response.finish_reasons", lengthDelimited(5, lengthDelimited(1, lengthDelimited(1, "tool_calls")))),
    int("gen_ai.usage.input_tokens", input),
    int("gen_ai.usage.cache_read.input_tokens", Math.floor(input * random() * 0.8)),
    int("gen_ai.usage.output_tokens", 20 + Math.floor(random() * 600)),
    int("gen_ai.request.max_tokens", 4096),
    double("gen_ai.request.temperature", 0.2),
    text("server.address", "api.models.example.com"),
    int("server.port", 443),
    text("gen_ai.output.messages", message(random, content ? 4e3 : 90))
  ]);
}
function toolCall(random, traceId, parent, start, end, content) {
  const tool = TOOLS[Math.floor(random() * TOOLS.length)];
  return span(traceId, bytes(random, 8), parent, `execute_tool ${tool}`, 1, start, end, [
    text("gen_ai.operation.name", "execute_tool"),
    text("gen_ai.tool.name", tool),
    text("gen_ai.tool.type", "function"),
    text("gen_ai.tool.call.id", `call_${bytes(random, 12).toString("hex")}`),
    text("gen_ai.tool.description", "Looks a record up by its id and returns all of its fields as they stand."),
    text("gen_ai.tool.call.arguments", `{"id":"${bytes(random, 6).toString("hex")}","limit":${Math.floor(random() * 100)}}`),
    text("gen_ai.tool.call.result", filler(random, content ? 4e3 : 310)),
    text("code.function.name", "agents.tools.invoke"),
    text("thread.name", "worker-3")
  ]);
}
function step(random, traceId, parent, start, end) {
  return span(traceId, bytes(random, 8), parent, "plan itinerary", 1, start, end, [
    text("gen_ai.operation.name", "plan"),
    text("gen_ai.agent.name", "planner"),
    text("notes", filler(random, 560))
  ]);
}
function rootSpan(random, traceId, spanId, agent2, start, end) {
  return span(traceId, spanId, null, `invoke_agent ${agent2}`, 1, start, end, [
    text("gen_ai.operation.name", "invoke_agent"),
    text("gen_ai.agent.name", agent2),
    text("gen_ai.conversation.id", `conv-${bytes(random, 8).toString("hex")}`),
    text("user.id", `u-${Math.floor(random() * 500)}`),
    text("agentops.department", ["finance", "customer-care", "it", "marketing"][Math.floor(random() * 4)]),
    text("agentops.task.type", "request"),
    text("agentops.task.outcome", random() < 0.8 ? "success" : "failure"),
    text("gen_ai.agent.description", filler(random, 320))
  ]);
}
function message(random, size) {
  return JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: words(random, size) }] }]);
}
function filler(random, size) {
  return JSON.stringify({ status: "ok", text: words(random, size - 25) });
}
var WORDS = "the booking was found and its fare rules allow one free change before departure at no extra charge".split(" ");
function words(random, size) {
  let out = "";
  while (out.length < size) out += `${WORDS[Math.floor(random() * WORDS.length)]} `;
  return out.slice(0, size);
}
function request(service, spans) {
  const resource = lengthDelimited(
    1,
    Buffer.concat([
      lengthDelimited(1, text("service.name", service)),
      lengthDelimited(1, text("service.version", "1.4.2")),
      lengthDelimited(1, text("deployment.environment.name", "production"))
    ])
  );
  const scope = lengthDelimited(1, Buffer.concat([lengthDelimited(1, "bench"), lengthDelimited(2, "1.0.0")]));
  const scopeSpans = lengthDelimited(2, Buffer.concat([scope, ...spans.map((bytes2) => lengthDelimited(2, bytes2))]));
  return lengthDelimited(1, Buffer.concat([resource, scopeSpans]));
}
function span(traceId, spanId, parent, name, kind, start, end, attributes) {
  return Buffer.concat([
    lengthDelimited(1, traceId),
    lengthDelimited(2, spanId),
    ...parent === null ? [] : [lengthDelimited(4, parent)],
    lengthDelimited(5, name),
    Buffer.from([48, kind]),
    fixed64(7, start),
    fixed64(8, end),
    ...attributes.map((attribute2) => lengthDelimited(9, attribute2)),
    lengthDelimited(15, Buffer.alloc(0))
  ]);
}
function text(key, value) {
  return keyValue(key, lengthDelimited(1, value));
}
function int(key, value) {
  return keyValue(key, Buffer.concat([Buffer.from([24]), varint(value)]));
}
function double(key, value) {
  const bytes2 = Buffer.alloc(9);
  bytes2[0] = 33;
  bytes2.writeDoubleLE(value, 1);
  return keyValue(key, bytes2);
}
function keyValue(key, value) {
  return Buffer.concat([lengthDelimited(1, key), lengthDelimited(2, value)]);
}
function lengthDelimited(field, body) {
  const bytes2 = typeof body === "string" ? Buffer.from(body) : body;
  return Buffer.concat([varint(field * 8 + 2), varint(bytes2.length), bytes2]);
}
function fixed64(field, value) {
  const bytes2 = Buffer.alloc(9);
  bytes2[0] = field * 8 + 1;
  bytes2.writeBigUInt64LE(value, 1);
  return bytes2;
}
function varint(value) {
  const bytes2 = [];
  let rest = value;
  while (rest >= 128) {
    bytes2.push(rest & 127 | 128);
    rest = Math.floor(rest / 128);
  }
  bytes2.push(rest);
  return Buffer.from(bytes2);
}
function bytes(random, size) {
  const out = Buffer.alloc(size);
  for (let i = 0; i < size; i++) out[i] = Math.floor(random() * 256);
  if (out[0] === 0) out[0] = 1;
  return out;
}
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = state + 1831565813 >>> 0;
    let t2 = state;
    t2 = Math.imul(t2 ^ t2 >>> 15, t2 | 1);
    t2 ^= t2 + Math.imul(t2 ^ t2 >>> 7, t2 | 61);
    return ((t2 ^ t2 >>> 14) >>> 0) / 4294967296;
  };
}

// ../../work/main/processor/src/decode/wire.ts
var WireError = class extends Error {
  position;
  constructor(message3, position) {
    super(`${message3} at byte ${position}`);
    this.name = "WireError";
    this.position = position;
  }
};
function readVarint(r, end) {
  const { buf } = r;
  let pos = r.pos;
  if (pos < end) {
    const first3 = buf[pos];
    if (first3 < 128) {
      r.pos = pos + 1;
      return first3;
    }
  }
  let result = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    if (pos >= end) throw new WireError("truncated varint", pos);
    const byte = buf[pos++];
    result += (byte & 127) * scale;
    if (byte < 128) {
      r.pos = pos;
      return result;
    }
    scale *= 128;
  }
  throw new WireError("varint longer than 10 bytes", pos);
}
function readInt64(r, end) {
  let result = 0n;
  let shift = 0n;
  for (let i = 0; i < 10; i++) {
    if (r.pos >= end) throw new WireError("truncated varint", r.pos);
    const byte = r.buf[r.pos++];
    result |= BigInt(byte & 127) << shift;
    if (byte < 128) return BigInt.asIntN(64, result);
    shift += 7n;
  }
  throw new WireError("varint longer than 10 bytes", r.pos);
}
function readLength(r, end) {
  const length = readVarint(r, end);
  const stop = r.pos + length;
  if (stop > end) throw new WireError(`field of ${length} bytes leaves its message`, r.pos);
  return stop;
}
function readFixed64(r, end) {
  if (r.pos + 8 > end) throw new WireError("truncated fixed64", r.pos);
  const value = r.buf.readBigUInt64LE(r.pos);
  r.pos += 8;
  return value;
}
function skipField(r, wireType, end) {
  switch (wireType) {
    case 0:
      readVarint(r, end);
      return;
    case 1:
      r.pos += 8;
      break;
    case 2:
      r.pos = readLength(r, end);
      return;
    case 5:
      r.pos += 4;
      break;
    default:
      throw new WireError(`unsupported wire type ${wireType}`, r.pos);
  }
  if (r.pos > end) throw new WireError("truncated field", r.pos);
}
function expectWireType(actual, expected, field, position) {
  if (actual !== expected) {
    throw new WireError(`field ${field} has wire type ${actual}, expected ${expected}`, position);
  }
}
var HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
function hex(buf, start, end) {
  let out = "";
  for (let i = start; i < end; i++) out += HEX[buf[i]];
  return out;
}
function utf8(buf, start, end) {
  if (end - start > 24) return buf.utf8Slice(start, end);
  let out = "";
  for (let i = start; i < end; i++) {
    const byte = buf[i];
    if (byte > 127) return buf.utf8Slice(start, end);
    out += String.fromCharCode(byte);
  }
  return out;
}

// ../../work/main/processor/src/decode/attributes.ts
var VALUE = { empty: 0, string: 1, bool: 2, int: 3, double: 4, array: 5, kvlist: 6, bytes: 7 };
var MAX_DEPTH = 64;
function createAttributeList() {
  return {
    buf: Buffer.alloc(0),
    total: 0,
    count: 0,
    keys: new Int32Array(64),
    types: new Uint8Array(64),
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    prefixed: [],
    marks: 0
  };
}
function resetAttributes(list3, buf) {
  list3.buf = buf;
  list3.total = 0;
  list3.count = 0;
  list3.marks = 0;
  if (list3.prefixed.length > 0) list3.prefixed = [];
}
function createPrefixTable(prefixes) {
  const entries = prefixes.map((entry) => ({ ...entry, bytes: Buffer.from(entry.prefix) }));
  const first3 = new Uint8Array(256);
  for (const { bytes: bytes2 } of entries) first3[bytes2[0]] = 1;
  return { entries, first: first3 };
}
var MAX_PREFIXED = 4096;
function readKeyValue(r, end, list3, keys, prefixes) {
  const { buf } = r;
  let keyStart = 0;
  let keyEnd = 0;
  let type = 0;
  let start = 0;
  let stop = 0;
  while (r.pos < end) {
    const tag = buf[r.pos];
    if (tag === 10) {
      r.pos++;
      keyEnd = readLength(r, end);
      keyStart = r.pos;
      r.pos = keyEnd;
    } else if (tag === 18) {
      r.pos++;
      const valueEnd = readLength(r, end);
      if (r.pos < valueEnd) {
        const valueTag = readVarint(r, valueEnd);
        type = valueTag >>> 3;
        const wireType = valueTag & 7;
        if (type > 7) {
          type = VALUE.empty;
        } else if (wireType === 2) {
          stop = readLength(r, valueEnd);
          start = r.pos;
        } else {
          expectWireType(wireType, type === VALUE.double ? 1 : 0, type, r.pos);
          start = r.pos;
          skipField(r, wireType, valueEnd);
          stop = r.pos;
        }
      }
      r.pos = valueEnd;
    } else {
      const other = readVarint(r, end);
      skipField(r, other & 7, end);
    }
  }
  list3.total++;
  const key = keys.lookup(buf, keyStart, keyEnd);
  if (key !== 0) {
    addAttribute(list3, key, type, start, stop);
  } else if (keyEnd > keyStart && prefixes.first[buf[keyStart]] === 1) {
    for (const entry of prefixes.entries) {
      if (!startsWith(buf, keyStart, keyEnd, entry.bytes)) continue;
      list3.marks |= entry.marks;
      if (entry.collect && list3.prefixed.length < MAX_PREFIXED) {
        list3.prefixed.push({ key: utf8(buf, keyStart, keyEnd), type, start, end: stop });
        return;
      }
    }
  }
}
function startsWith(buf, start, end, prefix) {
  if (end - start < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (buf[start + i] !== prefix[i]) return false;
  return true;
}
function addAttribute(list3, key, type, start, end) {
  const i = list3.count;
  if (i === list3.keys.length) grow(list3);
  list3.keys[i] = key;
  list3.types[i] = type;
  list3.starts[i] = start;
  list3.ends[i] = end;
  list3.count = i + 1;
}
function grow(list3) {
  const size = list3.keys.length * 2;
  const keys = new Int32Array(size);
  keys.set(list3.keys);
  const types = new Uint8Array(size);
  types.set(list3.types);
  const starts = new Int32Array(size);
  starts.set(list3.starts);
  const ends = new Int32Array(size);
  ends.set(list3.ends);
  list3.keys = keys;
  list3.types = types;
  list3.starts = starts;
  list3.ends = ends;
}
function valueText(buf, type, start, end) {
  if (type === VALUE.string) return utf8(buf, start, end);
  const value = valueOf(buf, type, start, end);
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
function valueNumber(buf, type, start, end) {
  if (type === VALUE.int) {
    if (end - start <= 4) {
      let n = 0;
      for (let i = end - 1; i >= start; i--) n = n * 128 + (buf[i] & 127);
      return n;
    }
    return Number(readInt64({ buf, pos: start }, end));
  }
  if (type === VALUE.double) return buf.readDoubleLE(start);
  if (type === VALUE.string && end > start) return Number(utf8(buf, start, end));
  return Number.NaN;
}
function valueOf(buf, type, start, end, depth = 0) {
  if (depth > MAX_DEPTH) throw new WireError(`value nested deeper than ${MAX_DEPTH}`, start);
  switch (type) {
    case VALUE.string:
      return utf8(buf, start, end);
    case VALUE.bool:
      return end > start && buf[start] !== 0;
    case VALUE.int: {
      const value = readInt64({ buf, pos: start }, end);
      return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value.toString();
    }
    case VALUE.double: {
      const value = buf.readDoubleLE(start);
      return Number.isFinite(value) ? value : String(value);
    }
    case VALUE.bytes:
      return buf.toString("base64", start, end);
    case VALUE.array: {
      const out = [];
      eachField(buf, start, end, 1, (s, e) => out.push(anyValue(buf, s, e, depth + 1)));
      return out;
    }
    case VALUE.kvlist: {
      const out = {};
      eachField(buf, start, end, 1, (s, e) => {
        let key = "";
        let value = null;
        eachField(buf, s, e, 1, (ks, ke) => {
          key = utf8(buf, ks, ke);
        });
        eachField(buf, s, e, 2, (vs, ve) => {
          value = anyValue(buf, vs, ve, depth + 1);
        });
        Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
      });
      return out;
    }
    default:
      return null;
  }
}
function locateValue(buf, start, end) {
  if (start >= end) return { type: VALUE.empty, start, end: start };
  const r = { buf, pos: start };
  const tag = readVarint(r, end);
  if ((tag & 7) === 2) {
    const stop = readLength(r, end);
    return { type: tag >>> 3, start: r.pos, end: stop };
  }
  const at = r.pos;
  skipField(r, tag & 7, end);
  return { type: tag >>> 3, start: at, end: r.pos };
}
function anyValue(buf, start, end, depth = 0) {
  const value = locateValue(buf, start, end);
  return valueOf(buf, value.type, value.start, value.end, depth);
}
function eachField(buf, start, end, field, each) {
  const r = { buf, pos: start };
  while (r.pos < end) {
    const tag = readVarint(r, end);
    if (tag >>> 3 === field && (tag & 7) === 2) {
      const stop = readLength(r, end);
      each(r.pos, stop);
      r.pos = stop;
    } else {
      skipField(r, tag & 7, end);
    }
  }
}

// ../../work/main/processor/src/decode/keys.ts
function createKeyTable(known) {
  const keys = [...new Set(known)];
  const slots = 1 << Math.max(8, 32 - Math.clz32(keys.length * 4));
  const buckets = new Array(slots).fill(null);
  const ids = /* @__PURE__ */ new Map();
  keys.forEach((key, index) => {
    const bytes2 = Buffer.from(key);
    const slot = mix(bytes2, 0, bytes2.length) & slots - 1;
    buckets[slot] = { id: index + 1, bytes: bytes2, next: buckets[slot] ?? null };
    ids.set(key, index + 1);
  });
  return {
    size: keys.length,
    lookup(buf, start, end) {
      const length = end - start;
      if (length === 0) return 0;
      for (let e = buckets[mix(buf, start, end) & slots - 1]; e !== null; e = e.next) {
        if (e.bytes.length === length && equal(e.bytes, buf, start)) return e.id;
      }
      return 0;
    },
    idOf: (key) => ids.get(key) ?? 0,
    keyOf: (id3) => keys[id3 - 1] ?? ""
  };
}
function mix(buf, start, end) {
  const length = end - start;
  let h = Math.imul(length, 2654435761) ^ buf[start];
  h = Math.imul(h, 31) ^ buf[end - 1];
  h = Math.imul(h, 31) ^ buf[start + (length >> 1)];
  h = Math.imul(h, 31) ^ buf[start + (length >> 2)];
  h = Math.imul(h, 31) ^ buf[end - 1 - (length >> 2)];
  if (length > 8) {
    h = Math.imul(h, 31) ^ buf[end - 4];
    h = Math.imul(h, 31) ^ buf[end - 7];
  }
  return h ^ h >>> 15;
}
function equal(a, buf, start) {
  for (let i = 0; i < a.length; i++) if (a[i] !== buf[start + i]) return false;
  return true;
}

// ../../work/main/processor/src/dialects/dialect.ts
var FIELDS = [
  "agentName",
  "agentId",
  "agentVersion",
  "conversationId",
  "userId",
  "tenant",
  "department",
  "team",
  "costCenter",
  "taskId",
  "taskType",
  "taskRef",
  "outcome",
  "outcomeSource",
  "outcomeEvidence",
  "provider",
  "requestModel",
  "responseModel",
  "responseId",
  "inputTokens",
  "outputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "cacheWrite5mTokens",
  "cacheWrite1hTokens",
  "reasoningTokens",
  "totalTokens",
  "reportedCost",
  "reportedCurrency",
  "toolName",
  "toolCallId",
  "toolArguments",
  "toolResult",
  "toolAmount",
  "toolCurrency",
  "toolEffect",
  "toolResource",
  "argumentsDigest",
  "argumentsShapeDigest",
  "resultDigest",
  "handoffFrom",
  "handoffTo",
  /** The channel of people who take over. */
  "escalation",
  "approvalId",
  "approvalEvent",
  "approvalRule",
  "approvalDecision",
  "approvalChannel",
  "approvalReviewer",
  "approvalRequestedBy",
  "approvalSla",
  "approvalDeadline",
  "evaluationName",
  "evaluationScore",
  "evaluationLabel",
  "evaluator",
  "errorType",
  /** `true` or `false`: the emitter's own word on whether the call worked. */
  "success",
  "finishReasons",
  /** Content: read for digests and, where the registry allows it, kept masked. */
  "inputMessages",
  "outputMessages",
  "systemInstructions",
  /** Tool calls that the model asked for: `[{id, name, arguments}]`. */
  "requestedToolCalls",
  /** `true`: the run stands still until somebody answers. */
  "waiting",
  "instance",
  "sequence",
  "dropped"
];
function handoffDisguisedAsTool(kind, read) {
  return kind === "tool" && /^(transfer_to_|handoff_to_|handoff to )/i.test(read.text("toolName") || read.spanName) ? "handoff" : void 0;
}

// ../../work/main/processor/src/normalize/plan.ts
function compileDialects(dialects, resourceKeys) {
  if (dialects.length > 31) throw new RangeError("at most 31 dialects: one bit each");
  const allKeys = new Set(resourceKeys);
  for (const dialect of dialects) {
    for (const key of dialect.detect.keys ?? []) if (!key.endsWith("*")) allKeys.add(key);
    for (const rule of dialect.kind) if ("key" in rule) allKeys.add(rule.key);
    for (const sources of Object.values(dialect.fields)) {
      for (const source of sources) {
        const key = keyOfSource(source);
        if (key !== null) allKeys.add(key);
      }
    }
  }
  const keys = createKeyTable(allKeys);
  const marksOfKey = new Int32Array(keys.size + 1);
  const prefixMarks = /* @__PURE__ */ new Map();
  const collected = /* @__PURE__ */ new Set();
  dialects.forEach((dialect, bit) => {
    for (const pattern of dialect.detect.keys ?? []) {
      if (pattern.endsWith("*")) {
        const prefix = pattern.slice(0, -1);
        prefixMarks.set(prefix, (prefixMarks.get(prefix) ?? 0) | 1 << bit);
        for (let id3 = 1; id3 <= keys.size; id3++) {
          if (keys.keyOf(id3).startsWith(prefix)) marksOfKey[id3] |= 1 << bit;
        }
      } else {
        marksOfKey[keys.idOf(pattern)] |= 1 << bit;
      }
    }
    for (const sources of Object.values(dialect.fields)) {
      for (const source of sources) {
        if (typeof source !== "string" && "prefix" in source) collected.add(source.prefix);
      }
    }
  });
  const prefixes = createPrefixTable([
    ...[...prefixMarks].map(([prefix, marks]) => ({ prefix, marks, collect: false })),
    ...[...collected].map((prefix) => ({ prefix, marks: 0, collect: true }))
  ]);
  const always = 1 | 1 << dialects.length - 1;
  const plans = /* @__PURE__ */ new Map();
  const scopes = /* @__PURE__ */ new Map();
  return {
    keys,
    prefixes,
    marksOfKey,
    keepsOther: dialects.reduce((marks, dialect, bit) => dialect.keepsOther ? marks | 1 << bit : marks, 0),
    readsEvents: [...allKeys].some((key) => key.startsWith("event:")),
    marksOfScope(scopeName) {
      const known = scopes.get(scopeName);
      if (known !== void 0) return known;
      let marks = 0;
      dialects.forEach((dialect, bit) => {
        if (dialect.detect.scopes?.some((scope) => scopeName.startsWith(scope))) marks |= 1 << bit;
      });
      if (scopes.size < 1e4) scopes.set(scopeName, marks);
      return marks;
    },
    planOf(marks) {
      const wanted = marks | always;
      let plan = plans.get(wanted);
      if (plan === void 0) {
        plan = compilePlan(
          dialects.filter((_, bit) => wanted & 1 << bit),
          keys
        );
        plans.set(wanted, plan);
      }
      return plan;
    }
  };
}
function compilePlan(dialects, keys) {
  const sources = FIELDS.map((field) => dialects.flatMap((dialect) => dialect.fields[field] ?? []));
  const byKey = Array.from({ length: keys.size + 1 }, () => []);
  const collectors = [];
  const spanNames = sources.map((list3, field) => {
    if (list3.length > 254) throw new RangeError(`field ${FIELDS[field]} has more than 254 sources`);
    const ranks = [];
    list3.forEach((source, rank) => {
      const key = keyOfSource(source);
      if (key !== null) byKey[keys.idOf(key)].push(field * 256 + rank);
      else if (typeof source !== "string" && "prefix" in source) {
        collectors.push({ field, rank, prefix: source.prefix });
      } else ranks.push(rank);
    });
    return ranks;
  });
  const offsets = new Int32Array(keys.size + 2);
  byKey.forEach((list3, key) => {
    offsets[key + 1] = offsets[key] + list3.length;
  });
  const specific = dialects.length > 2 ? dialects[1] : dialects.at(-1);
  return {
    dialects,
    name: specific.name,
    offsets,
    targets: Int32Array.from(byKey.flat()),
    sources,
    collectors,
    spanNames,
    kindRules: dialects.flatMap((dialect) => dialect.kind).map((rule) => ({ ...rule, keyId: "key" in rule ? keys.idOf(rule.key) : 0 })),
    waits: new Set(dialects.flatMap((dialect) => dialect.waits ?? []))
  };
}
function keyOfSource(source) {
  if (typeof source === "string") return source;
  return "key" in source ? source.key : null;
}

// ../../work/main/processor/src/dialects/agentops.ts
import { ATTR, STEP_KINDS } from "@agentops/registry/contract";
var agentops = {
  name: "agentops",
  detect: {
    keys: [ATTR.kind, ATTR.taskId, ATTR.taskOutcome, ATTR.approvalId, ATTR.approvalEvent, ATTR.escalationChannel]
  },
  kind: [
    { key: ATTR.kind, is: Object.fromEntries(STEP_KINDS.map((kind) => [kind, kind])) },
    { key: ATTR.approvalEvent, present: "approval" },
    { key: ATTR.escalationChannel, present: "handoff" }
  ],
  fields: {
    agentVersion: [ATTR.agentVersion],
    tenant: [ATTR.tenant],
    department: [ATTR.department],
    team: [ATTR.team],
    costCenter: [ATTR.costCenter],
    taskId: [ATTR.taskId],
    taskType: [ATTR.taskType],
    taskRef: [ATTR.taskRef],
    outcome: [ATTR.taskOutcome],
    outcomeSource: [ATTR.taskOutcomeSource],
    outcomeEvidence: [ATTR.taskOutcomeEvidence],
    toolAmount: [ATTR.toolAmount],
    toolCurrency: [ATTR.toolCurrency],
    toolEffect: [ATTR.toolSideEffect],
    toolResource: [ATTR.toolResource],
    argumentsDigest: [ATTR.argumentsDigest],
    argumentsShapeDigest: [ATTR.argumentsShapeDigest],
    resultDigest: [ATTR.resultDigest],
    approvalId: [ATTR.approvalId],
    approvalEvent: [ATTR.approvalEvent],
    approvalRule: [ATTR.approvalRule],
    approvalDecision: [ATTR.approvalDecision],
    approvalChannel: [ATTR.approvalChannel],
    approvalReviewer: [ATTR.approvalReviewer],
    approvalRequestedBy: [ATTR.approvalRequestedBy],
    approvalSla: [ATTR.approvalSla],
    approvalDeadline: [ATTR.approvalDeadline],
    evaluator: [ATTR.evaluator],
    escalation: [ATTR.escalationChannel],
    instance: [ATTR.instance],
    sequence: [ATTR.sequence],
    dropped: [ATTR.dropped]
  },
  keepsOther: true
};

// ../../work/main/processor/src/dialects/otel-genai.ts
var OPERATIONS = {
  chat: "llm",
  text_completion: "llm",
  generate_content: "llm",
  completion: "llm",
  generate: "llm",
  embeddings: "embedding",
  retrieval: "retrieval",
  rerank: "retrieval",
  search_memory: "retrieval",
  vector_db_retrieve: "retrieval",
  create_memory: "other",
  update_memory: "other",
  upsert_memory: "other",
  delete_memory: "other",
  create_memory_store: "other",
  delete_memory_store: "other",
  fetch_response: "other",
  count_tokens: "other",
  plan: "other",
  create_agent: "other",
  execute_tool: "tool",
  handoff: "handoff",
  agent_handoff: "handoff",
  invoke_agent: "run",
  invoke_workflow: "workflow",
  invoke_swarm: "workflow",
  invoke_graph: "workflow",
  workflow: "workflow",
  agent_step: "other",
  execute_node: "other",
  invoke_node: "other",
  execute_task: "other",
  guardrail_check: "guardrail",
  guard: "guardrail",
  "guardrail.run": "guardrail"
};
var otelGenAi = {
  name: "otel-genai",
  detect: { keys: ["gen_ai.*", "mcp.method.name"] },
  kind: [
    { key: "gen_ai.operation.name", is: OPERATIONS, refine: handoffDisguisedAsTool },
    { key: "mcp.method.name", is: { "tools/call": "tool", "elicitation/create": "approval" } },
    { key: "gen_ai.evaluation.name", present: "evaluation" },
    { spanName: "execute_tool *", kind: "tool", refine: handoffDisguisedAsTool },
    { spanName: "invoke_agent *", kind: "run" },
    { spanName: "invoke_workflow *", kind: "workflow" },
    { spanName: "chat *", kind: "llm" },
    { key: "gen_ai.usage.input_tokens", present: "llm" },
    { key: "gen_ai.request.model", present: "llm" }
  ],
  fields: {
    agentName: ["gen_ai.agent.name", "gen_ai.workflow.name", { spanName: "invoke_agent " }],
    agentId: ["gen_ai.agent.id"],
    agentVersion: ["gen_ai.agent.version"],
    conversationId: ["gen_ai.conversation.id", "session.id"],
    userId: ["user.id", "enduser.id", "enduser.pseudo.id", "gen_ai.user", "gen_ai.request.user", "user.email"],
    tenant: ["tenant.id", "tenant_id", "tenant", "customer.id", "organization.id"],
    department: ["department"],
    team: ["team.id", "team"],
    costCenter: ["service.instance.cost_center.id", "cost_center", "cost_center.id"],
    provider: ["gen_ai.provider.name", "gen_ai.system"],
    requestModel: ["gen_ai.request.model"],
    responseModel: ["gen_ai.response.model"],
    responseId: ["gen_ai.response.id"],
    inputTokens: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "gen_ai.aggregated_usage.input_tokens"],
    outputTokens: [
      "gen_ai.usage.output_tokens",
      "gen_ai.usage.completion_tokens",
      "gen_ai.aggregated_usage.output_tokens"
    ],
    cacheReadTokens: [
      "gen_ai.usage.cache_read.input_tokens",
      "gen_ai.usage.cache_read_input_tokens",
      "gen_ai.usage.details.cache_read_tokens",
      "gen_ai.usage.input_tokens.cached",
      "gen_ai.aggregated_usage.cache_read.input_tokens"
    ],
    cacheWriteTokens: [
      "gen_ai.usage.cache_write.input_tokens",
      "gen_ai.usage.cache_creation.input_tokens",
      "gen_ai.usage.cache_creation_input_tokens",
      "gen_ai.usage.cache_write_input_tokens",
      "gen_ai.usage.details.cache_write_tokens",
      "gen_ai.usage.input_tokens.cache_write",
      "gen_ai.aggregated_usage.cache_creation.input_tokens",
      "gen_ai.aggregated_usage.cache_write.input_tokens"
    ],
    cacheWrite5mTokens: [
      "gen_ai.usage.cache_creation.5m_input_tokens",
      "anthropic.usage.cache_creation.ephemeral_5m_input_tokens"
    ],
    cacheWrite1hTokens: [
      "gen_ai.usage.cache_creation.1h_input_tokens",
      "anthropic.usage.cache_creation.ephemeral_1h_input_tokens"
    ],
    reasoningTokens: [
      "gen_ai.usage.reasoning.output_tokens",
      "gen_ai.usage.reasoning_tokens",
      "gen_ai.usage.details.reasoning_tokens",
      "gen_ai.usage.output_tokens.reasoning",
      "gen_ai.aggregated_usage.reasoning.output_tokens"
    ],
    totalTokens: ["gen_ai.usage.total_tokens", "llm.usage.total_tokens"],
    reportedCost: ["gen_ai.usage.cost.amount", "gen_ai.usage.cost", "operation.cost"],
    reportedCurrency: ["gen_ai.usage.cost.currency"],
    toolName: [
      { key: "gen_ai.tool.name", reject: ["unknown", "DynamicStructuredTool"] },
      "mcp.tool.name",
      { spanName: "execute_tool " }
    ],
    toolCallId: [{ key: "gen_ai.tool.call.id", reject: ["unknown", "<not specified>"] }, "jsonrpc.request.id"],
    toolArguments: ["gen_ai.tool.call.arguments", "mcp.request.argument", "event:gen_ai.tool.message/content"],
    toolResult: ["gen_ai.tool.call.result", "mcp.response.value"],
    handoffFrom: ["gen_ai.agent.handoff.source.name", "gen_ai.handoff.from_agent", "gen_ai.caller.name"],
    handoffTo: [
      "gen_ai.agent.handoff.target.name",
      "gen_ai.handoff.to_agent",
      { spanName: "execute_tool transfer_to_" },
      { spanName: "execute_tool handoff_to_" }
    ],
    evaluationName: ["gen_ai.evaluation.name"],
    evaluationScore: ["gen_ai.evaluation.score.value"],
    evaluationLabel: ["gen_ai.evaluation.score.label"],
    errorType: ["error.type", "event:exception/exception.type"],
    finishReasons: ["gen_ai.response.finish_reasons", "gen_ai.response.finish_reason"],
    inputMessages: ["gen_ai.input.messages", "gen_ai.prompt"],
    outputMessages: ["gen_ai.output.messages", "gen_ai.completion"],
    systemInstructions: ["gen_ai.system_instructions"],
    requestedToolCalls: [{ key: "gen_ai.output.messages", parse: toolCallsOfMessages }]
  },
  cacheInside: "auto",
  waits: ["GraphInterrupt", "NodeInterrupt", "langgraph.errors.GraphInterrupt", "ApprovalRequired", "CallDeferred"],
  keepsOther: true
};
function toolCallsOfMessages(value) {
  const messages = typeof value === "string" ? parsed(value) : value;
  if (!Array.isArray(messages)) return void 0;
  const calls = messages.flatMap((message3) => isRecord(message3) && Array.isArray(message3["parts"]) ? message3["parts"] : []).filter((part) => isRecord(part) && part["type"] === "tool_call" && typeof part["name"] === "string").map((part) => ({ id: part.id ?? "", name: part.name, arguments: part.arguments ?? "" }));
  return calls.length > 0 ? calls : void 0;
}
function parsed(text4) {
  try {
    return JSON.parse(text4);
  } catch {
    return void 0;
  }
}
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// ../../work/main/processor/src/dialects/index.ts
var DIALECTS = [agentops, otelGenAi];

// ../../work/main/processor/src/normalize/resource.ts
import { ATTR as ATTR2 } from "@agentops/registry/contract";
var SOURCES = {
  service: ["service.name"],
  namespace: ["service.namespace"],
  version: [ATTR2.agentVersion, "service.version"],
  environment: ["deployment.environment.name", "deployment.environment", "langfuse.environment", "gen_ai.environment"],
  department: [ATTR2.department, "department"],
  team: [ATTR2.team, "team.id", "team"],
  costCenter: [ATTR2.costCenter, "service.instance.cost_center.id", "cost_center", "cost_center.id"],
  tenant: [ATTR2.tenant, "tenant.id", "tenant_id", "tenant", "customer.id", "organization.id"],
  userId: ["user.id", "enduser.id"],
  agentName: ["gen_ai.agent.name", "agent.name", "gen_ai.application_name"]
};
var RESOURCE_KEYS = Object.values(SOURCES).flat();
var UNKNOWN_SERVICE = /^unknown_service(:|$)/;
var MAX_CACHED = 4096;
function createResourceReader(keys, cache) {
  const ids = Object.entries(SOURCES).map(
    ([field, names]) => [field, names.map((name) => keys.idOf(name))]
  );
  const byBytes = /* @__PURE__ */ new Map();
  const byContent = /* @__PURE__ */ new Map();
  let lastBytes = Buffer.alloc(0);
  let last = null;
  return {
    read(list3, buf, start, end) {
      if (last !== null && lastBytes.length === end - start && buf.compare(lastBytes, 0, lastBytes.length, start, end) === 0) {
        return last;
      }
      const bytesKey = buf.latin1Slice(start, end);
      let context = byBytes.get(bytesKey);
      if (context === void 0) {
        const built = {};
        for (const [field, candidates] of ids) built[field] = first(list3, candidates);
        if (UNKNOWN_SERVICE.test(built.service)) built.service = "";
        for (const [field] of ids) {
          built[field] = field === "userId" ? cache.identity(built[field]) : cache.mask(built[field]);
        }
        const content = JSON.stringify(built);
        context = byContent.get(content) ?? Object.freeze(built);
        if (byContent.size >= MAX_CACHED) byContent.clear();
        byContent.set(content, context);
        if (byBytes.size >= MAX_CACHED) byBytes.clear();
        byBytes.set(bytesKey, context);
      }
      lastBytes = Buffer.from(buf.subarray(start, end));
      last = context;
      return context;
    }
  };
}
function first(list3, candidates) {
  for (const id3 of candidates) {
    for (let i = 0; i < list3.count; i++) {
      if (list3.keys[i] !== id3) continue;
      const text4 = valueText(list3.buf, list3.types[i], list3.starts[i], list3.ends[i]);
      if (text4 !== "") return text4;
    }
  }
  return "";
}

// ../../work/main/processor/src/decode/otlp.ts
function createOtlpDecoder(keys, prefixes) {
  const origin = { resource: createAttributeList(), scopeName: "", scopeVersion: "" };
  const span2 = {
    traceId: "",
    spanId: "",
    parentSpanId: "",
    traceState: "",
    nameStart: 0,
    nameEnd: 0,
    startedAt: 0n,
    endedAt: 0n,
    statusCode: 0,
    messageStart: 0,
    messageEnd: 0,
    droppedAttributes: 0,
    attributes: createAttributeList(),
    events: []
  };
  const log = {
    traceId: "",
    spanId: "",
    time: 0n,
    observedTime: 0n,
    severity: 0,
    eventName: "",
    bodyStart: 0,
    bodyEnd: 0,
    droppedAttributes: 0,
    attributes: createAttributeList()
  };
  let lastTraceId = "";
  let lastTraceBytes = Buffer.alloc(16);
  function traceId(buf, start, end) {
    if (end - start !== 16) {
      if (end === start) throw new WireError("trace id is missing", start);
      throw new WireError(`trace id has ${end - start} bytes, not 16`, start);
    }
    if (lastTraceId !== "" && buf.compare(lastTraceBytes, 0, 16, start, end) === 0) return lastTraceId;
    lastTraceBytes = Buffer.from(buf.subarray(start, end));
    lastTraceId = hex(buf, start, end);
    if (/^0+$/.test(lastTraceId)) {
      lastTraceId = "";
      throw new WireError("trace id is all zeros", start);
    }
    return lastTraceId;
  }
  function spanId(buf, start, end, what) {
    if (end - start !== 8) throw new WireError(`${what} has ${end - start} bytes, not 8`, start);
    return hex(buf, start, end);
  }
  function readSpan(r, end) {
    const { buf } = r;
    const list3 = span2.attributes;
    resetAttributes(list3, buf);
    span2.traceId = "";
    span2.spanId = "";
    span2.parentSpanId = "";
    span2.traceState = "";
    span2.nameStart = 0;
    span2.nameEnd = 0;
    span2.startedAt = 0n;
    span2.endedAt = 0n;
    span2.statusCode = 0;
    span2.messageStart = 0;
    span2.messageEnd = 0;
    span2.droppedAttributes = 0;
    if (span2.events.length > 0) span2.events = [];
    while (r.pos < end) {
      const at = r.pos;
      const tag = readVarint(r, end);
      const wireType = tag & 7;
      const field = tag >>> 3;
      switch (field) {
        case 9: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          readKeyValue(r, stop, list3, keys, prefixes);
          break;
        }
        case 1: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          span2.traceId = traceId(buf, r.pos, stop);
          r.pos = stop;
          break;
        }
        case 2: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          span2.spanId = spanId(buf, r.pos, stop, "span id");
          r.pos = stop;
          break;
        }
        case 3: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          span2.traceState = utf8(buf, r.pos, stop);
          r.pos = stop;
          break;
        }
        case 4: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          if (stop > r.pos) {
            const id3 = spanId(buf, r.pos, stop, "parent span id");
            span2.parentSpanId = id3 === ZERO_SPAN_ID ? "" : id3;
          }
          r.pos = stop;
          break;
        }
        case 5: {
          expectWireType(wireType, 2, field, at);
          span2.nameEnd = readLength(r, end);
          span2.nameStart = r.pos;
          r.pos = span2.nameEnd;
          break;
        }
        case 7:
          expectWireType(wireType, 1, field, at);
          span2.startedAt = readFixed64(r, end);
          break;
        case 8:
          expectWireType(wireType, 1, field, at);
          span2.endedAt = readFixed64(r, end);
          break;
        case 10:
          expectWireType(wireType, 0, field, at);
          span2.droppedAttributes = readVarint(r, end);
          break;
        case 11: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          span2.events.push(r.pos, stop);
          r.pos = stop;
          break;
        }
        case 15: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          readStatus(r, stop);
          break;
        }
        default:
          skipField(r, wireType, end);
      }
    }
    if (span2.traceId === "") throw new WireError("trace id is missing", end);
    if (span2.spanId === "" || span2.spanId === ZERO_SPAN_ID) throw new WireError("span id is missing", end);
  }
  function readStatus(r, end) {
    while (r.pos < end) {
      const tag = readVarint(r, end);
      if (tag === 18) {
        span2.messageEnd = readLength(r, end);
        span2.messageStart = r.pos;
        r.pos = span2.messageEnd;
      } else if (tag === 24) {
        span2.statusCode = readVarint(r, end);
      } else {
        skipField(r, tag & 7, end);
      }
    }
  }
  function readLog(r, end) {
    const { buf } = r;
    resetAttributes(log.attributes, buf);
    log.traceId = "";
    log.spanId = "";
    log.time = 0n;
    log.observedTime = 0n;
    log.severity = 0;
    log.eventName = "";
    log.bodyStart = 0;
    log.bodyEnd = 0;
    log.droppedAttributes = 0;
    while (r.pos < end) {
      const at = r.pos;
      const tag = readVarint(r, end);
      const wireType = tag & 7;
      const field = tag >>> 3;
      if (field === 1 || field === 11) {
        expectWireType(wireType, 1, field, at);
        const time2 = readFixed64(r, end);
        if (field === 1) log.time = time2;
        else log.observedTime = time2;
      } else if (field === 2 && wireType === 0) {
        log.severity = readVarint(r, end);
      } else if (field === 7 && wireType === 0) {
        log.droppedAttributes = readVarint(r, end);
      } else if (field === 5 || field === 6 || field === 9 || field === 10 || field === 12) {
        expectWireType(wireType, 2, field, at);
        const stop = readLength(r, end);
        if (field === 5) {
          log.bodyStart = r.pos;
          log.bodyEnd = stop;
        } else if (field === 6) readKeyValue(r, stop, log.attributes, keys, prefixes);
        else if (field === 9) log.traceId = stop > r.pos ? traceId(buf, r.pos, stop) : "";
        else if (field === 10) log.spanId = stop > r.pos ? spanId(buf, r.pos, stop, "span id") : "";
        else log.eventName = utf8(buf, r.pos, stop);
        r.pos = stop;
      } else {
        skipField(r, wireType, end);
      }
    }
  }
  function readRequest(buf, sink, readItem, emit) {
    const r = { buf, pos: 0 };
    let index = 0;
    while (r.pos < buf.length) {
      const tag = readVarint(r, buf.length);
      if (tag !== 10) {
        skipField(r, tag & 7, buf.length);
        continue;
      }
      const groupEnd = readLength(r, buf.length);
      const groupStart = r.pos;
      resetAttributes(origin.resource, buf);
      let resourceStart = 0;
      let resourceEnd = 0;
      while (r.pos < groupEnd) {
        const inner = readVarint(r, groupEnd);
        if (inner !== 10) {
          skipField(r, inner & 7, groupEnd);
          continue;
        }
        resourceEnd = readLength(r, groupEnd);
        resourceStart = r.pos;
        while (r.pos < resourceEnd) {
          const attribute2 = readVarint(r, resourceEnd);
          if (attribute2 === 10) {
            const stop = readLength(r, resourceEnd);
            readKeyValue(r, stop, origin.resource, keys, prefixes);
          } else skipField(r, attribute2 & 7, resourceEnd);
        }
      }
      r.pos = groupStart;
      while (r.pos < groupEnd) {
        const inner = readVarint(r, groupEnd);
        if (inner !== 18) {
          skipField(r, inner & 7, groupEnd);
          continue;
        }
        const scopeEnd = readLength(r, groupEnd);
        const scopeStart = r.pos;
        readScope(r, scopeEnd);
        sink.origin(buf, origin, resourceStart, resourceEnd);
        r.pos = scopeStart;
        while (r.pos < scopeEnd) {
          const item = readVarint(r, scopeEnd);
          if (item !== 18) {
            skipField(r, item & 7, scopeEnd);
            continue;
          }
          const stop = readLength(r, scopeEnd);
          const start = r.pos;
          let readable = true;
          try {
            readItem(r, stop);
          } catch (error) {
            if (!(error instanceof WireError)) throw error;
            readable = false;
            sink.bad(buf, error.message, start, stop, index);
          }
          if (readable) emit(index);
          index++;
          r.pos = stop;
        }
      }
    }
    return index;
  }
  function readScope(r, end) {
    origin.scopeName = "";
    origin.scopeVersion = "";
    while (r.pos < end) {
      const tag = readVarint(r, end);
      if (tag !== 10) {
        skipField(r, tag & 7, end);
        continue;
      }
      const scopeEnd = readLength(r, end);
      while (r.pos < scopeEnd) {
        const field = readVarint(r, scopeEnd);
        if (field === 10 || field === 18) {
          const stop = readLength(r, scopeEnd);
          const text4 = utf8(r.buf, r.pos, stop);
          if (field === 10) origin.scopeName = text4;
          else origin.scopeVersion = text4;
          r.pos = stop;
        } else skipField(r, field & 7, scopeEnd);
      }
      return;
    }
  }
  return {
    traces(body, sink) {
      const buf = asBuffer(body);
      return readRequest(buf, sink, readSpan, (index) => sink.span(buf, span2, index));
    },
    logs(body, sink) {
      const buf = asBuffer(body);
      return readRequest(buf, sink, readLog, (index) => sink.log(buf, log, index));
    }
  };
}
var ZERO_SPAN_ID = "0000000000000000";
function asBuffer(body) {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
function readEvent(buf, start, end, each) {
  const r = { buf, pos: start };
  let name = "";
  const pairs = [];
  while (r.pos < end) {
    const tag = readVarint(r, end);
    if (tag === 18) {
      const stop = readLength(r, end);
      name = utf8(buf, r.pos, stop);
      r.pos = stop;
    } else if (tag === 26) {
      const stop = readLength(r, end);
      pairs.push(r.pos, stop);
      r.pos = stop;
    } else skipField(r, tag & 7, end);
  }
  for (let i = 0; i < pairs.length; i += 2) {
    const stop = pairs[i + 1];
    r.pos = pairs[i];
    let key = "";
    let valueStart = 0;
    let valueEnd = 0;
    while (r.pos < stop) {
      const tag = readVarint(r, stop);
      if (tag === 10 || tag === 18) {
        const fieldEnd = readLength(r, stop);
        if (tag === 10) key = utf8(buf, r.pos, fieldEnd);
        else {
          valueStart = r.pos;
          valueEnd = fieldEnd;
        }
        r.pos = fieldEnd;
      } else skipField(r, tag & 7, stop);
    }
    each(name, key, valueStart, valueEnd);
  }
  return name;
}

// ../../work/main/processor/src/normalize/normalizer.ts
import { ATTR as ATTR3, OUTCOMES, STEP_KINDS as STEP_KINDS2 } from "@agentops/registry/contract";

// ../../work/main/processor/src/cost/usage.ts
function splitUsage(u, _o) {
  const z = (n) => Number.isFinite(n) ? n : 0;
  const r = z(u.cacheRead), w = z(u.cacheWrite);
  return { input: Math.max(0, z(u.inputTokens) - r - w), cachedInput: r, cacheWrite: w, cacheWrite5m: z(u.cacheWrite5m), cacheWrite1h: z(u.cacheWrite1h), output: z(u.output), reasoning: z(u.reasoning) };
}

// ../../work/main/processor/src/normalize/reader.ts
var NONE = 255;
var FIELD_INDEX = Object.fromEntries(FIELDS.map((field, index) => [field, index]));
function createStepReader(table2, cache) {
  const best = new Uint8Array(FIELDS.length);
  const index = new Int32Array(FIELDS.length);
  const slot = new Int32Array(table2.keys.size + 1);
  const stamp = new Int32Array(table2.keys.size + 1);
  let now = 0;
  let list3;
  let plan;
  let nameStart = 0;
  let nameEnd = 0;
  let hasParent = false;
  const isEmpty = (i) => list3.types[i] === VALUE.empty || list3.types[i] === VALUE.string && list3.starts[i] === list3.ends[i];
  function sourceAt(field) {
    return plan.sources[field][best[field]];
  }
  function seek(field, from) {
    best[field] = NONE;
    for (let i = 0; i < list3.count; i++) {
      if (isEmpty(i)) continue;
      const key = list3.keys[i];
      for (let t2 = plan.offsets[key]; t2 < plan.offsets[key + 1]; t2++) {
        const target = plan.targets[t2];
        if (target >> 8 === field && (target & 255) >= from && (target & 255) < best[field]) {
          best[field] = target & 255;
          index[field] = i;
        }
      }
    }
    fillCollectors(field, from);
    fillSpanNames(field, from);
  }
  function fillCollectors(only, from) {
    if (list3.prefixed.length === 0) return;
    for (const { field, rank, prefix } of plan.collectors) {
      if (only !== -1 && field !== only || rank < from || rank >= best[field]) continue;
      if (list3.prefixed.some((entry) => entry.key.startsWith(prefix))) best[field] = rank;
    }
  }
  function fillSpanNames(field, from) {
    for (const rank of plan.spanNames[field]) {
      if (rank < from || rank >= best[field]) continue;
      const source = plan.sources[field][rank];
      if (typeof source !== "string" && "spanName" in source && spanName().startsWith(source.spanName)) {
        best[field] = rank;
      }
    }
  }
  let nameText = null;
  function spanName() {
    nameText ??= cache.raw(list3.buf, nameStart, nameEnd);
    return nameText;
  }
  function resolve(field) {
    for (; ; ) {
      const rank = best[field];
      if (rank === NONE) return void 0;
      const source = sourceAt(field);
      const value = valueBy(source, index[field]);
      const rejected = value === void 0 || value === null || value === "" || typeof source !== "string" && "reject" in source && source.reject?.includes(String(value));
      if (!rejected) return value;
      seek(field, rank + 1);
    }
  }
  function valueBy(source, i) {
    if (typeof source === "string") return valueOf(list3.buf, list3.types[i], list3.starts[i], list3.ends[i]);
    if ("spanName" in source) return spanName().slice(source.spanName.length).trim();
    if ("prefix" in source) {
      const entries = /* @__PURE__ */ new Map();
      for (const entry of list3.prefixed) {
        if (!entry.key.startsWith(source.prefix)) continue;
        entries.set(entry.key.slice(source.prefix.length), valueOf(list3.buf, entry.type, entry.start, entry.end));
      }
      return source.collect(entries);
    }
    const value = valueOf(list3.buf, list3.types[i], list3.starts[i], list3.ends[i]);
    if ("path" in source) return pick(value, source.path);
    if ("parse" in source) return source.parse(value);
    return value;
  }
  function isPlain(field) {
    return best[field] !== NONE && typeof sourceAt(field) === "string";
  }
  const reader2 = {
    get buf() {
      return list3.buf;
    },
    get spanName() {
      return spanName();
    },
    get hasParent() {
      return hasParent;
    },
    begin(attributes, scopeMarks, start, end, parent) {
      list3 = attributes;
      nameStart = start;
      nameEnd = end;
      nameText = null;
      hasParent = parent;
      now++;
      let marks = scopeMarks | list3.marks;
      for (let i = 0; i < list3.count; i++) marks |= table2.marksOfKey[list3.keys[i]];
      return marks;
    },
    events(span2) {
      for (let e = 0; e < span2.events.length; e += 2) {
        readEvent(list3.buf, span2.events[e], span2.events[e + 1], (name, key, start, end) => {
          const id3 = table2.keys.idOf(`event:${name}/${key}`);
          if (id3 === 0) return;
          const value = locateValue(list3.buf, start, end);
          addAttribute(list3, id3, value.type, value.start, value.end);
        });
      }
    },
    fill(marks) {
      plan = table2.planOf(marks);
      best.fill(NONE);
      for (let i = 0; i < list3.count; i++) {
        const key = list3.keys[i];
        slot[key] = i;
        stamp[key] = now;
        if (isEmpty(i)) continue;
        for (let t2 = plan.offsets[key], last = plan.offsets[key + 1]; t2 < last; t2++) {
          const target = plan.targets[t2];
          const field = target >> 8;
          if ((target & 255) < best[field]) {
            best[field] = target & 255;
            index[field] = i;
          }
        }
      }
      fillCollectors(-1, 0);
      return plan;
    },
    has(field) {
      const f = FIELD_INDEX[field];
      if (plan.spanNames[f].length > 0) fillSpanNames(f, 0);
      return best[f] !== NONE;
    },
    label(field) {
      const f = FIELD_INDEX[field];
      if (plan.spanNames[f].length > 0) fillSpanNames(f, 0);
      if (isPlain(f)) {
        const i = index[f];
        if (list3.types[i] === VALUE.string) return cache.label(list3.buf, list3.starts[i], list3.ends[i]);
      }
      const value = resolve(f);
      return value === void 0 ? "" : cache.mask(asText(value));
    },
    text(field) {
      const f = FIELD_INDEX[field];
      if (plan.spanNames[f].length > 0) fillSpanNames(f, 0);
      if (isPlain(f)) {
        const i = index[f];
        return valueText(list3.buf, list3.types[i], list3.starts[i], list3.ends[i]);
      }
      const value = resolve(f);
      return value === void 0 ? "" : asText(value);
    },
    number(field) {
      const f = FIELD_INDEX[field];
      if (best[f] === NONE) return Number.NaN;
      if (isPlain(f)) {
        const i = index[f];
        return valueNumber(list3.buf, list3.types[i], list3.starts[i], list3.ends[i]);
      }
      const value = resolve(f);
      return value === void 0 ? Number.NaN : Number(value);
    },
    value(field) {
      return resolve(FIELD_INDEX[field]);
    },
    bytes(field) {
      const f = FIELD_INDEX[field];
      if (!isPlain(f)) return null;
      const i = index[f];
      return list3.types[i] === VALUE.string ? { start: list3.starts[i], end: list3.ends[i] } : null;
    },
    attribute(key) {
      const id3 = table2.keys.idOf(key);
      if (id3 === 0 || stamp[id3] !== now) return "";
      const i = slot[id3];
      return valueText(list3.buf, list3.types[i], list3.starts[i], list3.ends[i]);
    },
    kind() {
      for (const rule of plan.kindRules) {
        let answer;
        if ("key" in rule) {
          if (stamp[rule.keyId] !== now) continue;
          const i = slot[rule.keyId];
          if ("present" in rule) answer = rule.present;
          else if (list3.types[i] === VALUE.string) {
            const value = cache.raw(list3.buf, list3.starts[i], list3.ends[i]);
            answer = Object.hasOwn(rule.is, value) ? rule.is[value] : void 0;
          }
        } else if (rule.spanName.endsWith("*")) {
          if (spanName().startsWith(rule.spanName.slice(0, -1))) answer = rule.kind;
        } else if (spanName() === rule.spanName) {
          answer = rule.kind;
        }
        if (answer === void 0) continue;
        return rule.refine?.(answer, reader2) ?? answer;
      }
      return null;
    }
  };
  return reader2;
}
function asText(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
function pick(value, path) {
  let at = value;
  for (const step2 of path) {
    if (typeof at === "string") {
      try {
        at = JSON.parse(at);
      } catch {
        return void 0;
      }
    }
    if (typeof at !== "object" || at === null) return void 0;
    at = Array.isArray(at) ? at[Number(step2)] : Object.hasOwn(at, step2) ? at[step2] : void 0;
  }
  return at;
}

// ../../work/main/processor/src/normalize/text.ts
var SLOTS = 1 << 14;
var MAX_BYTES = 64;
function createTextCache(sanitizer) {
  const slots = new Array(SLOTS);
  function find(buf, start, end) {
    const at = hash(buf, start, end) & SLOTS - 1;
    const known = slots[at];
    if (known !== void 0 && known.bytes.length === end - start && same(known.bytes, buf, start)) return known;
    const fresh = { bytes: Buffer.from(buf.subarray(start, end)), raw: utf8(buf, start, end), masked: null };
    slots[at] = fresh;
    return fresh;
  }
  return {
    label(buf, start, end) {
      if (start === end) return "";
      if (end - start > MAX_BYTES) return sanitizer.text(utf8(buf, start, end));
      const slot = find(buf, start, end);
      slot.masked ??= sanitizer.text(slot.raw);
      return slot.masked;
    },
    raw(buf, start, end) {
      if (start === end) return "";
      return end - start > MAX_BYTES ? utf8(buf, start, end) : find(buf, start, end).raw;
    },
    mask: (value) => value === "" ? "" : sanitizer.text(value),
    identity: (value) => value === "" ? "" : sanitizer.identity(value)
  };
}
function hash(buf, start, end) {
  let h = end - start;
  for (let i = start; i < end; i++) h = Math.imul(h ^ buf[i], 16777619);
  return h ^ h >>> 13;
}
function same(a, buf, start) {
  for (let i = 0; i < a.length; i++) if (a[i] !== buf[start + i]) return false;
  return true;
}

// ../../work/main/processor/src/normalize/normalizer.ts
var CLAIM_FIELDS = [
  "agentName",
  "agentId",
  "agentVersion",
  "conversationId",
  "userId",
  "tenant",
  "department",
  "team",
  "costCenter",
  "taskId",
  "taskType",
  "taskRef",
  "outcome",
  "outcomeSource",
  "outcomeEvidence"
];
var IDENTITIES = /* @__PURE__ */ new Set(["conversationId", "userId", "tenant", "taskId", "taskRef"]);
var NO_CLAIMS = Object.freeze(
  Object.fromEntries(CLAIM_FIELDS.map((field) => [field, ""]))
);
var KINDS = new Set(STEP_KINDS2);
var CLAIMABLE_OUTCOMES = new Set(
  OUTCOMES.filter((outcome) => outcome !== "open" && outcome !== "abandoned")
);
var NO_CONTENT = [];
function createNormalizer(options) {
  const { table: table2, digester } = options;
  const cache = createTextCache(options.sanitizer);
  const reader2 = createStepReader(table2, cache);
  const resources2 = createResourceReader(table2.keys, cache);
  let resource;
  let scopeMarks = 0;
  let scopeVersion = "";
  let content = NO_CONTENT;
  function stepKind(marks) {
    const answer = reader2.kind();
    if (answer === "drop") return "dropped";
    if (answer !== null && KINDS.has(answer)) return answer;
    return marks & table2.keepsOther ? "other" : "foreign";
  }
  function claims(kind) {
    let out = null;
    for (const field of CLAIM_FIELDS) {
      if (!reader2.has(field)) continue;
      const value = IDENTITIES.has(field) ? cache.identity(reader2.text(field)) : reader2.label(field);
      if (value === "") continue;
      out ??= { ...NO_CLAIMS };
      out[field] = value;
    }
    if (out === null) return NO_CLAIMS;
    if (kind === "llm" && out.agentName === reader2.text("requestModel")) out.agentName = "";
    if (out.outcome !== "" && !CLAIMABLE_OUTCOMES.has(out.outcome)) {
      out.outcomeEvidence = `not an outcome: ${out.outcome}`;
      out.outcome = "unknown";
    }
    return out;
  }
  function usage(plan, provider) {
    const input = reader2.number("inputTokens");
    const output = reader2.number("outputTokens");
    if (Number.isNaN(input) && Number.isNaN(output)) return null;
    return splitUsage(
      {
        inputTokens: input,
        output,
        cacheRead: reader2.number("cacheReadTokens"),
        cacheWrite: reader2.number("cacheWriteTokens"),
        cacheWrite5m: reader2.number("cacheWrite5mTokens"),
        cacheWrite1h: reader2.number("cacheWrite1hTokens"),
        reasoning: reader2.number("reasoningTokens"),
        total: reader2.number("totalTokens")
      },
      { cacheInside: cacheRule(plan, provider), reasoningInside: reasoningInside(plan) }
    );
  }
  function cacheRule(plan, provider) {
    for (const dialect of plan.dialects) {
      const rule = dialect.cacheInside;
      if (rule !== void 0) return typeof rule === "function" ? rule(scopeVersion, provider) : rule;
    }
    return "auto";
  }
  function reasoningInside(plan) {
    return plan.dialects.find((dialect) => dialect.reasoningInside !== void 0)?.reasoningInside ?? true;
  }
  function modelFacts(plan, kind) {
    const calls = kind === "llm" || kind === "embedding";
    const hasUsage = reader2.has("inputTokens") || reader2.has("outputTokens");
    if (!calls && !hasUsage && !reader2.has("reportedCost")) return null;
    const provider = reader2.label("provider");
    return {
      provider,
      requestModel: reader2.label("requestModel"),
      responseModel: reader2.label("responseModel"),
      responseId: calls ? cache.mask(reader2.text("responseId")) : "",
      usage: hasUsage ? usage(plan, provider) : null,
      reportedCost: reader2.has("reportedCost") ? decimalText(reader2.text("reportedCost")) : "",
      reportedCurrency: reader2.has("reportedCost") ? reader2.label("reportedCurrency") || "USD" : "",
      toolCalls: kind === "llm" && reader2.has("requestedToolCalls") ? requestedCalls(reader2) : []
    };
  }
  function requestedCalls(read) {
    const value = read.value("requestedToolCalls");
    if (!Array.isArray(value)) return [];
    return value.slice(0, 256).flatMap((call) => {
      if (typeof call !== "object" || call === null || Array.isArray(call)) return [];
      const { id: id3, name, arguments: args } = call;
      const text4 = Buffer.from(typeof args === "string" ? args : JSON.stringify(args ?? ""));
      return [
        {
          id: cache.mask(String(id3 ?? "")),
          name: cache.mask(String(name ?? "")),
          argumentsDigest: digester.digestBytes(text4, 0, text4.length),
          argumentsShapeDigest: digester.shapeDigestBytes(text4, 0, text4.length)
        }
      ];
    });
  }
  function digest(given, of) {
    if (reader2.has(given)) return cache.mask(reader2.text(given));
    if (!reader2.has(of)) return "";
    const raw = reader2.bytes(of);
    if (raw !== null) return digester.digestBytes(reader2.buf, raw.start, raw.end);
    const text4 = Buffer.from(reader2.text(of));
    return digester.digestBytes(text4, 0, text4.length);
  }
  function shapeDigest() {
    if (reader2.has("argumentsShapeDigest")) return cache.mask(reader2.text("argumentsShapeDigest"));
    if (!reader2.has("toolArguments")) return "";
    const raw = reader2.bytes("toolArguments");
    if (raw !== null) return digester.shapeDigestBytes(reader2.buf, raw.start, raw.end);
    const text4 = Buffer.from(reader2.text("toolArguments"));
    return digester.shapeDigestBytes(text4, 0, text4.length);
  }
  function toolFacts() {
    return {
      name: reader2.label("toolName"),
      callId: cache.mask(reader2.text("toolCallId")),
      argumentsDigest: digest("argumentsDigest", "toolArguments"),
      argumentsShapeDigest: shapeDigest(),
      resultDigest: digest("resultDigest", "toolResult"),
      amount: reader2.has("toolAmount") ? decimalText(reader2.text("toolAmount")) : "",
      amountCurrency: reader2.has("toolAmount") ? reader2.label("toolCurrency") : "",
      effect: reader2.label("toolEffect"),
      resource: reader2.label("toolResource")
    };
  }
  function approvalFacts() {
    const event = reader2.label("approvalEvent");
    const decision = reader2.label("approvalDecision");
    const slaS = reader2.number("approvalSla");
    return {
      id: cache.identity(reader2.text("approvalId")),
      event: event === "requested" || event === "decided" ? event : decision === "" ? "requested" : "both",
      rule: reader2.label("approvalRule") || "emitter",
      decision,
      channel: reader2.label("approvalChannel"),
      reviewer: cache.identity(reader2.text("approvalReviewer")),
      requestedBy: cache.identity(reader2.text("approvalRequestedBy")),
      slaS: Number.isFinite(slaS) && slaS > 0 ? slaS : 0,
      deadline: reader2.label("approvalDeadline")
    };
  }
  function evaluationFacts() {
    const score = reader2.number("evaluationScore");
    return {
      name: reader2.label("evaluationName"),
      score: Number.isFinite(score) ? score : null,
      label: reader2.label("evaluationLabel"),
      evaluator: reader2.label("evaluator") || "evaluator"
    };
  }
  function keptContent(agentName, kind) {
    if (!options.keepsContent(resource, agentName)) return NO_CONTENT;
    const parts = [];
    const keep = (part, field) => {
      if (!reader2.has(field)) return;
      const text4 = cache.mask(reader2.text(field));
      if (text4 !== "") parts.push({ part, text: text4 });
    };
    if (kind === "tool") {
      keep("arguments", "toolArguments");
      keep("result", "toolResult");
    } else {
      keep("system", "systemInstructions");
      keep("input", "inputMessages");
      keep("output", "outputMessages");
    }
    return parts;
  }
  function build(plan, kind, identity, statusCode, statusMessage, traceState, sizes) {
    const own = claims(kind);
    const isTool = kind === "tool";
    const errorType = reader2.has("errorType") ? reader2.label("errorType") : "";
    const waits = plan.waits.size > 0 && (plan.waits.has(errorType) || plan.waits.has(firstWord(statusMessage)));
    const worked = reader2.has("success") ? reader2.text("success") : "";
    const failed = statusCode === 2 || worked === "false" || statusCode !== 1 && errorType !== "";
    content = keptContent(own.agentName, kind);
    return {
      traceId: identity.traceId,
      spanId: identity.spanId,
      parentSpanId: identity.parentSpanId,
      kind,
      name: identity.name,
      startedAt: identity.startedAt,
      endedAt: identity.endedAt < identity.startedAt ? identity.startedAt : identity.endedAt,
      status: waits ? "unset" : failed ? "error" : statusCode === 1 ? "ok" : "unset",
      statusMessage: statusMessage === "" ? "" : cache.mask(statusMessage).slice(0, MAX_STATUS_MESSAGE),
      errorType,
      dialect: plan.name,
      resource,
      claims: own,
      model: modelFacts(plan, kind),
      tool: isTool || kind === "handoff" ? toolFacts() : null,
      handoff: kind === "handoff" ? {
        from: reader2.label("handoffFrom") || own.agentName,
        to: reader2.label("escalation") || reader2.label("handoffTo"),
        human: reader2.has("escalation")
      } : null,
      approval: kind === "approval" ? approvalFacts() : null,
      evaluation: kind === "evaluation" ? evaluationFacts() : null,
      sequence: reader2.has("sequence") ? {
        instance: reader2.label("instance"),
        number: reader2.number("sequence") || 0,
        dropped: reader2.number("dropped") || 0
      } : null,
      waiting: waits || reader2.text("waiting") === "true",
      sampledShare: traceState === "" ? 1 : sampledShare(traceState),
      attributeCount: sizes.attributes,
      droppedAttributes: sizes.dropped
    };
  }
  return {
    get content() {
      return content;
    },
    get resource() {
      return resource;
    },
    origin(buf, origin, start, end) {
      resource = resources2.read(origin.resource, buf, start, end);
      scopeMarks = table2.marksOfScope(origin.scopeName);
      scopeVersion = origin.scopeVersion;
    },
    span(view) {
      content = NO_CONTENT;
      const marks = reader2.begin(
        view.attributes,
        scopeMarks,
        view.nameStart,
        view.nameEnd,
        view.parentSpanId !== ""
      );
      const total2 = view.attributes.total;
      if (view.events.length > 0 && table2.readsEvents) reader2.events(view);
      const plan = reader2.fill(marks);
      const kind = stepKind(marks);
      if (kind === "foreign" || kind === "dropped") return kind;
      const { buf } = reader2;
      const message3 = view.messageEnd > view.messageStart ? buf.utf8Slice(view.messageStart, view.messageEnd) : "";
      return build(
        plan,
        kind,
        {
          traceId: view.traceId,
          spanId: view.spanId,
          parentSpanId: view.parentSpanId,
          name: cache.label(buf, view.nameStart, view.nameEnd),
          startedAt: view.startedAt,
          endedAt: view.endedAt
        },
        view.statusCode,
        message3,
        view.traceState,
        { attributes: total2, dropped: view.droppedAttributes }
      );
    },
    log(view, id3) {
      content = NO_CONTENT;
      const { attributes } = view;
      const marks = reader2.begin(attributes, scopeMarks, 0, 0, view.spanId !== "");
      let name = view.eventName;
      const plan = reader2.fill(marks);
      if (name === "") name = reader2.attribute("event.name");
      const known = LOG_EVENTS[name];
      if (known === void 0 && reader2.attribute(ATTR3.kind) === "" && reader2.attribute(ATTR3.taskOutcome) === "") {
        return "foreign";
      }
      const answer = known ?? stepKind(marks);
      if (answer === "foreign" || answer === "dropped") return answer;
      const at = view.time !== 0n ? view.time : view.observedTime;
      return build(
        plan,
        answer,
        {
          traceId: view.traceId !== "" ? view.traceId : `log-${id3}`,
          spanId: `log-${id3}`,
          parentSpanId: view.spanId,
          name: cache.mask(name),
          startedAt: at,
          endedAt: at
        },
        0,
        "",
        "",
        { attributes: attributes.total, dropped: view.droppedAttributes }
      );
    }
  };
}
var MAX_STATUS_MESSAGE = 4096;
var LOG_EVENTS = {
  "gen_ai.evaluation.result": "evaluation",
  "agentops.task.outcome": "other",
  "agentops.approval": "approval"
};
function firstWord(text4) {
  const end = text4.search(/[^\w.]/);
  return end === -1 ? text4 : text4.slice(0, end);
}
function decimalText(text4) {
  const trimmed = text4.trim();
  const plain = /^(\d{1,26})(?:\.(\d{1,30}))?$/.exec(trimmed);
  if (plain !== null) return shortest(plain[1], plain[2] ?? "");
  const value = Number(trimmed);
  if (trimmed === "" || !Number.isFinite(value) || value < 0 || value > 1e15) return "";
  const [whole, fraction] = value.toFixed(12).split(".");
  return shortest(whole, fraction);
}
function shortest(whole, fraction) {
  const integer2 = whole.replace(/^0+(?=\d)/, "");
  const places = fraction.slice(0, 12).replace(/0+$/, "");
  return places === "" ? integer2 : `${integer2}.${places}`;
}
function sampledShare(traceState) {
  const match = /(?:^|,)\s*ot=(?:[^,]*;)?th:([0-9a-f]{1,14})(?:[;,]|$)/.exec(traceState);
  if (match === null) return 1;
  const threshold = Number.parseInt(match[1].padEnd(14, "0"), 16);
  return 1 - threshold / 2 ** 56;
}

// ../../work/main/processor/src/fold/project.ts
import { OUTCOME_SOURCES as OUTCOME_SOURCES2 } from "@agentops/registry/contract";

// ../../work/main/processor/src/cost/decimal.ts
function parseUnits(text4) {
  const [whole, fraction = ""] = text4.split(".");
  return BigInt(`${whole}${fraction.slice(0, 12).padEnd(12, "0")}`);
}

// ../../work/main/processor/src/fold/run-summary.ts
import { OUTCOME_SOURCES } from "@agentops/registry/contract";

// ../../work/main/processor/src/fold/tree.ts
function buildTree(set, noClaims) {
  const nodes = set.items.map((item) => ({
    item,
    step: item.step,
    parent: null,
    run: null,
    agent: null,
    claims: noClaims,
    depth: -1,
    counted: false,
    charged: false
  }));
  if (nodes.length > 1) nodes.sort(byStart);
  const find = finder(nodes);
  for (const node of nodes) node.parent = parentOf(node.step, set, find);
  for (const node of nodes) settle(node, noClaims);
  attachOrphans(nodes);
  return nodes;
}
function byStart(a, b) {
  if (a.step.startedAt !== b.step.startedAt) return a.step.startedAt < b.step.startedAt ? -1 : 1;
  return a.step.spanId < b.step.spanId ? -1 : 1;
}
function finder(nodes) {
  if (nodes.length > 12) {
    const byId = new Map(nodes.map((node) => [node.step.spanId, node]));
    return (spanId) => byId.get(spanId);
  }
  return (spanId) => {
    for (const node of nodes) if (node.step.spanId === spanId) return node;
    return void 0;
  };
}
var MAX_CLIMB = 1e4;
function parentOf(step2, set, find) {
  let id3 = step2.parentSpanId;
  for (let i = 0; id3 !== "" && i < MAX_CLIMB; i++) {
    const node = find(id3);
    if (node !== void 0) return node.step === step2 ? null : node;
    const skeleton = set.skeletons.get(id3);
    if (skeleton === void 0) return null;
    id3 = skeleton.parentSpanId;
  }
  return null;
}
function settle(start, noClaims) {
  const path = [];
  let node = start;
  while (node !== null && node.depth === -1) {
    if (path.length > 0 && path.includes(node)) {
      path[path.length - 1].parent = null;
      break;
    }
    path.push(node);
    node = node.parent;
  }
  for (let i = path.length - 1; i >= 0; i--) {
    const at = path[i];
    const { parent } = at;
    const invokes = isInvocation(at.step);
    at.depth = parent === null ? 0 : parent.depth + 1;
    at.run = parent?.run ?? (invokes ? at : null);
    at.agent = at.step.kind === "run" ? at : parent?.agent ?? (invokes ? at : null);
    at.claims = inherit(at.step.claims, parent?.claims ?? noClaims, noClaims);
  }
}
function isInvocation(step2) {
  return step2.kind === "run" || step2.kind === "workflow";
}
var INHERITED = [
  "conversationId",
  "userId",
  "tenant",
  "department",
  "team",
  "costCenter",
  "taskId",
  "taskType",
  "taskRef"
];
function inherit(own, above, noClaims) {
  if (above === noClaims) return own;
  if (own === noClaims) return above;
  let merged = null;
  for (const field of INHERITED) {
    if (own[field] !== "" || above[field] === "") continue;
    merged ??= { ...own };
    merged[field] = above[field];
  }
  return merged ?? own;
}
function attachOrphans(nodes) {
  const roots = nodes.filter((node) => node.run === node);
  if (roots.length === 0) return;
  for (const node of nodes) {
    if (node.run !== null) continue;
    node.run = roots.length === 1 ? roots[0] : enclosing(roots, node.step);
    node.agent = node.run;
  }
}
function enclosing(roots, step2) {
  let best = null;
  for (const root of roots) {
    if (root.step.startedAt <= step2.startedAt && root.step.endedAt >= step2.endedAt) best = root;
  }
  return best ?? roots[0];
}
function countCalls(nodes) {
  const calls = nodes.filter(needsCounting).sort((a, b) => b.depth - a.depth);
  countModelCalls(calls);
  for (const node of calls) if (node.step.kind === "tool") node.counted = !repeatsEnclosingTool(node);
  dropRepeatedResponses(nodes);
  for (const node of calls) if (node.counted && isModelCall(node)) markCharged(node);
  for (const node of calls) {
    if (isModelCall(node) || node.step.kind === "tool" || node.charged) continue;
    if (node.step.model?.usage != null) {
      node.counted = true;
      markCharged(node);
    }
  }
}
function countModelCalls(deepestFirst) {
  const inside = /* @__PURE__ */ new Map();
  const usageInside = /* @__PURE__ */ new Set();
  for (const node of deepestFirst) {
    if (!isModelCall(node)) continue;
    const inner = inside.get(node);
    const knows = node.step.model?.usage != null;
    if (inner === void 0) {
      node.counted = true;
    } else if (!knows || inner.some((other) => usageInside.has(other))) {
      node.counted = false;
    } else {
      node.counted = true;
      for (const other of inner) other.counted = false;
    }
    if (knows || inner?.some((other) => usageInside.has(other))) usageInside.add(node);
    const outer = enclosingModelCall(node);
    if (outer === null) continue;
    const list3 = inside.get(outer);
    const found = inner === void 0 ? [node] : [node, ...inner];
    if (list3 === void 0) inside.set(outer, found);
    else list3.push(...found);
  }
}
function enclosingModelCall(node) {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (isModelCall(at)) return at;
    const { kind } = at.step;
    if (kind === "run" || kind === "workflow" || kind === "tool") return null;
  }
  return null;
}
function dropRepeatedResponses(nodes) {
  const seen = /* @__PURE__ */ new Map();
  for (const node of nodes) {
    const id3 = node.step.model?.responseId ?? "";
    if (id3 === "" || !node.counted || !isModelCall(node)) continue;
    const known = seen.get(id3);
    if (known === void 0) {
      seen.set(id3, node);
    } else if (known.step.model.usage === null && node.step.model.usage !== null) {
      known.counted = false;
      seen.set(id3, node);
    } else {
      node.counted = false;
    }
  }
}
function needsCounting(node) {
  const { kind, model } = node.step;
  return kind === "llm" || kind === "embedding" || kind === "tool" || model !== null;
}
function isModelCall(node) {
  return node.step.kind === "llm" || node.step.kind === "embedding";
}
function markCharged(node) {
  for (let at = node; at !== null && !at.charged; at = at.parent) at.charged = true;
}
function repeatsEnclosingTool(node) {
  for (let at = node.parent; at !== null; at = at.parent) {
    const { kind } = at.step;
    if (kind === "run" || kind === "workflow" || kind === "llm") return false;
    if (kind === "tool") {
      const outer = at.step.tool?.name ?? "";
      const inner = node.step.tool?.name ?? "";
      return outer === inner || inner === "" || outer === "";
    }
  }
  return false;
}

// ../../work/main/processor/src/fold/run-summary.ts
function summarize(run) {
  let startedAt = run.nodes[0]?.step.startedAt ?? 0n;
  let endedAt = 0n;
  let modelCalls = 0;
  let toolCalls = run.inferred.length;
  let toolErrors = 0;
  let handoffs = 0;
  let planned = 0;
  let unplanned = 0;
  let conflicts = 0;
  let droppedAttributes = 0;
  let sampledShare2 = 1;
  const verdicts = [];
  for (const node of run.nodes) {
    const { step: step2, item } = node;
    if (step2.startedAt < startedAt) startedAt = step2.startedAt;
    if (step2.endedAt > endedAt) endedAt = step2.endedAt;
    conflicts += item.variants.length;
    droppedAttributes += step2.droppedAttributes;
    if (step2.sampledShare < sampledShare2) sampledShare2 = step2.sampledShare;
    if (step2.claims.outcome !== "") verdicts.push(claimedVerdict(step2));
    if (node.counted && isModelCall(node)) modelCalls++;
    else if (node.counted && step2.kind === "tool") {
      toolCalls++;
      if (step2.status === "error") toolErrors++;
    } else if (step2.handoff !== null) {
      if (step2.handoff.human) unplanned++;
      else handoffs++;
    } else if (step2.approval !== null && step2.approval.event !== "requested") {
      if (step2.approval.rule !== "emitter" && step2.approval.reviewer !== "") planned++;
      if (step2.approval.decision === "edited" || step2.approval.decision === "rejected") unplanned++;
    }
  }
  const waiting = isWaiting(run.nodes);
  const rootError = run.root?.status === "error" && !waiting;
  if (rootError) verdicts.push(errorVerdict(run.root));
  return {
    startedAt,
    endedAt,
    modelCalls,
    toolCalls,
    toolErrors,
    handoffs,
    planned,
    unplanned,
    conflicts,
    droppedAttributes,
    sampledShare: sampledShare2,
    waiting,
    rootError,
    verdicts
  };
}
function claimedVerdict(step2) {
  const { outcome, outcomeSource, outcomeEvidence } = step2.claims;
  const known = OUTCOME_SOURCES.includes(outcomeSource);
  return { outcome, source: known ? outcomeSource : "agent", at: step2.endedAt, evidence: outcomeEvidence };
}
var CANCELLED = /^(AbortError|CancelledError|asyncio\.CancelledError|Canceled|Cancelled)$/;
function errorVerdict(root) {
  return {
    outcome: CANCELLED.test(root.errorType) ? "cancelled" : "failure",
    source: "emitter",
    at: root.endedAt,
    evidence: `root span ended in error${root.errorType === "" ? "" : `: ${root.errorType}`}`
  };
}
function isWaiting(nodes) {
  let open = null;
  let interruptedAt = -1n;
  for (const { step: step2 } of nodes) {
    if (step2.approval !== null && step2.approval.event === "requested") (open ??= /* @__PURE__ */ new Set()).add(step2.approval.id);
    if (step2.waiting && step2.approval === null && step2.endedAt > interruptedAt) interruptedAt = step2.endedAt;
  }
  if (open === null && interruptedAt === -1n) return false;
  let resumed = false;
  for (const node of nodes) {
    const { step: step2 } = node;
    if (step2.approval !== null && step2.approval.event !== "requested") open?.delete(step2.approval.id);
    if ((isModelCall(node) || step2.kind === "tool") && !step2.waiting && step2.startedAt >= interruptedAt) resumed = true;
  }
  return open !== null && open.size > 0 || interruptedAt !== -1n && !resumed;
}

// ../../work/main/processor/src/fold/rows.ts
function writeStep(block, item, written, version) {
  const c = block.columns;
  const row = block.add();
  const { step: step2, position } = item;
  const { attribution } = written;
  const { model, tool } = step2;
  const usage = model?.usage ?? null;
  const entry = tool === null ? null : attribution.agent.tool(tool.name);
  c.trace_id.set(row, step2.traceId);
  c.span_id.set(row, step2.spanId);
  c.parent_span_id.set(row, step2.parentSpanId);
  c.started_at.set(row, step2.startedAt);
  c.ended_at.set(row, step2.endedAt);
  c.kind.set(row, step2.kind);
  c.name.set(row, step2.name);
  c.status.set(row, step2.status);
  c.status_message.set(row, step2.statusMessage);
  c.error_type.set(row, step2.errorType);
  c.dialect.set(row, step2.dialect);
  c.service.set(row, step2.resource.service);
  c.environment.set(row, attribution.environment);
  c.run_id.set(row, attribution.runId);
  c.task_id.set(row, attribution.taskId);
  c.agent.set(row, attribution.agent.id);
  c.user_id.set(row, attribution.userId);
  c.tool.set(row, tool?.name ?? "");
  c.tool_call_id.set(row, tool?.callId ?? "");
  c.effect.set(row, tool === null ? "" : tool.effect || (entry?.effect ?? ""));
  c.risk.set(row, entry?.risk ?? "");
  c.resource.set(row, tool === null ? "" : tool.resource || (entry?.resource ?? ""));
  c.amount.set(row, tool === null || tool.amount === "" ? null : parseUnits(tool.amount));
  c.amount_currency.set(row, tool?.amountCurrency ?? "");
  c.arguments_digest.set(row, tool?.argumentsDigest ?? "");
  c.arguments_shape_digest.set(row, tool?.argumentsShapeDigest ?? "");
  c.result_digest.set(row, tool?.resultDigest ?? "");
  c.approval_id.set(row, step2.approval?.id ?? "");
  c.request_model.set(row, model?.requestModel ?? "");
  c.response_model.set(row, model?.responseModel ?? "");
  c.provider.set(row, model?.provider ?? "");
  c.response_id.set(row, model?.responseId ?? "");
  c.usage_known.set(row, usage === null ? 0 : 1);
  if (usage !== null) writeUsage(c, row, usage);
  c.reported_cost.set(row, model?.reportedCost ?? "");
  c.reported_currency.set(row, model?.reportedCurrency ?? "");
  c.counted.set(row, written.counted ? 1 : 0);
  c.waiting.set(row, step2.waiting ? 1 : 0);
  c.sampled_share.set(row, step2.sampledShare);
  c.attribute_count.set(row, step2.attributeCount);
  c.dropped_attributes.set(row, step2.droppedAttributes);
  c.claims.set(row, step2.claims === NO_CLAIMS ? "" : claimsText(step2));
  c.facts.set(row, factsText(step2));
  c.resource_context.set(row, resourceText(step2.resource));
  c.variants.set(row, item.variants);
  c.source.set(row, position.source);
  c.source_offset.set(row, position.offset);
  c.source_index.set(row, position.index);
  c.received_at.set(row, position.receivedAt);
  c.version.set(row, version);
}
function writeUsage(c, row, usage) {
  c.input_tokens.set(row, usage.input);
  c.cached_input_tokens.set(row, usage.cachedInput);
  c.cache_write_tokens.set(row, usage.cacheWrite);
  c.cache_write_5m_tokens.set(row, usage.cacheWrite5m);
  c.cache_write_1h_tokens.set(row, usage.cacheWrite1h);
  c.output_tokens.set(row, usage.output);
  c.reasoning_tokens.set(row, usage.reasoning);
}
function claimsText(step2) {
  return JSON.stringify(step2.claims, (_, value) => value === "" ? void 0 : value);
}
function factsText(step2) {
  const { model, tool, handoff, approval, evaluation, sequence } = step2;
  const calls = model !== null && model.toolCalls.length > 0 ? model.toolCalls : void 0;
  const claimed = tool !== null && (tool.effect !== "" || tool.resource !== "") ? { effect: tool.effect, resource: tool.resource } : void 0;
  const wrapper = model !== null && step2.kind !== "llm" && step2.kind !== "embedding" ? true : void 0;
  if (!calls && !claimed && !wrapper && !handoff && !approval && !evaluation && !sequence) return "";
  return JSON.stringify({
    calls,
    claimed,
    wrapper,
    handoff: handoff ?? void 0,
    approval: approval ?? void 0,
    evaluation: evaluation ?? void 0,
    sequence: sequence ?? void 0
  });
}
var resourceTexts = /* @__PURE__ */ new WeakMap();
function resourceText(resource) {
  let text4 = resourceTexts.get(resource);
  if (text4 === void 0) {
    text4 = JSON.stringify(resource, (_, value) => value === "" ? void 0 : value);
    resourceTexts.set(resource, text4);
  }
  return text4;
}
var NO_TIME = 0n;
function writeSkeleton(block, set, skeleton, version) {
  writeStub(block, {
    traceId: set.traceId,
    spanId: skeleton.spanId,
    parentSpanId: skeleton.parentSpanId,
    startedAt: skeleton.startedAt,
    endedAt: skeleton.startedAt,
    kind: "skeleton",
    service: skeleton.service,
    version,
    deleted: false
  });
}
function writeInferredTool(block, tool, attribution, version, deleted) {
  const { step: step2 } = tool.node;
  const entry = attribution.agent.tool(tool.call.name);
  writeStub(block, {
    traceId: step2.traceId,
    spanId: `${step2.spanId}-${tool.index}`,
    parentSpanId: step2.spanId,
    startedAt: step2.startedAt,
    endedAt: step2.endedAt,
    kind: "tool",
    service: step2.resource.service,
    version,
    deleted,
    name: `execute_tool ${tool.call.name}`,
    dialect: step2.dialect,
    attribution,
    tool: tool.call.name,
    toolCallId: tool.call.id,
    argumentsDigest: tool.call.argumentsDigest,
    argumentsShapeDigest: tool.call.argumentsShapeDigest,
    effect: entry?.effect ?? "",
    risk: entry?.risk ?? "",
    resource: entry?.resource ?? "",
    inferred: true
  });
}
function writeStub(block, stub) {
  const c = block.columns;
  const row = block.add();
  const at = stub.attribution;
  c.trace_id.set(row, stub.traceId);
  c.span_id.set(row, stub.spanId);
  c.parent_span_id.set(row, stub.parentSpanId);
  c.started_at.set(row, stub.startedAt);
  c.ended_at.set(row, stub.endedAt);
  c.kind.set(row, stub.kind);
  c.name.set(row, stub.name ?? "");
  c.status.set(row, "unset");
  c.dialect.set(row, stub.dialect ?? "");
  c.service.set(row, stub.service);
  c.environment.set(row, at?.environment ?? "");
  c.run_id.set(row, at?.runId ?? "");
  c.task_id.set(row, at?.taskId ?? "");
  c.agent.set(row, at?.agent.id ?? "");
  c.user_id.set(row, at?.userId ?? "");
  c.tool.set(row, stub.tool ?? "");
  c.tool_call_id.set(row, stub.toolCallId ?? "");
  c.effect.set(row, stub.effect ?? "");
  c.risk.set(row, stub.risk ?? "");
  c.resource.set(row, stub.resource ?? "");
  c.arguments_digest.set(row, stub.argumentsDigest ?? "");
  c.arguments_shape_digest.set(row, stub.argumentsShapeDigest ?? "");
  c.counted.set(row, stub.inferred ? 1 : 0);
  c.inferred.set(row, stub.inferred ? 1 : 0);
  c.sampled_share.set(row, 1);
  c.version.set(row, stub.version);
  c.deleted.set(row, stub.deleted ? 1 : 0);
}
function writeCharge(block, step2, at, charge, version, deleted) {
  const { model, tool } = step2;
  const c = block.columns;
  const row = block.add();
  const usage = charge?.kind === "model" ? model?.usage ?? null : null;
  const kind = charge?.kind ?? (step2.kind === "tool" ? "tool" : "model");
  c.trace_id.set(row, step2.traceId);
  c.span_id.set(row, step2.spanId);
  c.kind.set(row, kind);
  c.started_at.set(row, step2.startedAt);
  c.at.set(row, step2.endedAt);
  c.charge_id.set(
    row,
    model !== null && model.responseId !== "" ? `${charge?.provider ?? model.provider}:${model.responseId}` : ""
  );
  c.task_id.set(row, at.taskId);
  c.run_id.set(row, at.runId);
  c.agent.set(row, at.agent.id);
  c.environment.set(row, at.environment);
  c.department.set(row, at.department);
  c.team.set(row, at.team);
  c.cost_center.set(row, at.costCenter);
  c.tenant.set(row, at.tenant);
  c.user_id.set(row, at.userId);
  c.owner_department.set(row, at.agent.ownerDepartment);
  c.owner_team.set(row, at.agent.ownerTeam);
  c.owner_cost_center.set(row, at.agent.ownerCostCenter);
  c.provider.set(row, charge?.provider ?? model?.provider ?? "");
  c.model.set(row, charge?.model ?? "");
  c.tool.set(row, kind === "tool" ? tool?.name ?? "" : "");
  if (usage !== null) writeUsage(c, row, usage);
  c.usage_known.set(row, usage === null ? 0 : 1);
  c.amount.set(row, charge?.amount ?? null);
  c.amount_currency.set(row, charge?.amountCurrency ?? "");
  c.reported_amount.set(row, charge?.reportedAmount ?? null);
  c.reported_currency.set(row, charge?.reportedCurrency ?? "");
  c.cost.set(row, charge?.cost ?? null);
  c.currency.set(row, charge?.currency ?? "");
  c.state.set(row, charge?.state ?? "");
  c.price_id.set(row, charge?.priceId ?? "");
  c.confidence.set(row, charge?.confidence ?? "");
  c.version.set(row, version);
  c.deleted.set(row, deleted ? 1 : 0);
}
function writeApproval(block, node, at, version) {
  const c = block.columns;
  const row = block.add();
  const { step: step2 } = node;
  const facts2 = step2.approval;
  const call = step2.tool ?? node.parent?.step.tool ?? null;
  c.trace_id.set(row, step2.traceId);
  c.span_id.set(row, step2.spanId);
  c.started_at.set(row, step2.startedAt);
  c.ended_at.set(row, step2.endedAt);
  c.approval_id.set(row, facts2.id || `${step2.traceId}-${step2.spanId}`);
  c.event.set(row, facts2.event);
  c.task_id.set(row, at.taskId);
  c.run_id.set(row, at.runId);
  c.conversation_id.set(row, at.conversationId);
  c.agent.set(row, at.agent.id);
  c.tool.set(row, call?.name ?? "");
  c.tool_call_id.set(row, call?.callId ?? "");
  c.amount.set(row, call === null || call.amount === "" ? null : parseUnits(call.amount));
  c.amount_currency.set(row, call?.amountCurrency ?? "");
  c.requested_by.set(row, facts2.requestedBy);
  c.rule.set(row, facts2.rule);
  c.decision.set(row, facts2.decision);
  c.channel.set(row, facts2.channel);
  c.reviewer.set(row, facts2.reviewer);
  c.sla_ms.set(row, Math.round(facts2.slaS * 1e3));
  c.deadline.set(row, facts2.deadline);
  c.version.set(row, version);
}
function writeEvaluation(block, step2, at, version) {
  const c = block.columns;
  const row = block.add();
  const facts2 = step2.evaluation;
  c.trace_id.set(row, step2.traceId);
  c.span_id.set(row, step2.spanId);
  c.at.set(row, step2.endedAt);
  c.run_id.set(row, at.runId);
  c.task_id.set(row, at.taskId);
  c.agent.set(row, at.agent.id);
  c.name.set(row, facts2.name);
  c.score.set(row, facts2.score);
  c.label.set(row, facts2.label);
  c.evaluator.set(row, facts2.evaluator);
  c.version.set(row, version);
}
function writeRun(block, run, version) {
  const c = block.columns;
  const row = block.add();
  const { attribution: at, claims, root } = run;
  const summary = summarize(run);
  c.trace_id.set(row, run.traceId);
  c.root_span_id.set(row, run.rootSpanId);
  c.run_id.set(row, run.runId);
  c.task_id.set(row, claims.taskId);
  c.task_ref.set(row, claims.taskRef);
  c.task_type.set(row, claims.taskType);
  c.conversation_id.set(row, claims.conversationId);
  c.agent.set(row, at.agent.id);
  c.agents.set(row, run.agents);
  c.agent_version.set(row, claims.agentVersion || (root?.resource.version ?? ""));
  c.registered.set(row, at.agent.registered ? 1 : 0);
  c.stage.set(row, at.agent.stage);
  c.environment.set(row, at.environment);
  c.service.set(row, (root ?? run.nodes[0]?.step)?.resource.service ?? "");
  c.department.set(row, at.department);
  c.team.set(row, at.team);
  c.cost_center.set(row, at.costCenter);
  c.tenant.set(row, at.tenant);
  c.user_id.set(row, at.userId);
  c.owner_department.set(row, at.agent.ownerDepartment);
  c.owner_team.set(row, at.agent.ownerTeam);
  c.owner_cost_center.set(row, at.agent.ownerCostCenter);
  c.started_at.set(row, summary.startedAt);
  c.ended_at.set(row, summary.endedAt);
  c.deadline_at.set(row, summary.startedAt === NO_TIME ? NO_TIME : summary.startedAt + at.agent.taskTimeoutNs);
  c.settles_at.set(row, summary.endedAt === NO_TIME ? NO_TIME : summary.endedAt + at.agent.taskIdleNs);
  c.root_seen.set(row, root === null ? 0 : 1);
  c.waiting.set(row, summary.waiting ? 1 : 0);
  c.root_error.set(row, summary.rootError ? 1 : 0);
  c.error_type.set(row, root?.errorType ?? "");
  c.success_without_verdict.set(row, at.agent.successWithoutVerdict ? 1 : 0);
  c.steps.set(row, run.nodes.length);
  c.model_calls.set(row, summary.modelCalls);
  c.tool_calls.set(row, summary.toolCalls);
  c.inferred_tool_calls.set(row, run.inferred.length);
  c.tool_errors.set(row, summary.toolErrors);
  c.handoffs.set(row, summary.handoffs);
  c.planned_interventions.set(row, summary.planned);
  c.unplanned_interventions.set(row, summary.unplanned);
  c.conflicts.set(row, summary.conflicts);
  c.dropped_attributes.set(row, summary.droppedAttributes);
  c.sampled_share.set(row, summary.sampledShare);
  c.telemetry.set(row, at.agent.telemetry);
  c.verdict_outcomes.set(row, summary.verdicts.map((verdict) => verdict.outcome));
  c.verdict_sources.set(row, summary.verdicts.map((verdict) => verdict.source));
  c.verdict_times.set(row, summary.verdicts.map((verdict) => verdict.at));
  c.verdict_evidence.set(row, summary.verdicts.map((verdict) => verdict.evidence));
  c.registry_version.set(row, run.registry.hash);
  c.registry_backfilled.set(row, run.registry.backfilled ? 1 : 0);
  c.version.set(row, version);
  c.deleted.set(row, run.nodes.length === 0 ? 1 : 0);
}

// ../../work/main/processor/src/fold/trace-set.ts
import { createHash } from "node:crypto";
function createTraceSet(traceId) {
  return { traceId, items: [], skeletons: /* @__PURE__ */ new Map(), dirty: false, writtenRuns: [], reloaded: false };
}
function sizeOf(set) {
  let size = set.items.length + set.skeletons.size;
  for (const item of set.items) size += item.variants.length;
  return size;
}
function addStep(set, step2, position) {
  const known = findItem(set, step2.spanId);
  if (known === void 0) {
    set.items.push({ step: step2, position, variants: [], written: null });
    set.dirty = true;
    return "stored";
  }
  const arrival = samePosition(known.position, position) ? "stored" : "duplicate";
  const content = contentKey(step2);
  const winner = contentKey(known.step);
  if (content === winner || known.variants.includes(hashOf(content))) return arrival;
  if (known.variants.length < MAX_VARIANTS) {
    set.dirty = true;
    if (outranks(step2, content, known.step, winner)) {
      known.variants.push(hashOf(winner));
      known.step = step2;
    } else {
      known.variants.push(hashOf(content));
    }
    known.variants.sort();
  }
  return arrival === "stored" ? "stored" : "conflict";
}
function addSkeleton(set, skeleton) {
  if (set.skeletons.has(skeleton.spanId)) return false;
  if (!isMissingParent(set, skeleton.spanId)) return false;
  set.skeletons.set(skeleton.spanId, skeleton);
  set.dirty = true;
  return true;
}
function missingParents(set) {
  const missing = [];
  const consider = (parent) => {
    if (parent !== "" && !set.skeletons.has(parent) && findItem(set, parent) === void 0) missing.push(parent);
  };
  for (const item of set.items) consider(item.step.parentSpanId);
  for (const skeleton of set.skeletons.values()) consider(skeleton.parentSpanId);
  return missing;
}
function isMissingParent(set, spanId) {
  if (findItem(set, spanId) !== void 0) return false;
  for (const item of set.items) if (item.step.parentSpanId === spanId) return true;
  for (const skeleton of set.skeletons.values()) if (skeleton.parentSpanId === spanId) return true;
  return false;
}
var MAX_VARIANTS = 16;
function findItem(set, spanId) {
  const { items } = set;
  if (items.length <= INDEX_FROM) {
    for (let i = items.length - 1; i >= 0; i--) if (items[i].step.spanId === spanId) return items[i];
    return void 0;
  }
  let index = indexes.get(set);
  if (index === void 0) {
    index = /* @__PURE__ */ new Map();
    indexes.set(set, index);
  }
  for (let i = index.size; i < items.length; i++) index.set(items[i].step.spanId, items[i]);
  return index.get(spanId);
}
var INDEX_FROM = 16;
var indexes = /* @__PURE__ */ new WeakMap();
function samePosition(a, b) {
  return a.offset === b.offset && a.index === b.index && a.source === b.source;
}
function outranks(a, aKey, b, bKey) {
  if (a.endedAt !== b.endedAt) return a.endedAt > b.endedAt;
  if (a.attributeCount !== b.attributeCount) return a.attributeCount > b.attributeCount;
  return aKey > bKey;
}
function contentKey(step2) {
  return JSON.stringify(step2, (_, value) => typeof value === "bigint" ? value.toString() : value);
}
function hashOf(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

// ../../work/main/processor/src/fold/project.ts
var FOLD_VERSION = 1;
function createProjector({ registry, pricing }) {
  return {
    project(set, out) {
      const version = FOLD_VERSION * 2 ** 32 + sizeOf(set);
      const nodes = buildTree(set, NO_CLAIMS);
      countCalls(nodes);
      const runs = groupRuns(set, nodes).map((group) => describeRun(set, group, registry));
      for (const run of runs) {
        const known = [run.attribution];
        for (const node of run.nodes) writeNode(node, run, known, set, version, out);
        for (const tool of run.inferred) {
          const attribution = attributionOf(tool.node, run, known, registry);
          writeInferredTool(out.steps, tool, attribution, version, false);
        }
        writeRun(out.runs, run, version);
      }
      deleteVanishedRuns(set, runs, nodes, version, out);
      if (set.reloaded || set.skeletons.size > 0) {
        for (const skeleton of set.skeletons.values()) writeSkeleton(out.steps, set, skeleton, version);
      }
      set.dirty = false;
      set.reloaded = false;
    }
  };
  function writeNode(node, run, known, set, version, out) {
    const { item, step: step2 } = node;
    const attribution = attributionOf(node, run, known, registry);
    const estimated = node.counted && !isModelCall(node) && step2.kind !== "tool";
    const chargeable = node.counted && (isModelCall(node) || step2.kind === "tool" || estimated);
    const now = {
      step: step2,
      attribution,
      counted: node.counted,
      charged: chargeable,
      variants: item.variants.length
    };
    const before = item.written;
    if (before !== null && !set.reloaded && sameRows(before, now)) return;
    item.written = now;
    writeStep(out.steps, item, now, version);
    const charge = chargeable ? pricing.charge(step2, attribution.agent, estimated) : null;
    if (charge !== null) writeCharge(out.costLedger, step2, attribution, charge, version, false);
    else if (mayHaveCharged(step2, before, set)) {
      writeCharge(out.costLedger, step2, attribution, null, version, true);
    }
    if (step2.approval !== null) writeApproval(out.approvalEvents, node, attribution, version);
    if (step2.evaluation !== null) writeEvaluation(out.evaluations, step2, attribution, version);
    deleteInferred(item, before, run, attribution, set, version, out);
  }
}
function sameRows(a, b) {
  return a.step === b.step && a.counted === b.counted && a.charged === b.charged && a.variants === b.variants && sameAttribution(a.attribution, b.attribution);
}
function sameAttribution(a, b) {
  return a === b || a.runId === b.runId && a.taskId === b.taskId && a.agent === b.agent && a.environment === b.environment && a.department === b.department && a.team === b.team && a.costCenter === b.costCenter && a.tenant === b.tenant && a.userId === b.userId && a.conversationId === b.conversationId;
}
function mayHaveCharged(step2, before, set) {
  if (before !== null) return before.charged;
  return set.reloaded && (step2.model !== null || step2.kind === "tool");
}
function groupRuns(set, nodes) {
  if (nodes.length === 0) return [];
  const groups = /* @__PURE__ */ new Map();
  for (const node of nodes) {
    const group = groups.get(node.run);
    if (group === void 0) groups.set(node.run, [node]);
    else group.push(node);
  }
  void set;
  return [...groups].map(([root, members]) => ({ root, nodes: members }));
}
function describeRun(set, group, registry) {
  const { root, nodes } = group;
  const lead = root ?? nodes[0];
  const runId = root === null ? set.traceId : `${set.traceId}-${root.step.spanId}`;
  const claims = runClaims(lead, nodes);
  const facts2 = registry.at(lead.step.endedAt);
  const name = claims.agentName;
  const agent2 = facts2.agent({
    service: lead.step.resource.service,
    namespace: lead.step.resource.namespace,
    agentName: name || lead.step.resource.agentName,
    agentId: claims.agentId
  });
  const agents2 = /* @__PURE__ */ new Set([agent2.id]);
  for (const node of nodes) {
    const own = node.agent?.step.claims.agentName ?? "";
    if (own === "" || own === name) continue;
    agents2.add(agentOf(node.step, own, node.agent.step.claims.agentId, facts2).id);
  }
  return {
    traceId: set.traceId,
    rootSpanId: root?.step.spanId ?? "",
    runId,
    root: root?.step ?? null,
    nodes,
    claims,
    attribution: attribute(lead.step, claims, claims, runId, agent2, facts2),
    registry: facts2,
    agents: [...agents2],
    inferred: inferTools(nodes)
  };
}
function runClaims(lead, nodes) {
  let filled = null;
  for (const field of FILLED) {
    if (lead.claims[field] !== "") continue;
    let value = "";
    for (const node of nodes) {
      const own = node.step.claims;
      if (own === NO_CLAIMS || own[field] === "") continue;
      if (value === "") value = own[field];
      else if (value !== own[field]) {
        if (field !== "agentName") value = "";
        break;
      }
    }
    if (value === "") continue;
    filled ??= { ...lead.claims };
    filled[field] = value;
  }
  return filled ?? lead.claims;
}
var FILLED = [
  "agentName",
  "agentVersion",
  "conversationId",
  "userId",
  "tenant",
  "department",
  "team",
  "costCenter",
  "taskId",
  "taskType",
  "taskRef"
];
function agentOf(step2, agentName, agentId, facts2) {
  return facts2.agent({
    service: step2.resource.service,
    namespace: step2.resource.namespace,
    agentName: agentName || step2.resource.agentName,
    agentId
  });
}
function attribute(step2, claims, run, runId, agent2, facts2) {
  const { resource } = step2;
  return {
    runId,
    taskId: claims.taskId || run.taskId || runId,
    agent: agent2,
    environment: resource.environment,
    department: facts2.department(claims.department || run.department || resource.department || agent2.department),
    team: facts2.team(claims.team || run.team || resource.team || agent2.team),
    costCenter: facts2.costCenter(claims.costCenter || run.costCenter || resource.costCenter || agent2.costCenter),
    tenant: claims.tenant || run.tenant || resource.tenant,
    userId: claims.userId || run.userId || resource.userId,
    conversationId: claims.conversationId || run.conversationId
  };
}
function attributionOf(node, run, known, registry) {
  const { step: step2 } = node;
  const facts2 = registry.at(step2.endedAt);
  const own = node.agent?.step.claims ?? NO_CLAIMS;
  const name = own.agentName || step2.claims.agentName || run.claims.agentName;
  const agent2 = agentOf(step2, name, own.agentId || step2.claims.agentId, facts2);
  const made = attribute(step2, node.claims, run.claims, run.runId, agent2, facts2);
  for (const attribution of known) if (sameAttribution(attribution, made)) return attribution;
  known.push(made);
  return made;
}
function inferTools(nodes) {
  if (nodes.some((node) => node.step.kind === "tool")) return [];
  const seen = /* @__PURE__ */ new Set();
  const tools = [];
  for (const node of nodes) {
    if (!node.counted || node.step.model === null) continue;
    node.step.model.toolCalls.forEach((call, index) => {
      if (call.id !== "" && seen.has(call.id)) return;
      seen.add(call.id);
      tools.push({ node, index, call });
    });
  }
  return tools;
}
function deleteInferred(item, before, run, attribution, set, version, out) {
  const calls = item.step.model?.toolCalls ?? [];
  if (calls.length === 0 || before === null && !set.reloaded) return;
  calls.forEach((call, index) => {
    if (run.inferred.some((tool) => tool.node.item === item && tool.index === index)) return;
    const node = run.nodes.find((candidate) => candidate.item === item);
    writeInferredTool(out.steps, { node, index, call }, attribution, version, true);
  });
}
function deleteVanishedRuns(set, runs, nodes, version, out) {
  const roots = runs.map((run) => run.rootSpanId);
  const before = set.reloaded ? ["", ...nodes.filter((n) => n.step.kind === "run" || n.step.kind === "workflow").map((n) => n.step.spanId)] : set.writtenRuns;
  for (const rootSpanId of before) {
    if (!roots.includes(rootSpanId)) writeRun(out.runs, { ...runs[0], rootSpanId, nodes: [] }, version);
  }
  set.writtenRuns = roots;
}

// ../../work/main/processor/src/store/native.ts
function createBytes(size = 1 << 12) {
  return { buf: Buffer.allocUnsafe(size), pos: 0 };
}
function reserve(out, size) {
  if (out.pos + size <= out.buf.length) return;
  const next = Buffer.allocUnsafe(Math.max(out.buf.length * 2, out.pos + size));
  out.buf.copy(next, 0, 0, out.pos);
  out.buf = next;
}
function pushVarint(out, value) {
  reserve(out, 10);
  let rest = value;
  while (rest >= 128) {
    out.buf[out.pos++] = rest & 127 | 128;
    rest = Math.floor(rest / 128);
  }
  out.buf[out.pos++] = rest;
}
function pushText(out, value) {
  const { length } = value;
  reserve(out, length * 3 + 5);
  if (length < 64) {
    const { buf, pos } = out;
    buf[pos] = length;
    let i = 0;
    for (; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) break;
      buf[pos + 1 + i] = code;
    }
    if (i === length) {
      out.pos = pos + 1 + length;
      return;
    }
  }
  const size = Buffer.byteLength(value);
  pushVarint(out, size);
  out.pos += out.buf.utf8Write(value, out.pos, size);
}
function pushBytes(out, source) {
  reserve(out, source.length);
  out.buf.set(source, out.pos);
  out.pos += source.length;
}
var TextColumn = class {
  type = "String";
  #bytes = createBytes();
  #rows = 0;
  #last = "";
  #lastStart = 0;
  set(row, value) {
    if (value === "") return;
    if (row > this.#rows) this.#pad(row);
    this.#rows = row + 1;
    const out = this.#bytes;
    const start = out.pos;
    if (value.length > 40 && value === this.#last) {
      const size = start - this.#lastStart;
      reserve(out, size);
      out.buf.copyWithin(start, this.#lastStart, start);
      out.pos = start + size;
      this.#lastStart = start;
      return;
    }
    pushText(out, value);
    this.#last = value;
    this.#lastStart = start;
  }
  /** Empty strings: a zero byte each. */
  #pad(row) {
    const missing = row - this.#rows;
    reserve(this.#bytes, missing);
    this.#bytes.buf.fill(0, this.#bytes.pos, this.#bytes.pos + missing);
    this.#bytes.pos += missing;
    this.#rows = row;
    this.#last = "";
  }
  flush(out, rows) {
    this.#pad(rows);
    pushBytes(out, this.#bytes.buf.subarray(0, this.#bytes.pos));
    this.#bytes.pos = 0;
    this.#rows = 0;
    this.#last = "";
  }
};
var FixedColumn = class {
  type;
  #make;
  #array;
  constructor(type, make) {
    this.type = type;
    this.#make = make;
    this.#array = make(1024);
  }
  set(row, value) {
    if (row >= this.#array.length) this.#grow(row + 1);
    this.#array[row] = value;
  }
  #grow(rows) {
    const next = this.#make(Math.max(rows, this.#array.length * 2));
    next.set(this.#array);
    this.#array = next;
  }
  flush(out, rows) {
    if (rows > this.#array.length) this.#grow(rows);
    const used = this.#array.subarray(0, rows);
    pushBytes(out, new Uint8Array(used.buffer, used.byteOffset, used.byteLength));
    used.fill(used instanceof BigInt64Array ? 0n : 0);
  }
};
var Uint64Column = class {
  type;
  #words = new Uint32Array(2048);
  constructor(type) {
    this.type = type;
  }
  set(row, value) {
    const at = row * 2;
    if (at >= this.#words.length) this.#grow(row + 1);
    this.#words[at] = value;
    this.#words[at + 1] = value / 4294967296;
  }
  #grow(rows) {
    const next = new Uint32Array(Math.max(rows * 2, this.#words.length * 2));
    next.set(this.#words);
    this.#words = next;
  }
  flush(out, rows) {
    if (rows * 2 > this.#words.length) this.#grow(rows);
    pushBytes(out, new Uint8Array(this.#words.buffer, 0, rows * 8));
    this.#words.fill(0, 0, rows * 2);
  }
};
var MoneyColumn = class {
  type = "Nullable(Decimal(38, 12))";
  #nulls = new Uint8Array(512).fill(1);
  #words = new BigInt64Array(1024);
  set(row, value) {
    if (value === null) return;
    if (row >= this.#nulls.length) this.#grow(row + 1);
    const units = BigInt(value);
    this.#nulls[row] = 0;
    this.#words[row * 2] = BigInt.asIntN(64, units);
    this.#words[row * 2 + 1] = units >> 64n;
  }
  #grow(rows) {
    const size = Math.max(rows, this.#nulls.length * 2);
    const nulls = new Uint8Array(size).fill(1);
    nulls.set(this.#nulls);
    const words2 = new BigInt64Array(size * 2);
    words2.set(this.#words);
    this.#nulls = nulls;
    this.#words = words2;
  }
  flush(out, rows) {
    if (rows > this.#nulls.length) this.#grow(rows);
    pushBytes(out, this.#nulls.subarray(0, rows));
    pushBytes(out, new Uint8Array(this.#words.buffer, 0, rows * 16));
    this.#nulls.fill(1, 0, rows);
    this.#words.fill(0n, 0, rows * 2);
  }
};
var NullableColumn = class {
  type;
  #known = new FixedColumn("UInt8", (n) => new Uint8Array(n));
  #inner;
  constructor(inner) {
    this.type = `Nullable(${inner.type})`;
    this.#inner = inner;
  }
  set(row, value) {
    if (value === null) return;
    this.#known.set(row, 1);
    this.#inner.set(row, value);
  }
  flush(out, rows) {
    const start = out.pos;
    this.#known.flush(out, rows);
    for (let i = start; i < out.pos; i++) out.buf[i] = out.buf[i] ^ 1;
    this.#inner.flush(out, rows);
  }
};
var ListColumn = class {
  type;
  #sizes = new FixedColumn("UInt32", (n) => new Uint32Array(n));
  #inner;
  #values = 0;
  constructor(inner) {
    this.type = `Array(${inner.type})`;
    this.#inner = inner;
  }
  set(row, values) {
    if (values.length === 0) return;
    for (const value of values) this.#inner.set(this.#values++, value);
    this.#sizes.set(row, values.length);
  }
  flush(out, rows) {
    const sizes = createBytes(rows * 4 + 4);
    this.#sizes.flush(sizes, rows);
    reserve(out, rows * 8);
    let end = 0;
    for (let row = 0; row < rows; row++) {
      end += sizes.buf.readUInt32LE(row * 4);
      out.pos = out.buf.writeBigUInt64LE(BigInt(end), out.pos);
    }
    this.#inner.flush(out, this.#values);
    this.#values = 0;
  }
};
var text2 = () => new TextColumn();
var uint8 = () => new FixedColumn("UInt8", (n) => new Uint8Array(n));
var uint32 = () => new FixedColumn("UInt32", (n) => new Uint32Array(n));
var uint64 = () => new Uint64Column("UInt64");
var float64 = () => new FixedColumn("Float64", (n) => new Float64Array(n));
var dateTime64 = () => new FixedColumn("DateTime64(9, 'UTC')", (n) => new BigInt64Array(n));
var dateTimeMs = () => new Uint64Column("DateTime64(3, 'UTC')");
var money = () => new MoneyColumn();
var list = (inner) => new ListColumn(inner);
var nullable = (inner) => new NullableColumn(inner);
function createBlock(table2, columns) {
  const entries = Object.entries(columns);
  const names = Object.keys(columns);
  let count2 = 0;
  return {
    table: table2,
    columns,
    get rows() {
      return count2;
    },
    add: () => count2++,
    take() {
      const rows = count2;
      count2 = 0;
      const out = createBytes(1 << 16);
      pushVarint(out, entries.length);
      pushVarint(out, rows);
      for (const [name, column] of entries) {
        pushText(out, name);
        pushText(out, column.type);
        column.flush(out, rows);
      }
      return { table: table2, columns: names, rows, data: out.buf.subarray(0, out.pos) };
    }
  };
}

// ../../work/main/processor/src/store/tables.ts
function createBlocks() {
  return {
    steps: createBlock("steps", {
      trace_id: text2(),
      span_id: text2(),
      parent_span_id: text2(),
      started_at: dateTime64(),
      ended_at: dateTime64(),
      kind: text2(),
      name: text2(),
      status: text2(),
      status_message: text2(),
      error_type: text2(),
      dialect: text2(),
      service: text2(),
      environment: text2(),
      run_id: text2(),
      task_id: text2(),
      agent: text2(),
      user_id: text2(),
      tool: text2(),
      tool_call_id: text2(),
      effect: text2(),
      risk: text2(),
      resource: text2(),
      amount: money(),
      amount_currency: text2(),
      arguments_digest: text2(),
      arguments_shape_digest: text2(),
      result_digest: text2(),
      approval_id: text2(),
      request_model: text2(),
      response_model: text2(),
      provider: text2(),
      response_id: text2(),
      usage_known: uint8(),
      input_tokens: uint64(),
      cached_input_tokens: uint64(),
      cache_write_tokens: uint64(),
      cache_write_5m_tokens: uint64(),
      cache_write_1h_tokens: uint64(),
      output_tokens: uint64(),
      reasoning_tokens: uint64(),
      reported_cost: text2(),
      reported_currency: text2(),
      counted: uint8(),
      inferred: uint8(),
      waiting: uint8(),
      sampled_share: float64(),
      attribute_count: uint32(),
      dropped_attributes: uint32(),
      claims: text2(),
      facts: text2(),
      resource_context: text2(),
      variants: list(text2()),
      source: text2(),
      source_offset: uint64(),
      source_index: uint32(),
      received_at: dateTimeMs(),
      version: uint64(),
      deleted: uint8()
    }),
    runs: createBlock("runs", {
      trace_id: text2(),
      root_span_id: text2(),
      run_id: text2(),
      task_id: text2(),
      task_ref: text2(),
      task_type: text2(),
      conversation_id: text2(),
      agent: text2(),
      agents: list(text2()),
      agent_version: text2(),
      registered: uint8(),
      stage: text2(),
      environment: text2(),
      service: text2(),
      department: text2(),
      team: text2(),
      cost_center: text2(),
      tenant: text2(),
      user_id: text2(),
      owner_department: text2(),
      owner_team: text2(),
      owner_cost_center: text2(),
      started_at: dateTime64(),
      ended_at: dateTime64(),
      deadline_at: dateTime64(),
      settles_at: dateTime64(),
      root_seen: uint8(),
      waiting: uint8(),
      root_error: uint8(),
      error_type: text2(),
      success_without_verdict: uint8(),
      steps: uint32(),
      model_calls: uint32(),
      tool_calls: uint32(),
      inferred_tool_calls: uint32(),
      tool_errors: uint32(),
      handoffs: uint32(),
      planned_interventions: uint32(),
      unplanned_interventions: uint32(),
      conflicts: uint32(),
      dropped_attributes: uint32(),
      sampled_share: float64(),
      telemetry: text2(),
      verdict_outcomes: list(text2()),
      verdict_sources: list(text2()),
      verdict_times: list(dateTime64()),
      verdict_evidence: list(text2()),
      registry_version: text2(),
      registry_backfilled: uint8(),
      version: uint64(),
      deleted: uint8()
    }),
    costLedger: createBlock("cost_ledger", {
      trace_id: text2(),
      span_id: text2(),
      kind: text2(),
      started_at: dateTime64(),
      at: dateTime64(),
      charge_id: text2(),
      task_id: text2(),
      run_id: text2(),
      agent: text2(),
      environment: text2(),
      department: text2(),
      team: text2(),
      cost_center: text2(),
      tenant: text2(),
      user_id: text2(),
      owner_department: text2(),
      owner_team: text2(),
      owner_cost_center: text2(),
      provider: text2(),
      model: text2(),
      tool: text2(),
      input_tokens: uint64(),
      cached_input_tokens: uint64(),
      cache_write_tokens: uint64(),
      cache_write_5m_tokens: uint64(),
      cache_write_1h_tokens: uint64(),
      output_tokens: uint64(),
      reasoning_tokens: uint64(),
      usage_known: uint8(),
      amount: money(),
      amount_currency: text2(),
      reported_amount: money(),
      reported_currency: text2(),
      cost: money(),
      currency: text2(),
      state: text2(),
      price_id: text2(),
      confidence: text2(),
      version: uint64(),
      deleted: uint8()
    }),
    approvalEvents: createBlock("approval_events", {
      trace_id: text2(),
      span_id: text2(),
      started_at: dateTime64(),
      ended_at: dateTime64(),
      approval_id: text2(),
      event: text2(),
      task_id: text2(),
      run_id: text2(),
      conversation_id: text2(),
      agent: text2(),
      tool: text2(),
      tool_call_id: text2(),
      amount: money(),
      amount_currency: text2(),
      requested_by: text2(),
      rule: text2(),
      decision: text2(),
      channel: text2(),
      reviewer: text2(),
      sla_ms: uint64(),
      deadline: text2(),
      version: uint64(),
      deleted: uint8()
    }),
    evaluations: createBlock("evaluations", {
      trace_id: text2(),
      span_id: text2(),
      at: dateTime64(),
      run_id: text2(),
      task_id: text2(),
      agent: text2(),
      name: text2(),
      score: nullable(float64()),
      label: text2(),
      evaluator: text2(),
      version: uint64(),
      deleted: uint8()
    }),
    stepContent: createBlock("step_content", {
      trace_id: text2(),
      span_id: text2(),
      part: text2(),
      started_at: dateTime64(),
      hash: text2(),
      expires_at: dateTime64()
    }),
    contentTexts: createBlock("content_texts", { hash: text2(), text: text2(), expires_at: dateTime64() }),
    ingestLedger: createBlock("ingest_ledger", {
      source: text2(),
      source_offset: uint64(),
      signal: text2(),
      received_at: dateTimeMs(),
      received: uint32(),
      stored: uint32(),
      duplicates: uint32(),
      conflicts: uint32(),
      dead_letters: uint32(),
      dropped: uint32(),
      dropped_services: list(text2()),
      dropped_counts: list(uint32()),
      version: uint64()
    }),
    deadLetters: createBlock("dead_letters", {
      source: text2(),
      source_offset: uint64(),
      source_index: uint32(),
      signal: text2(),
      received_at: dateTimeMs(),
      service: text2(),
      reason: text2(),
      payload: text2(),
      payload_bytes: uint64()
    })
  };
}

// ../../work/main/processor/src/chain/content.ts
import { createHash as createHash2 } from "node:crypto";
var MAX_TEXT = 65536;
function writeContent({ stepContent, contentTexts }, step2, parts, retention) {
  const expiresAt = step2.startedAt + retention(step2.resource, step2.claims.agentName);
  for (const { part, text: text4 } of parts) {
    const kept = text4.length > MAX_TEXT ? `${text4.slice(0, MAX_TEXT)}\u2026` : text4;
    const hash3 = createHash2("sha256").update(kept).digest("hex").slice(0, 32);
    const refs = stepContent.columns;
    const ref = stepContent.add();
    refs.trace_id.set(ref, step2.traceId);
    refs.span_id.set(ref, step2.spanId);
    refs.part.set(ref, part);
    refs.started_at.set(ref, step2.startedAt);
    refs.hash.set(ref, hash3);
    refs.expires_at.set(ref, expiresAt);
    const texts = contentTexts.columns;
    const entry = contentTexts.add();
    texts.hash.set(entry, hash3);
    texts.text.set(entry, kept);
    texts.expires_at.set(entry, expiresAt);
  }
}

// ../../work/main/processor/src/chain/fold.ts
function createFolder({ state, projector: projector2, contentRetention }) {
  const blocks = createBlocks();
  return {
    fold(arrivals) {
      const touched = /* @__PURE__ */ new Set();
      for (const foreign of arrivals.foreign) state.hold(foreign);
      let set;
      for (const { step: step2, position, tally, content } of arrivals.steps) {
        if (set === void 0 || set.traceId !== step2.traceId) {
          set = state.touch(step2.traceId);
          touched.add(set);
        }
        const arrival = addStep(set, step2, position);
        if (arrival === "stored") tally.stored++;
        else {
          tally.duplicates++;
          if (arrival === "conflict") tally.conflicts++;
        }
        if (content.length > 0) writeContent(blocks, step2, content, contentRetention);
      }
      for (const foreign of arrivals.foreign) {
        const linked = state.get(foreign.traceId);
        if (linked?.dirty) touched.add(linked);
      }
      for (const dirty of touched) {
        state.link(dirty);
        if (dirty.dirty || dirty.reloaded) projector2.project(dirty, blocks);
      }
      for (const tally of arrivals.tallies) writeTally(blocks, tally);
      for (const letter of arrivals.deadLetters) writeDeadLetter(blocks, letter);
      state.evict();
      return takeAll(blocks);
    }
  };
}
function takeAll(blocks) {
  return Object.values(blocks).filter((block) => block.rows > 0).map((block) => block.take());
}
function writeTally({ ingestLedger }, tally) {
  const c = ingestLedger.columns;
  const row = ingestLedger.add();
  c.source.set(row, tally.source);
  c.source_offset.set(row, tally.offset);
  c.signal.set(row, tally.signal);
  c.received_at.set(row, tally.receivedAt);
  c.received.set(row, tally.received);
  c.stored.set(row, tally.stored);
  c.duplicates.set(row, tally.duplicates);
  c.conflicts.set(row, tally.conflicts);
  c.dead_letters.set(row, tally.deadLetters);
  c.dropped.set(row, tally.dropped);
  c.dropped_services.set(row, [...tally.droppedBy.keys()]);
  c.dropped_counts.set(row, [...tally.droppedBy.values()]);
  c.version.set(row, 1);
}
function writeDeadLetter({ deadLetters }, letter) {
  const c = deadLetters.columns;
  const row = deadLetters.add();
  c.source.set(row, letter.source);
  c.source_offset.set(row, letter.offset);
  c.source_index.set(row, letter.index);
  c.signal.set(row, letter.signal);
  c.received_at.set(row, letter.receivedAt);
  c.service.set(row, letter.service);
  c.reason.set(row, letter.reason);
  c.payload.set(row, letter.payload);
  c.payload_bytes.set(row, letter.payloadBytes);
}

// ../../work/main/processor/src/chain/state.ts
var STATE_LIMITS = { maxItems: 25e4, maxHeld: 1e5 };
function createFoldState(known, limits = STATE_LIMITS) {
  const sets = /* @__PURE__ */ new Map();
  const held = /* @__PURE__ */ new Map();
  let heldCount = 0;
  let items = 0;
  return {
    get: (traceId) => sets.get(traceId),
    touch(traceId) {
      let set = sets.get(traceId);
      if (set === void 0) {
        set = createTraceSet(traceId);
        known.add(traceId);
      } else {
        sets.delete(traceId);
      }
      sets.set(traceId, set);
      return set;
    },
    restore(set) {
      sets.set(set.traceId, set);
    },
    isElsewhere: (traceId) => !sets.has(traceId) && known.mayHold(traceId),
    hold(foreign) {
      const set = sets.get(foreign.traceId);
      if (set !== void 0 && addSkeleton(set, foreign)) {
        this.link(set);
        return;
      }
      const list3 = held.get(foreign.traceId);
      if (list3 === void 0) held.set(foreign.traceId, [foreign]);
      else if (list3.length < MAX_HELD_PER_TRACE) list3.push(foreign);
      else return;
      heldCount++;
      while (heldCount > limits.maxHeld) {
        const [oldest, spans] = held.entries().next().value;
        held.delete(oldest);
        heldCount -= spans.length;
      }
    },
    link(set) {
      const candidates = held.get(set.traceId);
      if (candidates === void 0) return;
      let missing = missingParents(set);
      while (missing.length > 0) {
        const found = candidates.filter((foreign) => missing.includes(foreign.spanId));
        if (found.length === 0) return;
        for (const foreign of found) addSkeleton(set, foreign);
        missing = missingParents(set);
      }
    },
    evict() {
      items = 0;
      for (const set of sets.values()) items += set.items.length;
      if (items <= limits.maxItems) return;
      for (const [traceId, set] of sets) {
        if (items <= limits.maxItems) break;
        if (set.dirty) continue;
        sets.delete(traceId);
        items -= set.items.length;
      }
    },
    get traces() {
      return sets.size;
    },
    get items() {
      return items;
    }
  };
}
var MAX_HELD_PER_TRACE = 1e3;

// ../../work/main/processor/src/chain/known-traces.ts
var HASHES = 7;
var BITS_PER_TRACE = 10;
function createKnownTraces(firstCapacity = 1 << 20) {
  const filters = [createFilter(firstCapacity)];
  return {
    add(traceId) {
      let last = filters.at(-1);
      if (last.size >= last.capacity) {
        last = createFilter(last.capacity * 2);
        filters.push(last);
      }
      last.add(traceId);
    },
    mayHold: (traceId) => filters.some((filter) => filter.has(traceId))
  };
}
function createFilter(capacity) {
  const bits = 2 ** Math.ceil(Math.log2(capacity * BITS_PER_TRACE));
  const words2 = new Uint32Array(bits / 32);
  let size = 0;
  const each = (id3, visit) => {
    const a = hash2(id3, 2166136261);
    const b = hash2(id3, 2654435769) | 1;
    for (let i = 0; i < HASHES; i++) {
      const at = a + Math.imul(i, b) >>> 0;
      const bit = at % bits;
      if (!visit(bit >>> 5, 1 << (bit & 31))) return false;
    }
    return true;
  };
  return {
    capacity,
    get size() {
      return size;
    },
    add(id3) {
      size++;
      each(id3, (word, bit) => {
        words2[word] |= bit;
        return true;
      });
    },
    has: (id3) => each(id3, (word, bit) => (words2[word] & bit) !== 0)
  };
}
function hash2(text4, seed) {
  let h = seed;
  for (let i = 0; i < text4.length; i++) h = Math.imul(h ^ text4.charCodeAt(i), 16777619);
  h ^= h >>> 15;
  h = Math.imul(h, 2246822507);
  return (h ^ h >>> 13) >>> 0;
}

// ../../work/main/processor/src/decode/json-values.ts
var FieldError = class _FieldError extends Error {
  /** The same, as seen from the message around the field. */
  within(field) {
    return new _FieldError(
      this.message.startsWith("is ") ? `${field} ${this.message}` : `${field}.${this.message}`
    );
  }
};
var MAX_INT64 = 2n ** 63n - 1n;
var MAX_UINT64 = 2n ** 64n - 1n;
var MAX_UINT32 = 2 ** 32 - 1;
function int64(value) {
  const number = integer(value);
  if (number === null || number > MAX_INT64 || number < -MAX_INT64 - 1n)
    throw new FieldError("is no 64-bit integer");
  return number;
}
function fixed642(value) {
  const number = integer(value);
  if (number === null || number > MAX_UINT64 || number < 0n)
    throw new FieldError("is no unsigned 64-bit integer");
  return number;
}
function uint322(value) {
  const number = Number(integer(value) ?? -1n);
  if (number < 0 || number > MAX_UINT32) throw new FieldError("is no unsigned 32-bit integer");
  return number;
}
var fixed32 = uint322;
function enumValue(value, numbers) {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
  const number = typeof value === "string" ? numbers.get(value) : void 0;
  if (number === void 0) throw new FieldError("is no value of its enum");
  return number;
}
function hexId(value) {
  if (typeof value !== "string" || value.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(value)) {
    throw new FieldError("is no hexadecimal id");
  }
  return value;
}
var DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?(?:[eE]\+?(\d{1,2}))?$/;
function integer(value) {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : null;
  if (typeof value !== "string") return null;
  const match = DECIMAL.exec(value);
  if (match === null) return null;
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  if (fraction === "" && exponent === "0") return BigInt(value);
  const shift = Number(exponent);
  const digits = fraction.padEnd(shift, "0");
  if (/[1-9]/.test(digits.slice(shift))) return null;
  return BigInt(`${sign}${whole}${digits.slice(0, shift)}`);
}
function quoteLongNumbers(json) {
  if (!/[:[,\s]-?\d[\d.eE+-]{14,}/.test(json)) return json;
  let out = "";
  let copied = 0;
  let pos = 0;
  while (pos < json.length) {
    const code = json.charCodeAt(pos);
    if (code === 34) {
      pos = endOfString(json, pos + 1);
    } else if (code === 45 || code >= 48 && code <= 57) {
      const start = pos;
      while (pos < json.length && /[\d.eE+-]/.test(json[pos])) pos++;
      if (pos - start >= 16) {
        out += `${json.slice(copied, start)}"${json.slice(start, pos)}"`;
        copied = pos;
      }
      continue;
    }
    pos++;
  }
  return out + json.slice(copied);
}
function endOfString(json, start) {
  for (let pos = start; pos < json.length; pos++) {
    const code = json.charCodeAt(pos);
    if (code === 34) return pos;
    if (code === 92) pos++;
  }
  return json.length;
}

// ../../work/main/processor/src/decode/json-writer.ts
function createWriter(size) {
  return { buf: Buffer.allocUnsafe(size), pos: 0 };
}
function ensure(w, bytes2) {
  if (w.pos + bytes2 <= w.buf.length) return;
  const larger = Buffer.allocUnsafe(Math.max(w.buf.length * 2, w.pos + bytes2));
  w.buf.copy(larger, 0, 0, w.pos);
  w.buf = larger;
}
var PREFIX = 10;
function writeVarint(w, value) {
  let rest = value;
  while (rest > 127) {
    w.buf[w.pos++] = rest % 128 | 128;
    rest = Math.floor(rest / 128);
  }
  w.buf[w.pos++] = rest;
}
function varintSize(value) {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}
function writeUint(w, field, value) {
  ensure(w, 2 * PREFIX);
  writeVarint(w, field * 8);
  writeVarint(w, value);
}
function writeInt64(w, field, value) {
  ensure(w, 2 * PREFIX);
  writeVarint(w, field * 8);
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    w.buf[w.pos++] = Number(rest & 0x7fn) | 128;
    rest >>= 7n;
  }
  w.buf[w.pos++] = Number(rest);
}
function writeFixed64(w, field, value) {
  ensure(w, PREFIX + 8);
  writeVarint(w, field * 8 + 1);
  w.pos = w.buf.writeBigUInt64LE(value, w.pos);
}
function writeDouble(w, field, value) {
  ensure(w, PREFIX + 8);
  writeVarint(w, field * 8 + 1);
  w.pos = w.buf.writeDoubleLE(value, w.pos);
}
function writeFixed32(w, field, value) {
  ensure(w, PREFIX + 4);
  writeVarint(w, field * 8 + 5);
  w.pos = w.buf.writeUInt32LE(value, w.pos);
}
function writeString(w, field, value) {
  writeEncoded(w, field, value, "utf8", value.length * 3);
}
function writeBytes(w, field, value, encoding) {
  writeEncoded(w, field, value, encoding, value.length);
}
function writeEncoded(w, field, value, encoding, most) {
  ensure(w, PREFIX + most);
  writeVarint(w, field * 8 + 2);
  const guess = varintSize(value.length);
  const start = w.pos + guess;
  const length = w.buf.write(value, start, encoding);
  const size = varintSize(length);
  if (size !== guess) w.buf.copyWithin(w.pos + size, start, start + length);
  writeVarint(w, length);
  w.pos += length;
}
function beginMessage(w, field) {
  ensure(w, PREFIX);
  writeVarint(w, field * 8 + 2);
  return ++w.pos;
}
function endMessage(w, start) {
  const length = w.pos - start;
  const size = varintSize(length);
  if (size > 1) {
    ensure(w, size);
    w.buf.copyWithin(start + size - 1, start, w.pos);
  }
  w.pos = start - 1;
  writeVarint(w, length);
  w.pos += length;
}

// ../../work/main/processor/src/decode/json-schema.ts
var MAX_VALUE_DEPTH = 64;
var string = (w, field, value) => {
  if (typeof value !== "string") throw new FieldError("is no string");
  writeString(w, field, value);
};
var id = (w, field, value) => writeBytes(w, field, hexId(value), "hex");
var time = (w, field, value) => writeFixed64(w, field, fixed642(value));
var count = (w, field, value) => writeUint(w, field, uint322(value));
var flags = (w, field, value) => writeFixed32(w, field, fixed32(value));
function enumeration(prefix, names) {
  const numbers = new Map(names.map((name, number) => [`${prefix}_${name}`, number]));
  return (w, field, value) => writeUint(w, field, enumValue(value, numbers));
}
function message2(schema) {
  return (w, field, value, depth) => {
    const start = beginMessage(w, field);
    writeFields(w, schema, value, depth);
    endMessage(w, start);
  };
}
function defineMessage(fields) {
  const schema = /* @__PURE__ */ new Map();
  for (const [name, [number, write2, repeated]] of Object.entries(fields)) {
    const field = { number, name, repeated: repeated === "repeated", write: write2 };
    schema.set(name, field);
    schema.set(
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      field
    );
  }
  return schema;
}
function writeFields(w, schema, value, depth) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new FieldError("is no object");
  for (const key in value) {
    const field = schema.get(key);
    if (field === void 0) continue;
    const content = value[key];
    if (content === null || content === void 0) continue;
    try {
      if (!field.repeated) field.write(w, field.number, content, depth);
      else if (Array.isArray(content)) for (const each of content) field.write(w, field.number, each, depth);
      else throw new FieldError("is no list");
    } catch (error) {
      throw error instanceof FieldError ? error.within(field.name) : error;
    }
  }
}
var anyValue2 = (w, field, value, depth) => {
  if (depth >= MAX_VALUE_DEPTH) throw new FieldError(`is nested deeper than ${MAX_VALUE_DEPTH}`);
  const start = beginMessage(w, field);
  if (value !== null) writeFields(w, ANY_VALUE, value, depth + 1);
  endMessage(w, start);
};
var keyValue2 = (w, field, value, depth) => {
  const start = beginMessage(w, field);
  writeFields(w, KEY_VALUE, value, depth);
  endMessage(w, start);
};
var KEY_VALUE = defineMessage({ key: [1, string], value: [2, anyValue2] });
var ARRAY_VALUE = defineMessage({ values: [1, anyValue2, "repeated"] });
var KEY_VALUE_LIST = defineMessage({ values: [1, keyValue2, "repeated"] });
var ANY_VALUE = defineMessage({
  stringValue: [1, string],
  boolValue: [
    2,
    (w, field, value) => {
      if (typeof value !== "boolean") throw new FieldError("is no boolean");
      writeUint(w, field, value ? 1 : 0);
    }
  ],
  intValue: [3, (w, field, value) => writeInt64(w, field, int64(value))],
  doubleValue: [
    4,
    (w, field, value) => {
      const isText = typeof value === "string" && /^(?:-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(value);
      if (typeof value !== "number" && !isText) throw new FieldError("is no number");
      writeDouble(w, field, Number(value));
    }
  ],
  arrayValue: [5, message2(ARRAY_VALUE)],
  kvlistValue: [6, message2(KEY_VALUE_LIST)],
  bytesValue: [
    7,
    (w, field, value) => {
      if (typeof value !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value))
        throw new FieldError("is no base64");
      writeBytes(w, field, value, "base64");
    }
  ]
});
var RESOURCE = defineMessage({
  attributes: [1, keyValue2, "repeated"],
  droppedAttributesCount: [2, count]
});
var SCOPE = defineMessage({
  name: [1, string],
  version: [2, string],
  attributes: [3, keyValue2, "repeated"],
  droppedAttributesCount: [4, count]
});
var EVENT = defineMessage({
  timeUnixNano: [1, time],
  name: [2, string],
  attributes: [3, keyValue2, "repeated"],
  droppedAttributesCount: [4, count]
});
var LINK = defineMessage({
  traceId: [1, id],
  spanId: [2, id],
  traceState: [3, string],
  attributes: [4, keyValue2, "repeated"],
  droppedAttributesCount: [5, count],
  flags: [6, flags]
});
var STATUS = defineMessage({
  message: [2, string],
  code: [3, enumeration("STATUS_CODE", ["UNSET", "OK", "ERROR"])]
});
var SPAN_KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
var SPAN = defineMessage({
  traceId: [1, id],
  spanId: [2, id],
  traceState: [3, string],
  parentSpanId: [4, id],
  name: [5, string],
  kind: [6, enumeration("SPAN_KIND", SPAN_KINDS)],
  startTimeUnixNano: [7, time],
  endTimeUnixNano: [8, time],
  attributes: [9, keyValue2, "repeated"],
  droppedAttributesCount: [10, count],
  events: [11, message2(EVENT), "repeated"],
  droppedEventsCount: [12, count],
  links: [13, message2(LINK), "repeated"],
  droppedLinksCount: [14, count],
  status: [15, message2(STATUS)],
  flags: [16, flags]
});
var SEVERITIES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((name) => [
  name,
  `${name}2`,
  `${name}3`,
  `${name}4`
]);
var LOG_RECORD = defineMessage({
  timeUnixNano: [1, time],
  severityNumber: [2, enumeration("SEVERITY_NUMBER", ["UNSPECIFIED", ...SEVERITIES])],
  severityText: [3, string],
  body: [5, anyValue2],
  attributes: [6, keyValue2, "repeated"],
  droppedAttributesCount: [7, count],
  flags: [8, flags],
  traceId: [9, id],
  spanId: [10, id],
  observedTimeUnixNano: [11, time],
  eventName: [12, string]
});

// ../../work/main/processor/src/decode/json.ts
var LAYOUTS = {
  spans: {
    resources: ["resourceSpans", "resource_spans"],
    scopes: ["scopeSpans", "scope_spans"],
    items: ["spans"],
    item: SPAN
  },
  logs: {
    resources: ["resourceLogs", "resource_logs"],
    scopes: ["scopeLogs", "scope_logs"],
    items: ["logRecords", "log_records"],
    item: LOG_RECORD
  }
};
function transcodeJson(signal, body) {
  const layout = LAYOUTS[signal];
  const text4 = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const request2 = parse(text4.charCodeAt(0) === 65279 ? text4.slice(1) : text4);
  const w = createWriter(body.length + 64);
  const bad = [];
  let index = 0;
  function attempt(field, schema, value) {
    const before = w.pos;
    try {
      const start = beginMessage(w, field);
      writeFields(w, schema, value, 0);
      endMessage(w, start);
      return "";
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      w.pos = before;
      return error.message;
    }
  }
  function writeScope(group, resourceFault) {
    const scope = first2(group, ["scope"]);
    const scopeFault = scope === void 0 ? "" : attempt(1, SCOPE, scope);
    const fault = resourceFault !== "" ? `resource: ${resourceFault}` : scopeFault && `scope: ${scopeFault}`;
    for (const item of list2(group, layout.items)) {
      const reason = fault || attempt(2, layout.item, item);
      if (reason !== "") bad.push({ index, reason });
      index++;
    }
  }
  for (const group of objects(request2, layout.resources)) {
    nest(w, 1, () => {
      const resource = first2(group, ["resource"]);
      const fault = resource === void 0 ? "" : attempt(1, RESOURCE, resource);
      for (const scope of objects(group, layout.scopes)) nest(w, 2, () => writeScope(scope, fault));
    });
  }
  return { body: w.buf.subarray(0, w.pos), bad };
}
function nest(w, field, content) {
  const start = beginMessage(w, field);
  content();
  endMessage(w, start);
}
function parse(text4) {
  const value = JSON.parse(quoteLongNumbers(text4));
  if (!isObject(value)) throw new SyntaxError("an OTLP request is one JSON object");
  return value;
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function first2(object, names) {
  for (const name of names) {
    const value = Object.hasOwn(object, name) ? object[name] : void 0;
    if (value !== void 0 && value !== null) return value;
  }
  return void 0;
}
function list2(object, names) {
  const found = names.filter((name) => Object.hasOwn(object, name)).map((name) => object[name] ?? []);
  for (const value of found) if (!Array.isArray(value)) throw new SyntaxError(`${names[0]} is no list`);
  return found.length === 1 ? found[0] : found.flat(1);
}
function objects(object, names) {
  const values = list2(object, names);
  if (!values.every(isObject)) throw new SyntaxError(`${names[0]} holds something that is no object`);
  return values;
}

// ../../work/main/processor/src/chain/log-id.ts
import { createHash as createHash3 } from "node:crypto";
function logId(view, buf, resource) {
  const hash3 = createHash3("sha256");
  hash3.update(`${resource.service}\0${resource.environment}\0${view.traceId}\0${view.spanId}\0${view.eventName}\0`);
  hash3.update(`${view.time}\0${view.time === 0n ? view.observedTime : 0n}\0${view.severity}\0`);
  hash3.update(buf.subarray(view.bodyStart, view.bodyEnd));
  const { attributes } = view;
  for (let i = 0; i < attributes.count; i++) {
    hash3.update(`\0${attributes.keys[i]}:${attributes.types[i]}:`);
    hash3.update(buf.subarray(attributes.starts[i], attributes.ends[i]));
  }
  return hash3.digest("hex").slice(0, 32);
}

// ../../work/main/processor/src/chain/read.ts
var MAX_PAYLOAD = 8192;
var NS_PER_MS = 1000000n;
var MAX_AHEAD_NS = 86400000000000n;
function readChunk(chunk, options) {
  const arrivals = { steps: [], foreign: [], tallies: [], deadLetters: [] };
  for (const record of chunk.records) readRecord(chunk.source, record, options, arrivals);
  return arrivals;
}
function readRecord(source, record, options, out) {
  const { decoder: decoder2, normalizer } = options;
  const tally = newTally(source, record, record.signal, record.counted);
  const oldest = BigInt(record.receivedAt) * NS_PER_MS - options.retentionNs;
  const newest = BigInt(record.receivedAt) * NS_PER_MS + MAX_AHEAD_NS;
  let seen = 0;
  const deadLetter = (index, reason, bytes2, signal) => {
    out.deadLetters.push({
      source,
      offset: record.offset,
      index,
      signal,
      receivedAt: record.receivedAt,
      service: signal === "request" ? "" : normalizer.resource.service,
      reason: options.mask(reason),
      payload: options.mask(text3(bytes2)),
      payloadBytes: bytes2.length
    });
  };
  const accept = (result, index, startedAt, bytes2) => {
    seen++;
    if (typeof result === "string") {
      tally.dropped++;
      const service = result === "dropped" ? "declared by dialect" : normalizer.resource.service || "unknown";
      tally.droppedBy.set(service, (tally.droppedBy.get(service) ?? 0) + 1);
      return null;
    }
    const problem = timeProblem(startedAt, result.endedAt, oldest, newest);
    if (problem !== null) {
      tally.deadLetters++;
      deadLetter(index, problem, bytes2(), record.signal);
      return null;
    }
    out.steps.push({
      step: result,
      position: { source, offset: record.offset, index, receivedAt: record.receivedAt },
      tally,
      content: normalizer.content
    });
    return result;
  };
  const sink = {
    origin: normalizer.origin,
    bad: (buf, reason, start, end, index) => {
      seen++;
      tally.deadLetters++;
      deadLetter(index, reason, buf.subarray(start, end), record.signal);
    }
  };
  try {
    let { body } = record;
    if (record.encoding === "json") {
      const transcoded = transcodeJson(record.signal, body);
      for (const { index, reason } of transcoded.bad) {
        seen++;
        tally.deadLetters++;
        deadLetter(BAD_JSON_INDEX + index, reason, body, record.signal);
      }
      body = transcoded.body;
    }
    if (record.signal === "spans") {
      decoder2.traces(body, {
        ...sink,
        span: (buf, view, index) => {
          const result = normalizer.span(view);
          const step2 = accept(result, index, view.startedAt, () => buf.subarray(view.nameStart, view.nameEnd));
          if (step2 === null && result === "foreign") {
            out.foreign.push({
              traceId: view.traceId,
              spanId: view.spanId,
              parentSpanId: view.parentSpanId,
              service: normalizer.resource.service,
              startedAt: view.startedAt
            });
          }
        }
      });
    } else {
      decoder2.logs(body, {
        ...sink,
        log: (buf, view, index) => {
          const time2 = view.time !== 0n ? view.time : view.observedTime;
          const result = normalizer.log(view, logId(view, buf, normalizer.resource));
          accept(result, index, time2, () => buf.subarray(view.bodyStart, view.bodyEnd));
        }
      });
    }
  } catch (error) {
    if (!(error instanceof WireError) && !(error instanceof SyntaxError)) throw error;
    const lost = Math.max(0, record.counted - seen);
    tally.deadLetters += lost;
    deadLetter(WHOLE_BODY_INDEX, error.message, record.body, "request");
    if (lost === 0) {
      const request2 = newTally(source, record, "request", 1);
      request2.deadLetters = 1;
      out.tallies.push(request2);
    }
  }
  out.tallies.push(tally);
}
var BAD_JSON_INDEX = 1 << 30;
var WHOLE_BODY_INDEX = 2 ** 31;
function newTally(source, record, signal, received) {
  return {
    source,
    offset: record.offset,
    signal,
    receivedAt: record.receivedAt,
    received,
    stored: 0,
    duplicates: 0,
    conflicts: 0,
    deadLetters: 0,
    dropped: 0,
    droppedBy: /* @__PURE__ */ new Map()
  };
}
function timeProblem(startedAt, endedAt, oldest, newest) {
  if (startedAt === 0n || endedAt === 0n) return "start or end time is zero";
  if (endedAt > newest) return `end time ${endedAt} is more than a day after its receipt`;
  if (startedAt < oldest) return `start time ${startedAt} is older than the retention`;
  return null;
}
function text3(bytes2) {
  return Buffer.from(bytes2.buffer, bytes2.byteOffset, Math.min(bytes2.length, MAX_PAYLOAD)).toString("utf8");
}

// ../../work/main/processor/src/pipeline.ts
var LIMITS = { flushMs: 1e3, flushBytes: 24 << 20 };
function createPipeline(options) {
  const { source, reader: reader2, state, folder, store } = options;
  const limits = { ...LIMITS, ...options.limits };
  const clock = options.clock ?? (() => performance.now());
  let stopped = false;
  return {
    async run() {
      let writing = Promise.resolve();
      let lastFlush = Number.NEGATIVE_INFINITY;
      try {
        while (!stopped) {
          const chunk = await gather(source, limits, clock, lastFlush, () => stopped);
          if (chunk === null) {
            if (source.exhausted) break;
            continue;
          }
          lastFlush = clock();
          const arrivals = readChunk(chunk, reader2);
          const elsewhere = needed(arrivals, state);
          if (elsewhere.length > 0) {
            await writing;
            for (const set of await options.loader.load(elsewhere)) state.restore(set);
          }
          const blocks = folder.fold(arrivals);
          await writing;
          writing = write(store, blocks, options.onRetry).then(async () => {
            await source.commit(chunk.source, chunk.next);
            options.onChunk?.(report(arrivals, chunk));
          });
          writing.catch(() => {
          });
        }
      } finally {
        await writing;
      }
    },
    stop() {
      stopped = true;
    }
  };
}
async function gather(source, limits, clock, lastFlush, isStopped) {
  const records = [];
  let bytes2 = 0;
  let name = "";
  let next = 0;
  while (!isStopped()) {
    const waitMs = Math.max(0, lastFlush + limits.flushMs - clock());
    const chunk = await source.poll({
      maxBytes: limits.flushBytes - bytes2,
      waitMs: records.length === 0 ? limits.flushMs : waitMs
    });
    if (chunk !== null) {
      name = chunk.source;
      next = chunk.next;
      for (const record of chunk.records) {
        records.push(record);
        bytes2 += record.body.length;
      }
    }
    const due = clock() >= lastFlush + limits.flushMs;
    if (records.length === 0 || due || bytes2 >= limits.flushBytes || source.exhausted) break;
  }
  return records.length === 0 ? null : { source: name, records, next };
}
function needed(arrivals, state) {
  const ids = /* @__PURE__ */ new Set();
  for (const { step: step2 } of arrivals.steps) if (state.isElsewhere(step2.traceId)) ids.add(step2.traceId);
  for (const { traceId } of arrivals.foreign) if (state.isElsewhere(traceId)) ids.add(traceId);
  return [...ids];
}
var RETRY_MS = [100, 300, 1e3, 3e3, 1e4];
async function write(store, blocks, onRetry) {
  for (const block of blocks) {
    for (let attempt = 1; ; attempt++) {
      try {
        await store.insert(block);
        break;
      } catch (error) {
        if (onRetry === void 0) throw error;
        onRetry(error, attempt);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length) - 1]));
      }
    }
  }
}
function report(arrivals, chunk) {
  const total2 = { received: 0, stored: 0, duplicates: 0, deadLetters: 0, dropped: 0 };
  for (const tally of arrivals.tallies) {
    total2.received += tally.received;
    total2.stored += tally.stored;
    total2.duplicates += tally.duplicates;
    total2.deadLetters += tally.deadLetters;
    total2.dropped += tally.dropped;
  }
  return { records: chunk.records.length, oldestReceipt: chunk.records[0].receivedAt, ...total2 };
}

// ../../work/main/processor/src/store/loader.ts
var COLUMNS = `trace_id, span_id, parent_span_id, kind, name, status, status_message, error_type, dialect, service,
  tool, tool_call_id, amount, amount_currency, arguments_digest, arguments_shape_digest, result_digest,
  request_model, response_model, provider, response_id, usage_known, input_tokens, cached_input_tokens,
  cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
  reported_cost, reported_currency, waiting, sampled_share, attribute_count, dropped_attributes,
  claims, facts, resource_context, variants, source, source_offset, source_index,
  toUnixTimestamp64Nano(started_at) AS start_ns, toUnixTimestamp64Nano(ended_at) AS end_ns,
  toUnixTimestamp64Milli(received_at) AS received_ms`;
var SLICES = 16;
function createLoader(store) {
  const { database } = store;
  return {
    async load(traceIds) {
      const rows = await store.query(
        `SELECT ${COLUMNS} FROM ${database}.steps FINAL
         WHERE trace_id IN {ids:Array(String)} AND inferred = 0
         ORDER BY trace_id, source, source_offset, source_index`,
        { ids: traceIds }
      );
      const sets = /* @__PURE__ */ new Map();
      for (const row of rows) {
        const traceId = String(row["trace_id"]);
        let set = sets.get(traceId);
        if (set === void 0) {
          set = createTraceSet(traceId);
          set.reloaded = true;
          sets.set(traceId, set);
        }
        if (row["kind"] === "skeleton") {
          const spanId = String(row["span_id"]);
          set.skeletons.set(spanId, {
            spanId,
            parentSpanId: String(row["parent_span_id"]),
            service: String(row["service"]),
            startedAt: BigInt(String(row["start_ns"]))
          });
          continue;
        }
        set.items.push({
          step: stepOf(row),
          position: {
            source: String(row["source"]),
            offset: Number(row["source_offset"]),
            index: Number(row["source_index"]),
            receivedAt: Number(row["received_ms"])
          },
          variants: [...row["variants"]],
          written: null
        });
      }
      return [...sets.values()];
    },
    async known(into) {
      for (let slice = 0; slice < SLICES; slice++) {
        const ids = await store.text(
          `SELECT DISTINCT trace_id FROM ${database}.steps WHERE cityHash64(trace_id) % ${SLICES} = ${slice}`,
          "TabSeparated"
        );
        for (const id3 of ids.split("\n")) if (id3 !== "") into.add(id3);
      }
    }
  };
}
function stepOf(row) {
  const text4 = (column) => String(row[column] ?? "");
  const number = (column) => Number(row[column]);
  const facts2 = text4("facts") === "" ? {} : JSON.parse(text4("facts"));
  const kind = text4("kind");
  const startedAt = BigInt(text4("start_ns"));
  const model = kind === "llm" || kind === "embedding" || facts2.wrapper === true ? {
    provider: text4("provider"),
    requestModel: text4("request_model"),
    responseModel: text4("response_model"),
    responseId: text4("response_id"),
    usage: number("usage_known") === 0 ? null : {
      input: number("input_tokens"),
      cachedInput: number("cached_input_tokens"),
      cacheWrite: number("cache_write_tokens"),
      cacheWrite5m: number("cache_write_5m_tokens"),
      cacheWrite1h: number("cache_write_1h_tokens"),
      output: number("output_tokens"),
      reasoning: number("reasoning_tokens")
    },
    reportedCost: text4("reported_cost"),
    reportedCurrency: text4("reported_currency"),
    toolCalls: facts2.calls ?? []
  } : null;
  const tool = kind === "tool" || kind === "handoff" ? {
    name: text4("tool"),
    callId: text4("tool_call_id"),
    argumentsDigest: text4("arguments_digest"),
    argumentsShapeDigest: text4("arguments_shape_digest"),
    resultDigest: text4("result_digest"),
    amount: text4("amount"),
    amountCurrency: text4("amount_currency"),
    effect: facts2.claimed?.effect ?? "",
    resource: facts2.claimed?.resource ?? ""
  } : null;
  return {
    traceId: text4("trace_id"),
    spanId: text4("span_id"),
    parentSpanId: text4("parent_span_id"),
    kind,
    name: text4("name"),
    startedAt,
    endedAt: BigInt(text4("end_ns")),
    status: text4("status"),
    statusMessage: text4("status_message"),
    errorType: text4("error_type"),
    dialect: text4("dialect"),
    resource: resourceOf(text4("resource_context")),
    claims: text4("claims") === "" ? NO_CLAIMS : { ...NO_CLAIMS, ...JSON.parse(text4("claims")) },
    model,
    tool,
    handoff: facts2.handoff ?? null,
    approval: facts2.approval ?? null,
    evaluation: facts2.evaluation ?? null,
    sequence: facts2.sequence ?? null,
    waiting: number("waiting") === 1,
    sampledShare: number("sampled_share"),
    attributeCount: number("attribute_count"),
    droppedAttributes: number("dropped_attributes")
  };
}
var resources = /* @__PURE__ */ new Map();
var MAX_RESOURCES = 4096;
function resourceOf(json) {
  let resource = resources.get(json);
  if (resource === void 0) {
    resource = Object.freeze({ ...EMPTY_RESOURCE, ...JSON.parse(json === "" ? "{}" : json) });
    if (resources.size >= MAX_RESOURCES) resources.clear();
    resources.set(json, resource);
  }
  return resource;
}
var EMPTY_RESOURCE = {
  service: "",
  namespace: "",
  version: "",
  environment: "",
  department: "",
  team: "",
  costCenter: "",
  tenant: "",
  userId: "",
  agentName: ""
};

// ../../work/main/processor/src/store/client.ts
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
var EXACT = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_decimal_trailing_zeros: 0
};
var INSERT = { optimize_on_insert: 0, async_insert: 0 };
function openEmbedded(path, database = "agentops") {
  let connection;
  try {
    connection = createRequire(import.meta.url)("chdb/connection");
  } catch (error) {
    throw new Error(
      "the embedded engine is not installed: npm install chdb (Linux and macOS), or point --clickhouse at a server",
      { cause: error }
    );
  }
  mkdirSync(path, { recursive: true });
  const spool = join(path, "..", "spool");
  mkdirSync(spool, { recursive: true });
  const client = createClient({
    connection: connection.createChdbConnection({ path })
  });
  let serial = 0;
  return createStore(client, database, async (block, columns) => {
    const file = join(spool, `${block.table}-${process.pid}-${++serial}.native`);
    writeFileSync(file, block.data);
    try {
      await client.command({
        query: `INSERT INTO ${database}.${block.table} (${columns}) SELECT ${columns} FROM file('${file}', 'Native')`,
        clickhouse_settings: INSERT
      });
    } finally {
      rmSync(file, { force: true });
    }
  });
}
function createStore(client, database, insert) {
  return {
    database,
    async command(sql) {
      await client.command({ query: sql });
    },
    async query(sql, params) {
      const answer = await client.query({
        query: sql,
        format: "JSONEachRow",
        clickhouse_settings: EXACT,
        ...params && { query_params: params }
      });
      return await answer.json();
    },
    async text(sql, format, params) {
      const answer = await client.exec({
        query: `${sql.replace(/;\s*$/, "")}
FORMAT ${format}`,
        clickhouse_settings: EXACT,
        ...params && { query_params: params }
      });
      const parts = [];
      for await (const part of answer.stream) parts.push(Buffer.from(part));
      return Buffer.concat(parts).toString("utf8");
    },
    async insert(block) {
      if (block.rows > 0) await insert(block, block.columns.join(", "));
    },
    close: () => client.close()
  };
}

// ../../work/main/processor/src/store/migrate.ts
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
var SCHEMA = new URL("./schema/", import.meta.url);
function renderSchema(options) {
  const read = (folder) => readdirSync(folder).filter((name) => name.endsWith(".sql")).sort().map((name) => ({
    id: name.replace(/\.sql$/, ""),
    sql: fill(readFileSync(fileURLToPath(new URL(name, folder)), "utf8"), options)
  }));
  return { tables: read(SCHEMA), views: read(new URL("views/", SCHEMA)) };
}
function fill(sql, options) {
  const { database, cluster, retentionDays, timeZone, currency } = options;
  return sql.replaceAll("$DATABASE", database).replaceAll("$TIME_ZONE", timeZone).replaceAll("$CURRENCY", currency).replaceAll("$ON_CLUSTER", cluster === void 0 ? "" : `ON CLUSTER '${cluster}'`).replace(/\$REPLACING\(([^)]*)\)/g, (_, columns) => {
    if (cluster === void 0) return `ReplacingMergeTree(${columns})`;
    const path = `'/clickhouse/tables/{uuid}/{shard}', '{replica}'`;
    return `ReplicatedReplacingMergeTree(${[path, columns].filter((part) => part !== "").join(", ")})`;
  }).replace(
    /\$TTL\((\w+)\)/g,
    (_, column) => retentionDays === 0 ? "" : `TTL toDateTime(${column}) + INTERVAL ${retentionDays} DAY`
  );
}
async function migrate(store, options) {
  const { database } = store;
  const { tables, views } = renderSchema({ ...options, database });
  const onCluster = options.cluster === void 0 ? "" : `ON CLUSTER '${options.cluster}'`;
  await store.command(`CREATE DATABASE IF NOT EXISTS ${database} ${onCluster}`);
  await store.command(
    `CREATE TABLE IF NOT EXISTS ${database}.schema_migrations ${onCluster}
     (id String, applied_at DateTime DEFAULT now())
     ENGINE = ${options.cluster === void 0 ? "" : "Replicated"}ReplacingMergeTree ORDER BY id`
  );
  const applied = new Set(
    (await store.query(`SELECT id FROM ${database}.schema_migrations`)).map((row) => row.id)
  );
  for (const { id: id3, sql } of tables) {
    if (applied.has(id3)) continue;
    for (const statement of statements(sql)) await store.command(statement);
    await store.command(`INSERT INTO ${database}.schema_migrations (id) VALUES ('${id3}')`);
  }
  for (const { sql } of views) for (const statement of statements(sql)) await store.command(statement);
}
function statements(sql) {
  return sql.split(/;\s*$/m).map((statement) => statement.trim()).filter((statement) => statement.replace(/--.*$/gm, "").trim() !== "");
}

// try.ts
import { rmSync as rmSync2 } from "node:fs";
var N = +(process.env.N || 2e5);
var t = performance.now();
var bodies = [...corpus({ spans: N })];
var total = bodies.reduce((a, b) => a + b.length, 0);
console.log("corpus", performance.now() - t, "B/span", total / N);
var table = compileDialects(DIALECTS, RESOURCE_KEYS);
var id2 = (s) => s;
var mk = () => createNormalizer({ table, sanitizer: { text: id2, identity: id2 }, digester: { digestBytes: (b, s, e) => "processor:x:00000000000000000000000000000000", shapeDigestBytes: () => "processor:x:00000000000000000000000000000000" }, keepsContent: () => false });
var decoder = createOtlpDecoder(table.keys, table.prefixes);
for (let k = 0; k < +(process.env.K || 5); k++) {
  t = performance.now();
  let n = 0;
  for (const b of bodies) n += decoder.traces(b, { origin() {
  }, span() {
  }, bad() {
  } });
  const d = performance.now() - t;
  console.log("decode", Math.round(n / d), "k/s");
}
for (let k = 0; k < +(process.env.K || 4); k++) {
  const norm = mk();
  t = performance.now();
  let n = 0;
  for (const b of bodies) n += decoder.traces(b, { origin: norm.origin, span(_b, v) {
    norm.span(v);
  }, bad() {
  } });
  const d = performance.now() - t;
  console.log("decode+normalize", Math.round(n / d), "k/s");
}
var agents = /* @__PURE__ */ new Map();
var agent = (q) => {
  const k = q.agentName || q.service;
  let a = agents.get(k);
  if (!a) {
    a = { id: "unregistered:" + k, registered: false, stage: "", department: "", team: "", costCenter: "", ownerDepartment: "", ownerTeam: "", ownerCostCenter: "", taskTimeoutNs: 86400000000000n, taskIdleNs: 3600000000000n, successWithoutVerdict: false, telemetry: "unknown", tool: () => null };
    agents.set(k, a);
  }
  return a;
};
var facts = { hash: "none", backfilled: false, agent, department: id2, team: id2, costCenter: id2 };
var projector = () => createProjector({ registry: { at: () => facts }, pricing: { charge: (s) => s.kind === "tool" ? null : { kind: "model", provider: s.model.provider, model: s.model.responseModel, amount: 12345, amountCurrency: "USD", reportedAmount: null, reportedCurrency: "", cost: 12345, currency: "USD", state: "priced", priceId: "x", confidence: "list" } } });
var recs = bodies.map((body, i) => ({ offset: i, signal: "spans", encoding: "protobuf", body, receivedAt: 1795e9, counted: 100 }));
var reader = () => ({ decoder, normalizer: mk(), mask: id2, retentionNs: 10n ** 18n });
for (let k = 0; k < +(process.env.K || 4); k++) {
  const known = createKnownTraces();
  const state = createFoldState(known, { maxItems: 1e7, maxHeld: 1e5 });
  const folder = createFolder({ state, projector: projector(), contentRetention: () => 0n });
  const r = reader();
  t = performance.now();
  let rows = 0, bytes2 = 0;
  for (let i = 0; i < recs.length; i += 100) {
    const bl = folder.fold(readChunk({ source: "otlp", records: recs.slice(i, i + 100), next: i + 100 }, r));
    for (const b of bl) {
      rows += b.rows;
      bytes2 += b.data.length;
    }
  }
  const d = performance.now() - t;
  console.log("decode->rows", Math.round(N / d), "k/s rows", rows, "MB", bytes2 / 1e6, "heap MB", Math.round(process.memoryUsage().heapUsed / 1e6));
}
if (process.argv[2] === "store") {
  rmSync2("/tmp/lab/d", { recursive: true, force: true });
  const store = openEmbedded("/tmp/lab/d/db");
  await migrate(store, { retentionDays: 0, timeZone: "UTC", currency: "USD" });
  const known = createKnownTraces();
  const state = createFoldState(known);
  const loader = createLoader(store);
  let i = 0;
  const source = { exhausted: false, async poll({ maxBytes }) {
    const out = [];
    let b = 0;
    while (i < recs.length && b < maxBytes) {
      out.push(recs[i]);
      b += recs[i].body.length;
      i++;
    }
    if (i >= recs.length) this.exhausted = true;
    return out.length ? { source: "otlp", records: out, next: i } : null;
  }, async commit() {
  }, async close() {
  } };
  t = performance.now();
  const p = createPipeline({ source, reader: reader(), state, folder: createFolder({ state, projector: projector(), contentRetention: () => 0n }), loader, store, limits: { flushBytes: 24 << 20 } });
  await p.run();
  const d = performance.now() - t;
  console.log("into store", Math.round(N / d * 10) / 10, "k/s", process.cpuUsage());
  for (const q of ["select count(), sum(cost) from agentops.cost_entries", "select outcome, count(), sum(model_calls), sum(tool_calls), sum(cost) from agentops.task_outcomes group by outcome", "select * from agentops.conservation", "select * from agentops.cost_by_department limit 3", "select * from agentops.run_steps limit 1", "select count() from agentops.violations", "select count() from agentops.approvals", "select count() from agentops.evaluation_scores", "select count() from agentops.loop_findings"]) {
    t = performance.now();
    try {
      console.log(q, (await store.text(q, "JSONEachRow")).slice(0, 1200), Math.round(performance.now() - t), "ms");
    } catch (e) {
      console.log(q, "ERR", e.message.slice(0, 600));
    }
  }
  await store.close();
}
