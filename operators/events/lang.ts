/** In which language a text is, by its script and a few words: enough to choose a model, and cheap enough for every event. */
export type Lang = 'zh' | 'en' | 'mixed' | 'other';

/** More of a long text says nothing new. */
const MAX_LOOK = 2000;

/** `mixed` is Chinese and English in one text, each a good part of it; `other` is all the rest, texts without letters included. */
export function detectLang(text: string): Lang {
  const length = Math.min(text.length, MAX_LOOK);
  let han = 0;
  let latinWords = 0;
  let accented = 0;
  let foreign = 0;
  let inWord = false;
  for (let i = 0; i < length; i += 1) {
    const unit = text.charCodeAt(i);
    const letter = unit | 0x20;
    if (letter >= 0x61 && letter <= 0x7a) {
      if (!inWord) latinWords += 1;
      inWord = true;
      continue;
    }
    if (unit >= 0x00c0 && unit <= 0x024f && unit !== 0xd7 && unit !== 0xf7) {
      accented += 1;
      if (!inWord) latinWords += 1;
      inWord = true;
      continue;
    }
    if (unit !== 0x27 && unit !== 0x2019) inWord = false;
    if ((unit >= 0x4e00 && unit <= 0x9fff) || (unit >= 0x3400 && unit <= 0x4dbf)) han += 1;
    else if (isForeign(unit)) foreign += 1;
  }
  // A kana or two among Han is Japanese; Chinese borrows の for looks.
  if (foreign * 5 > han + latinWords * 2 || (foreign > 2 && foreign * 10 > han)) return 'other';
  if (han === 0) return latinWords === 0 ? 'other' : isEnglish(text, latinWords, accented) ? 'en' : 'other';
  const latinShare = (latinWords * 2) / (latinWords * 2 + han);
  return latinShare < 0.4 ? 'zh' : latinShare > 0.85 ? 'en' : 'mixed';
}

/** Letters of other scripts: Greek, Cyrillic, Armenian … Thai …, kana, Hangul. */
function isForeign(unit: number): boolean {
  return (
    (unit >= 0x0370 && unit <= 0x1fff && unit !== 0x1ab) ||
    (unit >= 0x3041 && unit <= 0x30fa) ||
    (unit >= 0x3131 && unit <= 0x318e) ||
    (unit >= 0xac00 && unit <= 0xd7a3)
  );
}

const ENGLISH =
  /\b(?:the|and|is|was|to|of|my|i|you|it|for|not|in|on|this|that|are|have|with|very|good|bad|no|a|what|how|can|why|your|thanks|thank|please|never|great|card|money|order|service|love|hate|worst|best)\b/gi;
const NOT_ENGLISH =
  /\b(?:el|la|los|las|una|muy|pero|que|es|por|est|les|des|une|pas|tr[eè]s|avec|pour|der|die|das|und|nicht|ist|ich|sehr|il|che|non|molto|di|het|een|niet|zijn|não|muito|uma|com)\b/gi;

function isEnglish(text: string, words: number, accented: number): boolean {
  const start = text.length > MAX_LOOK ? text.slice(0, MAX_LOOK) : text;
  const english = start.match(ENGLISH)?.length ?? 0;
  const other = start.match(NOT_ENGLISH)?.length ?? 0;
  return other <= english && (accented <= 1 || accented * 4 < words) && (english > 0 || words < 8);
}
