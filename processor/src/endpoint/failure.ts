/** An error as ClickHouse tells it: code, name, words. */
export class ClickHouseFailure extends Error {
  readonly code: number;
  readonly error: string;

  constructor(code: number, error: string, message: string) {
    super(message);
    this.code = code;
    this.error = error;
  }
}

/** Codes that the endpoint itself gives; all others come from the engine. ClickHouse, `src/Common/ErrorCodes.cpp`. */
const CODES = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_FORMAT: 73,
  UNKNOWN_SETTING: 115,
  TIMEOUT_EXCEEDED: 159,
  READONLY: 164,
  QUERY_IS_TOO_LARGE: 223,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  SESSION_NOT_FOUND: 372,
  SESSION_IS_LOCKED: 373,
  INVALID_SESSION_TIMEOUT: 374,
  HTTP_LENGTH_REQUIRED: 381,
  QUERY_WAS_CANCELLED: 394,
  SETTING_CONSTRAINT_VIOLATION: 452,
  ACCESS_DENIED: 497,
  AUTHENTICATION_FAILED: 516,
  CANNOT_DECOMPRESS: 271,
  STD_EXCEPTION: 1001,
} as const;

export function failure(error: keyof typeof CODES, message: string): ClickHouseFailure {
  return new ClickHouseFailure(CODES[error], error, message);
}

const ENGINE = /Code: (\d+)\. DB::\w*Exception: ([\s\S]*?)\.? \(([A-Z0-9_]+)\)(?: \(version [^)]*\))?\.?\s*$/;
const AGAIN = /^(?:Code: \d+\. DB::\w*Exception: )+/;

/** Reads the engine's words; an error that is none of ClickHouse's is a STD_EXCEPTION. */
export function engineFailure(message: string): ClickHouseFailure {
  const found = ENGINE.exec(message);
  if (found === null) return failure('STD_EXCEPTION', message.replace(/^Query failed: /, ''));
  const [, code, words, error] = found;
  // A refusal that passes through another one is told twice.
  const inner = words!.replace(AGAIN, '');
  const twice = inner === words ? null : ENGINE.exec(`Code: 0. DB::Exception: ${inner}`);
  return new ClickHouseFailure(Number(code), error!, twice?.[2] ?? inner);
}

/** As ClickHouse ends an answer that failed, without the newline. */
export function failureText({ code, error, message }: ClickHouseFailure, version: string): string {
  return `Code: ${code}. DB::Exception: ${message.replace(/\.$/, '')}. (${error}) (version ${version})`;
}

/** ClickHouse, `src/Server/HTTP/exceptionCodeToHTTPStatus.cpp`; what is not listed is a 500. */
const STATUSES: Readonly<Record<number, readonly string[]>> = {
  400: [
    'BAD_ARGUMENTS',
    'CANNOT_COMPILE_REGEXP',
    'CANNOT_PARSE_DATE',
    'CANNOT_PARSE_DATETIME',
    'CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING',
    'CANNOT_PARSE_ESCAPE_SEQUENCE',
    'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
    'CANNOT_PARSE_IPV4',
    'CANNOT_PARSE_IPV6',
    'CANNOT_PARSE_NUMBER',
    'CANNOT_PARSE_QUOTED_STRING',
    'CANNOT_PARSE_TEXT',
    'CANNOT_PARSE_UUID',
    'DUPLICATE_COLUMN',
    'ILLEGAL_COLUMN',
    'INCORRECT_DATA',
    'SYNTAX_ERROR',
    'THERE_IS_NO_COLUMN',
    'TOO_BIG_AST',
    'TOO_DEEP_AST',
    'TYPE_MISMATCH',
    'UNEXPECTED_AST_STRUCTURE',
    'UNKNOWN_ELEMENT_IN_AST',
    'UNKNOWN_TYPE_OF_AST_NODE',
    'VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE',
  ],
  401: ['REQUIRED_PASSWORD'],
  403: ['ACCESS_DENIED', 'AUTHENTICATION_FAILED', 'SET_NON_GRANTED_ROLE', 'UNKNOWN_USER', 'WRONG_PASSWORD'],
  404: [
    'UNKNOWN_AGGREGATE_FUNCTION',
    'UNKNOWN_DATABASE',
    'UNKNOWN_DATABASE_ENGINE',
    'UNKNOWN_DIRECTION_OF_SORTING',
    'UNKNOWN_FORMAT',
    'UNKNOWN_FUNCTION',
    'UNKNOWN_IDENTIFIER',
    'UNKNOWN_ROLE',
    'UNKNOWN_SETTING',
    'UNKNOWN_STORAGE',
    'UNKNOWN_TABLE',
    'UNKNOWN_TYPE',
    'UNKNOWN_TYPE_OF_QUERY',
  ],
  408: ['TIMEOUT_EXCEEDED'],
  411: ['HTTP_LENGTH_REQUIRED'],
  413: ['QUERY_IS_TOO_LARGE'],
  415: ['UNSUPPORTED_MEDIA_TYPE'],
  501: ['NOT_IMPLEMENTED'],
  503: ['CANNOT_OPEN_FILE', 'CANNOT_SCHEDULE_TASK', 'SOCKET_TIMEOUT'],
};

const STATUS_OF = new Map(
  Object.entries(STATUSES).flatMap(([status, names]) => names.map((name) => [name, Number(status)] as const)),
);

export function statusOf({ error }: ClickHouseFailure): number {
  return STATUS_OF.get(error) ?? 500;
}
