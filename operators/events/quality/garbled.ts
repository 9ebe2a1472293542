/** Text that an encoding broke on its way: UTF-8 read as something else, lost characters, control characters. */

/** One look that most texts pass: nothing but ASCII, common Han and common punctuation. */
const PLAIN = /^[\t\n\r -~\u3000-\u3011\u4e00-\u9fff\uff01-\uff5e‘’“”…—·]*$/;
/**
 * UTF-8 read as GBK: what the commonest Chinese characters turn into. Over 12,000 Chinese reviews none held an eighth of
 * these; read as GBK, 99 in 100 did.
 */
const GBK_MOJIBAKE =
  /[锛涓紝殑鐨浜鏈杩澶銆鏄鎴笉槸屽浠鍙簡涔屾寰瀹嶅浣灏竴屼鍚搴鍒鏃濂湁鍏闂掑閰簵璇鍦閫傚佸緢堝傛垜鍔勬鐢兘棿紒勫鎵鍗岃娌埧繕璁宸缁湇厭鍛鐐]/g;
const GBK_SHARE = 0.12;
const GBK_MARKERS = /锟斤拷|烫烫烫|屯屯屯/;
/** UTF-8 read as Latin-1 or Windows-1252: a lead byte, then continuation bytes. */
const LATIN_MOJIBAKE = /[\u00c2-\u00f4](?:[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ])/g;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ue000-\uf8ff]/g;

const MAX_LOOK = 2000;

export function isGarbled(text: string): boolean {
  const sample = text.length > MAX_LOOK ? text.slice(0, MAX_LOOK) : text;
  if (GBK_MARKERS.test(sample) || isGbkMojibake(sample)) return true;
  if (PLAIN.test(sample)) return false;
  const lost = count(sample, /\ufffd/g);
  if (lost >= 3 || lost * 20 > sample.length) return true;
  if (count(sample, LATIN_MOJIBAKE) >= 2) return true;
  const control = count(sample, CONTROL);
  return control >= 3 || control * 20 > sample.length;
}

function isGbkMojibake(text: string): boolean {
  const found = text.match(GBK_MOJIBAKE);
  return found !== null && found.length >= text.length * GBK_SHARE && new Set(found).size > 1;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0; // no match: none
}
