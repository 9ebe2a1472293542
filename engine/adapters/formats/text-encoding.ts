/**
 * In which encoding a text is, judged by its beginning: a mark, zeros between its bytes, else UTF-8 where it is that, else by how its
 * bytes above ASCII pair: Chinese (GB18030, Big5) or Western (windows-1252). A guess: commands say what they took it for.
 */
import { isUtf8, type Buffer } from 'node:buffer';
import { at } from '../../core/must.ts';

/** This much is looked at: where it is plain ASCII, what follows may be anything, and is taken for UTF-8. */
export const LOOKED_AT_BYTES = 4 * 1024 * 1024;
const SAMPLE_BYTES = 4096;
const MOSTLY_GBK = 0.8;
const HARDLY_ANY = 0.35;

/** As TextDecoder names it. `head`: the beginning; `isWhole`: and the end. */
export function encodingOf(head: Buffer, isWhole: boolean): string {
  if (head.length >= 2 && head.readUInt16BE(0) === 0xfffe) return 'utf-16le';
  if (head.length >= 2 && head.readUInt16BE(0) === 0xfeff) return 'utf-16be';
  const sample = head.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 1].map((odd) => sample.filter((byte, i) => byte === 0 && i % 2 === odd).length);
  const [even = 0, odd = 0] = zeros; // both are counted
  if ((even + odd) * 3 > sample.length) return odd > even ? 'utf-16le' : 'utf-16be';
  if (isUtf8(isWhole ? head : wholeCharacters(head))) return 'utf-8';
  // A download that broke off within a character stays UTF-8, and is refused as such.
  const most = wholeCharacters(head);
  if (isUtf8(most) && most.some((byte) => byte >= 0x80)) return 'utf-8';
  return eastOrWest(head);
}

/**
 * In GBK nearly all of what people write has both bytes from 0xA1 on; in Big5 more than a third of the second bytes are letters; in
 * Western texts most bytes above ASCII stand alone between letters.
 */
function eastOrWest(bytes: Buffer): string {
  let [pairs, high, letters] = [0, 0, 0];
  for (let i = 0; i < bytes.length; i++) {
    if (at(bytes, i) < 0x80) continue;
    pairs += 1;
    const second = bytes[i + 1] ?? 0; // past the end: as if it stood alone
    if (second >= 0xa1) high += 1;
    else if (second >= 0x40 && second <= 0x7e) letters += 1;
    i += 1;
  }
  if (high >= pairs * MOSTLY_GBK) return 'gb18030';
  return high >= pairs * HARDLY_ANY && high + letters >= pairs * MOSTLY_GBK ? 'big5' : 'windows-1252';
}

/** Without a last character that may be cut. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let cut = 1; cut <= 4 && cut <= bytes.length; cut++) {
    const byte = bytes[bytes.length - cut];
    if (byte === undefined || byte < 0x80) return bytes.subarray(0, bytes.length - cut + 1);
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - cut);
  }
  return bytes;
}
