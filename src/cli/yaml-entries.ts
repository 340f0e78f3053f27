/** Reads the entries of a YAML file, with the line number of each part. */

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml';

/** A problem and its line number, starting at 1. */
export interface LineProblem {
  readonly line: number;
  readonly problem: string;
}

export interface Entry {
  readonly value: unknown;
  /** The line of this part of the entry, or of the nearest enclosing part that exists. */
  lineOf(path: readonly PropertyKey[]): number;
}

export interface Entries {
  readonly entries: readonly Entry[];
  readonly problems: readonly LineProblem[];
}

/** How many copies aliases may make: without a limit, a small file could expand to a very large one. */
const ALIASES_MAX = 100;

/** Each YAML document in the text is a list of entries, or a single entry. */
export function readEntries(text: string): Entries {
  const counter = new LineCounter();
  const lineAt = (offset = 0) => counter.linePos(offset).line || 1;
  const found = parseAllDocuments(text, {
    version: '1.2',
    stringKeys: true,
    prettyErrors: false,
    lineCounter: counter,
  });
  const documents = 'empty' in found ? [] : found;
  const problems = documents.flatMap(({ errors, warnings }) =>
    [...errors, ...warnings].map(({ pos, message }) => ({
      line: lineAt(pos[0]),
      problem: `not valid YAML: ${message}`,
    })),
  );
  if (problems.length > 0) return { entries: [], problems };
  const read = documents.map((document) => entriesOf(document, lineAt));
  return {
    entries: read.flatMap(({ entries }) => entries),
    problems: read.flatMap((one) => one.problems),
  };
}

type LineAt = (offset?: number) => number;

function entriesOf(document: Document.Parsed, lineAt: LineAt): Entries {
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return { entries: [], problems: [] };
  const nodes = isSeq(contents) ? contents.items : isMap(contents) ? [contents] : undefined;
  const line = lineAt(contents.range?.[0]);
  if (!nodes) return { entries: [], problems: [{ line, problem: NO_LIST }] };
  try {
    const entries = nodes.map((node) => entryOf(document, node, lineAt));
    return { entries, problems: [] };
  } catch (error) {
    // The YAML library throws this for an alias that is undefined or expands too far.
    if (!(error instanceof ReferenceError)) throw error;
    return { entries: [], problems: [{ line, problem: `not valid YAML: ${error.message}` }] };
  }
}

const NO_LIST = 'not a list of policies; use lines that begin with "- uri: …"';

function entryOf(document: Document.Parsed, item: unknown, lineAt: LineAt): Entry {
  const node = isNode(item) ? item : undefined;
  return {
    value: node?.toJS(document, { maxAliasCount: ALIASES_MAX }),
    lineOf: (path) => lineAt(nodeAt(document, node, path)?.range?.[0]),
  };
}

/** The deepest existing node on the path. For a field this is the node of its name, where a person looks for it. */
function nodeAt(
  document: Document.Parsed,
  start: Node | undefined,
  path: readonly PropertyKey[],
): Node | undefined {
  let found = start;
  let inside = start;
  for (const step of path) {
    const within = isAlias(inside) ? inside.resolve(document) : inside;
    const [name, value] = childOf(within, step);
    if (!isNode(name)) break;
    found = name;
    inside = isNode(value) ? value : undefined;
  }
  return found;
}

function childOf(node: Node | undefined, step: PropertyKey): readonly [unknown, unknown] {
  if (isSeq(node) && typeof step === 'number') return [node.items[step], node.items[step]];
  if (!isMap(node)) return [undefined, undefined];
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
  return [pair?.key, pair?.value];
}
