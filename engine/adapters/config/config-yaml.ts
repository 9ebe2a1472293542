/** Faults of YAML itself in plain sentences, and where in the text a path of the document lies. */
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Document,
  type LineCounter,
  type Node,
  type YAMLError,
} from 'yaml';
import type { ConfigFault, Path } from './config-fault.ts';

/** `kpis[2].window.slide` */
export function pathText(at: Path): string {
  let text = '';
  for (const step of at) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

/** The parser's own messages quote the text, which may hold a secret: only these sentences leave. */
export const SENTENCES: Readonly<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias (*name) can have no tag or anchor of its own',
  BAD_ALIAS:
    'an alias (*name) stands here, but no anchor of that name before it; put quotes around a text that begins with *',
  BAD_DIRECTIVE: 'a line that begins with % is a directive of YAML, and this one is unknown',
  BAD_DQ_ESCAPE: 'an unknown escape in a text in double quotes: write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'the indentation does not fit the lines above',
  BAD_PROP_ORDER: 'an anchor or tag must stand before its value',
  BAD_SCALAR_START: 'a text that begins with this character needs quotes around it',
  BLOCK_AS_IMPLICIT_KEY: 'a map begins within a value: put quotes around a text that holds ": ", or begin a new line',
  BLOCK_IN_FLOW: 'an indented list or map cannot stand inside [ ] or { }',
  DUPLICATE_KEY: 'this key stands in the same map twice: keep one of them',
  IMPOSSIBLE: 'this is not YAML',
  KEY_OVER_1024_CHARS: 'a key may have 1,024 characters at most; perhaps a quote is not closed',
  MISSING_CHAR: 'something is missing here: a closing quote or bracket, a comma between items, or the ":" after a key',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line; perhaps the ":" after it is missing',
  MULTIPLE_ANCHORS: 'a value can have one anchor only',
  MULTIPLE_DOCS: 'the file holds a second document (---): a configuration is one',
  MULTIPLE_TAGS: 'a value can have one tag only',
  NON_STRING_KEY: 'a key must be a text',
  RESOURCE_EXHAUSTION: 'the file is nested too deeply',
  TAB_AS_INDENT: 'a tab stands where YAML wants spaces: indent with spaces',
  TAG_RESOLVE_FAILED: 'this value does not fit its tag',
  UNEXPECTED_TOKEN:
    'this does not belong here: put quotes around a text (an expression) that holds [ ] { } , or quotes of its own; else look at indentation and brackets',
  BAD_COLLECTION_TYPE: 'this list or map does not fit its tag',
};

export interface SyntaxFaults {
  readonly faults: readonly ConfigFault[];
  /** Nothing more can be said of the file until they are mended. */
  readonly fatal: boolean;
}

export function syntaxFaults(document: Document.Parsed, lines: LineCounter): SyntaxFaults {
  const seen = new Set<number>();
  const faults: ConfigFault[] = [];
  let isAstray = false;
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    // One slip makes the parser stumble several times over the same line, and over all that follows what does not belong.
    if (seen.has(line) || (isAstray && error.code === 'UNEXPECTED_TOKEN')) continue;
    seen.add(line);
    isAstray = error.code === 'UNEXPECTED_TOKEN';
    faults.push({ path: '', line, column: col, message: SENTENCES[error.code] });
  }
  return { faults, fatal: document.errors.some((error) => error.code !== 'DUPLICATE_KEY') };
}

/** Offset of what a reader should look at: a plain value itself, the key before a map or list, else what is nearest. */
export function positionOf(document: Document.Parsed, at: Path, isKey: boolean): number {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0; // the beginning of the file
  for (const [i, step] of at.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === step);
      if (pair === undefined) return offset;
      node = pair.value;
      const isPlain = isScalar(node) && node.value !== null && !(isKey && i === at.length - 1);
      offset = (isPlain ? offsetOf(node) : offsetOf(pair.key)) ?? offset;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = offsetOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
