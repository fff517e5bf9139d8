import type { Signal } from '../model.ts';

/** Encoding of a request, and so of its answer. */
export type Encoding = 'protobuf' | 'json';

export const MEDIA_TYPES: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** HTTP status → google.rpc.Code (google/rpc/code.proto). */
const RPC_CODES = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 12, // UNIMPLEMENTED
  405: 12,
  413: 8, // RESOURCE_EXHAUSTED
  415: 3,
  500: 13, // INTERNAL
  503: 14, // UNAVAILABLE
} as const;
export type ErrorStatus = keyof typeof RPC_CODES;

/** A refusal that the client is told about. */
export class Refusal extends Error {
  readonly status: ErrorStatus;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: ErrorStatus, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** google.rpc.Status: `code` is field 1, `message` field 2. */
export function encodeStatus(encoding: Encoding, status: ErrorStatus, message: string): Buffer {
  const code = RPC_CODES[status];
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Buffer.concat([Buffer.from([0x08, code]), lengthDelimited(2, Buffer.from(message))]);
}

/**
 * Export{Trace,Logs}ServiceResponse. All accepted is the empty message; else `partial_success` (field 1) says how
 * many items were rejected (field 1 in it) and why (field 2).
 */
export function encodeAnswer(encoding: Encoding, signal: Signal, rejected: number, message: string): Buffer {
  if (encoding === 'json') {
    if (rejected === 0) return Buffer.from('{}');
    const count = signal === 'spans' ? 'rejectedSpans' : 'rejectedLogRecords';
    return Buffer.from(
      JSON.stringify({ partialSuccess: { [count]: String(rejected), errorMessage: message } }),
    );
  }
  if (rejected === 0) return Buffer.alloc(0);
  const partial = [Buffer.from([0x08, ...varint(rejected)]), lengthDelimited(2, Buffer.from(message))];
  return lengthDelimited(1, Buffer.concat(partial));
}

function lengthDelimited(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([field * 8 + 2, ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
}
