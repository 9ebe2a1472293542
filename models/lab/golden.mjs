/** Texts that try the tokeniser, and what it makes of them. `node models/lab/golden.mjs` writes models/text/golden.json again. */
import { writeFileSync } from 'node:fs';
import { FeatureExtractor, writeGrams, writePieces } from '../text/features.mjs';
import { BUCKET_BITS } from '../text/prepare.mjs';

/** @type {Record<string, string>} */
export const GOLDEN_TEXTS = {
  chinese: '等了两个小时还没送到，太慢了',
  english: "The crew was GREAT, but we don't fly again",
  mixed: '这个App老是crash，退款refund也不给',
  'full-width': 'ＡＢＣ１２３！？，。　服务很好',
  traditional: '服務態度非常差，再也不來了，餐廳環境髒亂',
  emoji: '太好吃了😋😋😋👍🏽 ❤️',
  tag: '又迟到了[怒][微笑] [this is no tag] []',
  link: '看这里 https://example.com/a?b=1，真的 http://t.co/x www.example.com 差',
  mention: '@united @某某 you lost my bag again @_x',
  'zero-width': '服\u200b务\u200d很\ufeff好\u00ad',
  'lone surrogates': 'a\ud83d好\ude00b\ud83d',
  repeated: '太太太太慢了！！！！！ soooooo bad...... 哈哈哈哈',
  numbers: '2个 25% 199.99元 12:30 1,000 2026',
  entities: 'R&amp;B &lt;3 &quot;hi&quot; &amp &#39;',
  control: 'a\u0000b\tc\u0085d\u2028e',
  accents: 'Café ÀÉÎ naïve straße',
  empty: '',
  blank: ' \u3000\n',
  'emoji joined': '一家👨‍👩‍👧‍👦都说好👩🏿‍⚕️ 🏳️‍🌈 #️⃣1️⃣',
  'emoji flags': '🇨🇳🇬🇧🇨 差🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  'emoji tones': '👍👍🏻👍🏼👍🏽👍🏾👍🏿 ☝🏽✌️✌',
  'tags apart': '[怒][怒 ] [ 怒][哈哈哈哈哈哈][doge][NO][[怒]] ［怒］【怒】[怒',
  'links apart': '差http://a.cn/x，好HTTPS://B.CN/Y?q=一 http:t.cn/z www.差.cn http://',
  'mentions apart': 'a@b.com @ @一二三：@A_b-c ＠ｆｕｌｌ @',
  'zero-width all': '差\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u034f\u061c\u180e\ufe0f评 a\u200bb',
  'surrogates apart': '\udc00\ud800 \ude00\ud83d 𠮷野家\ud842',
  'traditional apart': '裏面後面乾淨,發票頭髮,麵條麪包,臺灣台灣,著作看着,甚麼什麽,佢哋嘅',
  'full-width apart': '￥１９９．９０　～（ｖｉｐ）［ＯＫ］＆ａｍｐ；｢」｡ﾊ',
  'long Chinese': '服务很差再也不来'.repeat(1_250),
  'long cut in a pair': `${'好'.repeat(1_535)}😀${'差'.repeat(3_000)}😀${'坏'.repeat(511)}`,
  'long link': `http://${'a'.repeat(9_993)}`,
  'one mark': '\u200b',
  long: '这家酒店的服务很好，下次还来。The room was clean. '.repeat(250).slice(0, 10_000),
};

/** @param {string} text */
export function vectorOf(text) {
  const { tokens, tokenCount, pieces, pieceCount } = new FeatureExtractor().read(text);
  const grams = new Int32Array(3 * tokenCount);
  const found = new Int32Array(pieceCount);
  const gramCount = writeGrams(tokens, tokenCount, BUCKET_BITS, grams, 0);
  writePieces(pieces, pieceCount, BUCKET_BITS, found, 0);
  return {
    tokens: [...tokens.subarray(0, tokenCount)],
    grams: [...grams.subarray(0, gramCount)],
    pieces: [...found],
  };
}

if (process.argv[1] === import.meta.filename) {
  const golden = Object.fromEntries(
    Object.entries(GOLDEN_TEXTS).map(([name, text]) => [name, shortened(vectorOf(text))]),
  );
  writeFileSync(new URL('../text/golden.json', import.meta.url), `${JSON.stringify(golden)}\n`);
}

/**
 * Long vectors as their length and a digest of all values.
 * @param {Record<string, number[]>} vector
 */
export function shortened(vector) {
  return Object.fromEntries(
    Object.entries(vector).map(([name, values]) => [
      name,
      values.length <= 120
        ? values
        : {
            length: values.length,
            digest: values.reduce((hash, value) => Math.imul(hash ^ value, 0x01000193), 0x811c9dc5 | 0),
          },
    ]),
  );
}
