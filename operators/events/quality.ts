/** What cleaning has to say about an event. Flags only: nothing is dropped, so that what they do to a KPI stays a choice. */
import type { Json, JsonObject } from '../../engine/core/types.ts';

/** Below this a transcript is not to be trusted word by word. */
const LOW_CONFIDENCE = 0.6;
/** So many equal answers in a row are no opinion. */
const STRAIGHT_LINE = 5;

/**
 * `{}` where there is nothing to say. `empty`: no words and no emoji · `garbled`: broken encoding or keyboard noise ·
 * `repeated`: one short piece over and over · `straight_lined`: a survey's list of answers all the same ·
 * `low_confidence`: speech recognition was not sure.
 * @param text the customer's words, null where the event has none
 */
export function qualityOf(data: JsonObject, text: string | null): Record<string, Json> {
  const flags: Record<string, Json> = {};
  const written = text ?? data['text'];
  if (typeof written === 'string') {
    if (isGarbled(written)) flags['garbled'] = true;
    else if (isEmpty(written)) flags['empty'] = true;
    else if (isRepeated(written)) flags['repeated'] = true;
  }
  const confidence = data['transcript_confidence'];
  if (typeof confidence === 'number' && confidence < LOW_CONFIDENCE) flags['low_confidence'] = true;
  if (isStraightLined(data['answers'])) flags['straight_lined'] = true;
  return flags;
}

/** Letters and digits of any script, and pictures. */
const SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

export function isEmpty(text: string): boolean {
  return !SOMETHING.test(text);
}

/** One look that most texts pass: nothing but ASCII, common Han and common punctuation, and no long word. */
const PLAIN = /^(?:[\t\n\r -~\u3000-\u3011\u4e00-\u9fff\uff01-\uff5e‘’“”…—·](?![A-Za-z]{8}))*$/;
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
const KEYBOARD = /asdfgh|sdfghj|qwerty|zxcvbn|hjkl;|dfghjk|fdsafd|jkljkl|asdasd|qweqwe/i;
const LONG_WORD = /[A-Za-z]{9,}/g;

export function isGarbled(text: string): boolean {
  const sample = text.length > 2000 ? text.slice(0, 2000) : text;
  if (GBK_MARKERS.test(sample) || isGbkMojibake(sample)) return true;
  if (PLAIN.test(sample)) return false;
  const lost = count(sample, /\ufffd/g);
  if (lost >= 3 || lost * 20 > sample.length) return true;
  if (count(sample, LATIN_MOJIBAKE) >= 2) return true;
  const control = count(sample, CONTROL);
  if (control >= 3 || control * 20 > sample.length) return true;
  return isKeyboardNoise(sample);
}

/** Long words without vowels, or along the rows of the keyboard, that make up a good part of the text. */
function isKeyboardNoise(text: string): boolean {
  let noise = 0;
  for (const [word] of text.matchAll(LONG_WORD)) {
    const vowels = count(word, /[aeiouy]/gi);
    if ((word.length > 9 && vowels / word.length < 0.16) || (KEYBOARD.test(word) && word.length < 40))
      noise += word.length;
  }
  return noise * 3 > text.length;
}

function isGbkMojibake(text: string): boolean {
  const found = text.match(GBK_MOJIBAKE);
  return found !== null && found.length >= text.length * GBK_SHARE && new Set(found).size > 1;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** A piece of up to eight characters, four times or more, from start to end. */
const REPEATED = /^([^]{1,8}?)\1{3,}[^]{0,7}$/;
/** Laughter and emphasis are something people say. */
const EXPRESSIVE = /^(?:[哈呵嘿嘻呜啊6!！?？.。~～…赞棒]|ha|he|lol|no|so|very|good|真的?|太|很|非常|好)+$/i;

export function isRepeated(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.length < 8) return false;
  const piece = REPEATED.exec(trimmed.length > 2000 ? trimmed.slice(0, 2000) : trimmed)?.[1];
  return piece !== undefined && !EXPRESSIVE.test(piece.trim()) && !/^\p{Extended_Pictographic}/u.test(piece);
}

/** `answers: [3,3,3,3,3]`, `[{score: 3}, …]` or `{q1: 3, q2: 3, …}` */
function isStraightLined(answers: Json | undefined): boolean {
  if (typeof answers !== 'object' || answers === null) return false;
  const list = Object.values(answers).map(scoreOf);
  return list.length >= STRAIGHT_LINE && list[0] !== undefined && list.every((score) => score === list[0]);
}

function scoreOf(answer: Json): number | undefined {
  if (typeof answer === 'number') return answer;
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined;
  const { score, value } = answer as JsonObject;
  return typeof score === 'number' ? score : typeof value === 'number' ? value : undefined;
}
