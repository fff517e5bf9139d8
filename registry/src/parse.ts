import {
  type Document,
  isMap,
  isNode,
  isPair,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { z } from 'zod';
import { type Diagnostic, type Finding, formatPath, type Path } from './diagnostic.ts';
import { fromIssue } from './issues.ts';
import { type Salvaged, salvage } from './salvage.ts';

/** A parsed file that can say where something stands in it. */
export interface SourceFile {
  readonly file: string;
  /** Line and column, from 1, of a path's key, or of the nearest thing above it that is there. */
  at(path: Path): { readonly line: number; readonly column: number };
}

/** What a file holds, or `null` and what is wrong with its form. */
export interface ParsedFile<T> {
  readonly source: SourceFile;
  readonly value: T | null;
  /** Of a file whose form is wrong: what can be read of it all the same. */
  readonly salvaged: Salvaged<T> | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads one YAML 1.2 file as what the schema describes. Never throws. */
export function parseFile<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
): ParsedFile<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const source: SourceFile = { file, at: (path) => locate(document, lines, path) };
  const faults = [...document.errors.map(yamlFault), ...unresolvedAliases(document)];
  if (faults.length > 0)
    return { source, value: null, salvaged: null, diagnostics: atOffsets(faults, file, lines) };
  let content: unknown;
  try {
    content = document.toJS();
  } catch (thrown) {
    // Aliases of aliases of aliases: small files that unfold to gigabytes.
    const fault = { offset: 0, message: (thrown as Error).message, fix: 'write the values out' };
    return { source, value: null, salvaged: null, diagnostics: atOffsets([fault], file, lines) };
  }
  const result = schema.safeParse(content, { reportInput: true });
  if (result.success) return { source, value: result.data, salvaged: null, diagnostics: [] };
  const findings = result.error.issues.flatMap((issue) => fromIssue(issue, schema));
  const diagnostics = findings.map((finding) => place(finding, source));
  return { source, value: null, salvaged: salvage(content, schema), diagnostics };
}

/** A finding where it stands in its file. */
export function place(finding: Finding, source: SourceFile): Diagnostic {
  const { severity, code, path, message, fix } = finding;
  return { severity, code, file: source.file, ...source.at(path), path: formatPath(path), message, fix };
}

interface Fault {
  readonly offset: number;
  readonly message: string;
  readonly fix: string;
}

function yamlFault(fault: YAMLError): Fault {
  const [offset] = fault.pos;
  if (fault.code === 'MULTIPLE_DOCS') {
    return { offset, message: 'a second document begins here', fix: 'give it a file of its own' };
  }
  if (fault.code === 'DUPLICATE_KEY') {
    return { offset, message: 'this key stands here for the second time', fix: 'keep one of them' };
  }
  return { offset, message: fault.message, fix: 'mend the YAML here' };
}

function unresolvedAliases(document: Document): Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      faults.push({
        offset: alias.range?.[0] ?? 0,
        message: `there is no anchor &${alias.source} before this alias`,
        fix: `write the value itself, or quote the text: "*${alias.source}"`,
      });
    },
  });
  return faults;
}

/** One diagnostic a place: what follows at the same place follows from the first. */
function atOffsets(faults: readonly Fault[], file: string, lines: LineCounter): Diagnostic[] {
  const byOffset = new Map<number, Fault>();
  for (const fault of faults) if (!byOffset.has(fault.offset)) byOffset.set(fault.offset, fault);
  return [...byOffset.values()].map(({ offset, message, fix }) => {
    const { line, col } = lines.linePos(offset);
    return { severity: 'error', code: 'yaml', file, line, column: col, path: '', message, fix };
  });
}

function locate(document: Document, lines: LineCounter, path: Path): { line: number; column: number } {
  for (let length = path.length; length >= 0; length--) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset === null) continue;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }
  return { line: 1, column: 1 };
}

function offsetOf(document: Document, path: Path): number | null {
  const last = path.at(-1);
  if (last === undefined) return 0;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isNode(item.key) && String(item.key) === String(last),
    );
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? null;
    return null;
  }
  const node = document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
