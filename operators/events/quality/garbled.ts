/** Text that an encoding broke on its way: UTF-8 read as something else, lost characters, control characters. One pass, nothing made. */

/** More of a long text says nothing new. */
const MAX_LOOK = 2000;

/** What a unit may be, as bits: one look each says what there is in a text. */
const STRANGE = 1;
const GBK = 2;
const MARKER = 4;
const LOST = 8;
const CONTROL = 16;
const LEAD = 32;
const TRAIL = 64;

/**
 * UTF-8 read as GBK: what the commonest Chinese characters turn into. Over 12,000 Chinese reviews none held an eighth of
 * these; read as GBK, 99 in 100 did.
 */
const GBK_MOJIBAKE =
  '锛涓紝殑鐨浜鏈杩澶銆鏄鎴笉槸屽浠鍙簡涔屾寰瀹嶅浣灏竴屼鍚搴鍒鏃濂湁鍏闂掑閰簵璇鍦閫傚佸緢堝傛垜鍔勬鐢兘棿紒勫鎵鍗岃娌埧繕璁宸缁湇厭鍛鐐';
const GBK_SHARE = 0.12;
const GBK_MARKERS = /锟斤拷|烫烫烫|屯屯屯/;
/** Nothing but ASCII, common Han and common punctuation. */
const PLAIN = /[\t\n\r -~\u3000-\u3011\u4e00-\u9fff\uff01-\uff5e‘’“”…—·]/;
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ue000-\uf8ff]/;
/** UTF-8 read as Latin-1 or Windows-1252: a lead byte, then continuation bytes. */
const LEADS = /[\u00c2-\u00f4]/;
const TRAILS = /[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/;

const UNITS = Uint8Array.from({ length: 0x10000 }, (_, unit) => (unit >= 0x4e00 && unit <= 0x9fff ? 0 : bitsOf(unit)));
for (const character of GBK_MOJIBAKE) mark(character, GBK);
for (const character of '锟烫屯') mark(character, MARKER);

function bitsOf(unit: number): number {
  const character = String.fromCharCode(unit);
  return (
    (PLAIN.test(character) ? 0 : STRANGE) |
    (unit === 0xfffd ? LOST : 0) |
    (CONTROLS.test(character) ? CONTROL : 0) |
    (LEADS.test(character) ? LEAD : 0) |
    (TRAILS.test(character) ? TRAIL : 0)
  );
}
function mark(character: string, bit: number): void {
  const unit = character.charCodeAt(0);
  UNITS[unit] = (UNITS[unit] as number) | bit;
}

export function isGarbled(text: string): boolean {
  const length = Math.min(text.length, MAX_LOOK);
  let seen = 0;
  let gbk = 0;
  let firstGbk = 0;
  let gbkKinds = 0;
  let lost = 0;
  let control = 0;
  let pairs = 0;
  let before = 0;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    const bits = UNITS[unit] as number;
    if (bits !== 0) {
      seen |= bits;
      if ((bits & GBK) !== 0) {
        gbk += 1;
        if (gbkKinds === 0) firstGbk = unit;
        if (gbkKinds === 0 || (gbkKinds === 1 && unit !== firstGbk)) gbkKinds += 1;
      }
      if ((bits & LOST) !== 0) lost += 1;
      if ((bits & CONTROL) !== 0) control += 1;
      if ((bits & TRAIL) !== 0 && (before & LEAD) !== 0) pairs += 1;
    }
    before = bits;
  }
  if ((seen & MARKER) !== 0 && GBK_MARKERS.test(text.slice(0, MAX_LOOK))) return true;
  if (gbk >= length * GBK_SHARE && gbkKinds > 1) return true;
  if ((seen & STRANGE) === 0) return false;
  return lost >= 3 || lost * 20 > length || pairs >= 2 || control >= 3 || control * 20 > length;
}
