/** What the engine knows of an output format. */
export interface OutputFormat {
  /** As the engine writes it. */
  readonly name: string;
  readonly contentType: string;
}

/** Formats by lower-case name: ClickHouse does not tell them apart by case. */
export type OutputFormats = ReadonlyMap<string, OutputFormat>;

const TEXT = 'text/plain; charset=UTF-8';

/** ClickHouse's media types, by how a format's name begins; what is no text has none of its own. */
const CONTENT_TYPES: readonly (readonly [RegExp, string])[] = [
  [
    /^(JSONEachRow|JSONStringsEachRow|JSONCompact\w*EachRow|JSONEachRowWithProgress)/i,
    'application/x-ndjson; charset=UTF-8',
  ],
  [/^JSON|^BSON/i, 'application/json; charset=UTF-8'],
  [/^(TSV|TabSeparated)/i, 'text/tab-separated-values; charset=UTF-8'],
  [/^CSV/i, 'text/csv; charset=UTF-8'],
  [/^XML/i, 'application/xml; charset=UTF-8'],
  [
    /^(Native|RowBinary|Parquet|Arrow|ORC|Avro|MsgPack|Npy|Protobuf|CapnProto|Buffers|RawBLOB)/i,
    'application/octet-stream',
  ],
];

export function outputFormats(names: readonly string[]): OutputFormats {
  return new Map(
    names.map((name) => {
      const contentType = CONTENT_TYPES.find(([pattern]) => pattern.test(name))?.[1] ?? TEXT;
      return [name.toLowerCase(), { name, contentType }];
    }),
  );
}
