/** In which encoding a text is, judged by its beginning: a mark, zeros between its bytes, else UTF-8 where it is that, else Chinese. */
import { isUtf8, type Buffer } from 'node:buffer';

/** This much is looked at: where it is plain ASCII, what follows may be anything, and is taken for UTF-8. */
export const LOOKED_AT_BYTES = 4 * 1024 * 1024;
const SAMPLE_BYTES = 4096;

/** As TextDecoder names it. `head`: the beginning; `isWhole`: and the end. */
export function encodingOf(head: Buffer, isWhole: boolean): string {
  if (head.length >= 2 && head.readUInt16BE(0) === 0xfffe) return 'utf-16le';
  if (head.length >= 2 && head.readUInt16BE(0) === 0xfeff) return 'utf-16be';
  const sample = head.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 1].map((odd) => sample.filter((byte, i) => byte === 0 && i % 2 === odd).length);
  const [even = 0, odd = 0] = zeros; // both are counted
  if ((even + odd) * 3 > sample.length) return odd > even ? 'utf-16le' : 'utf-16be';
  return isUtf8(isWhole ? head : wholeCharacters(head)) ? 'utf-8' : 'gb18030';
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
