/**
 * What a file is that holds no events as they are read here, one JSON object a line in UTF-8: a sentence that says so, and how
 * to give it instead. Judged by its beginning, before anything of it is taken for an event.
 */
import { Buffer, isUtf8 } from 'node:buffer';

/** This much of the beginning is looked at, and so many lines: that none of them is an event is no accident. */
export const HEAD_BYTES = 64 * 1024;
const HEAD_LINES = 20;

/** `good`: go on; `more`: too little was seen; else what is wrong. */
export type HeadVerdict = 'good' | 'more' | { readonly fault: string };

const magic = (text: string): Buffer => Buffer.from(text, 'latin1');
const BINARY: readonly (readonly [beginning: Buffer, what: string])[] = [
  [magic('\x1f\x8b'), 'it is compressed with gzip: give it unpacked, e.g. gunzip -c FILE | earshot … -'],
  [magic('BZh'), 'it is compressed with bzip2: give it unpacked, e.g. bunzip2 -c FILE | earshot … -'],
  [magic('\xfd7zXZ\0'), 'it is compressed with xz: give it unpacked, e.g. xz -dc FILE | earshot … -'],
  [magic('\x28\xb5\x2f\xfd'), 'it is compressed with zstd: give it unpacked, e.g. zstd -dc FILE | earshot … -'],
  [
    magic('PK\x03\x04'),
    'it is a zip archive (or a spreadsheet, .xlsx): give the file in it, e.g. unzip -p FILE NAME | earshot … -',
  ],
  [magic('PAR1'), 'it is Parquet: export it as one JSON object a line'],
  [magic('Obj\x01'), 'it is Avro: export it as one JSON object a line'],
  [magic('SQLite format 3\0'), 'it is a SQLite database: export it as one JSON object a line'],
];

export function judgeHead(head: Buffer, isWhole: boolean): HeadVerdict {
  const binary = BINARY.find(([beginning]) => head.subarray(0, beginning.length).equals(beginning));
  if (binary !== undefined) return { fault: binary[1] };
  const wide = wideText(head);
  if (wide !== null) return { fault: wide };
  const isEnough = isWhole || head.length >= HEAD_BYTES;
  const lines = linesIn(head, isWhole).filter((line) => line.toString('latin1').trim() !== '');
  const document = lines[0] === undefined ? null : openedDocument(lines[0]);
  if (document !== null) return { fault: document };
  if (lines.some(isEventLike)) return 'good';
  // One line longer than the head may well be an event.
  if (lines.length === 0 && !isWhole) return isEnough ? 'good' : 'more';
  if (!isEnough && lines.length < HEAD_LINES) return 'more';
  if (lines.length === 0) return { fault: 'it is empty: there is no line in it' };
  return { fault: kindOfText(Buffer.concat(lines.flatMap((line) => [line, NEWLINE]))) };
}

const NEWLINE = Buffer.from('\n');

function linesIn(head: Buffer, isWhole: boolean): readonly Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let end = head.indexOf(0x0a); end >= 0; end = head.indexOf(0x0a, from)) {
    lines.push(head.subarray(from, end));
    from = end + 1;
  }
  if (isWhole && from < head.length) lines.push(head.subarray(from));
  return lines;
}

/** An object, or a batch of them. */
function isEventLike(line: Buffer): boolean {
  if (!isUtf8(line)) return false;
  try {
    const value: unknown = JSON.parse(line.toString('utf8').replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  } catch {
    return false;
  }
}

/** UTF-16 and UTF-32 have a mark, or every other byte of what is ASCII is zero. */
function wideText(head: Buffer): string | null {
  const hasMark = head.length >= 2 && (head.readUInt16BE(0) === 0xfeff || head.readUInt16BE(0) === 0xfffe);
  const sample = head.subarray(0, 1024);
  const zeros = sample.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  if (hasMark || zeros * 3 > sample.length)
    return 'it is UTF-16: give it as UTF-8, e.g. iconv -f UTF-16 -t UTF-8 FILE | earshot … -';
  return zeros > 0 ? 'it is no text: expected one JSON object a line' : null;
}

function kindOfText(text: Buffer): string {
  if (!isUtf8(text))
    return 'it is not UTF-8 (GBK or GB 18030?): give it as UTF-8, e.g. iconv -f GB18030 -t UTF-8 FILE | earshot … -';
  const written = text
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (/^</.test(written)) return 'it is XML or HTML: expected one JSON object a line';
  return isTable(written) ? 'it is a table (CSV): expected one JSON object a line, an event each' : NO_OBJECT;
}

const NO_OBJECT = 'none of its first lines is a JSON object: expected one event a line';

/** A first line that only opens what other lines go on with; null: it does not. */
function openedDocument(line: Buffer): string | null {
  const first = line
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trim();
  if (first === '{') return 'it is JSON over several lines: expected one event a line, e.g. jq -c . FILE | earshot … -';
  return /^\[\s*(\{|$)/.test(first) && !isEventLike(line)
    ? "it is one JSON list over several lines: expected one event a line, e.g. jq -c '.[]' FILE | earshot … -"
    : null;
}

/** The same number of separators, at least one, in its first lines; quoted ones do not count. */
function isTable(text: string): boolean {
  const rows = text.split('\n').slice(0, 5);
  return [',', '\t', ';', '|'].some((separator) => {
    const counts = rows
      .filter((row) => row.trim() !== '')
      .map((row) => row.replace(/"[^"]*"/g, '').split(separator).length - 1);
    return counts.every((count) => count > 0 && count === counts[0]);
  });
}
