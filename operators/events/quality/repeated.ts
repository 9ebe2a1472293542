/** One short piece over and over, where it is nothing that people say so. */

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
