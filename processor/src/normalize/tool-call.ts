import { type DigestColumn, setDigest } from '../steps/digests.ts';
import { createLabel, numberIn } from '../steps/labels.ts';
import { HAS_TOOL, type StepPage } from '../steps/page.ts';
import { F, type StepReader } from './reader.ts';

/** Keyed digests of raw UTF-8 JSON, taken before anything is masked: as text, or as the words behind a prefix. */
export interface Digester {
  readonly prefix: string;
  digestBytes(utf8: Uint8Array, start: number, end: number): string;
  shapeDigestBytes(utf8: Uint8Array, start: number, end: number): string;
  readonly digestWords: TakeDigest;
  readonly shapeDigestWords: TakeDigest;
}

type TakeDigest = (utf8: Uint8Array, start: number, end: number, out: Int32Array, at: number) => void;

/** Writes what the item says of a tool. */
export type WriteTool = (page: StepPage, row: number) => void;

export function createToolWriter(
  reader: StepReader,
  digester: Digester,
  short: (text: string) => string,
): WriteTool {
  const prefix = createLabel(digester.prefix);

  /** The emitter's digest of a field, or our own of its raw bytes. */
  function writeDigest(
    { labels }: StepPage,
    row: number,
    column: DigestColumn,
    given: number,
    of: number,
    take: TakeDigest,
  ): void {
    if (reader.has(given)) {
      setDigest(column, row, labels, short(reader.text(given)));
      return;
    }
    const at = reader.plainText(of);
    if (at < 0 && !reader.has(of)) return;
    column.prefixes[row] = numberIn(labels, prefix);
    if (at < 0) {
      const text = Buffer.from(reader.text(of));
      take(text, 0, text.length, column.words, row * 4);
    } else {
      const { buf, starts, ends } = reader.attributes;
      take(buf, starts[at]!, ends[at]!, column.words, row * 4);
    }
  }

  return (page, row) => {
    page.flags[row]! |= HAS_TOOL;
    page.tools[row] = reader.labelIn(F.toolName, page.labels);
    reader.unique(F.toolCallId, page.callIds, row, page.heap);
    const { argumentsDigests, shapeDigests, resultDigests } = page;
    const { digestWords, shapeDigestWords } = digester;
    writeDigest(page, row, argumentsDigests, F.argumentsDigest, F.toolArguments, digestWords);
    writeDigest(page, row, shapeDigests, F.argumentsShapeDigest, F.toolArguments, shapeDigestWords);
    writeDigest(page, row, resultDigests, F.resultDigest, F.toolResult, digestWords);
  };
}
