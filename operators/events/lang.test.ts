import { describe, expect, it } from 'vitest';
import { detectLang } from './lang.ts';

describe('detectLang', () => {
  it.each([
    ['等了两个小时还没送到，太慢了', 'zh'],
    ['这个app太难用了', 'zh'],
    ['iPhone 15 Pro 电池不行，续航差', 'zh'],
    ['鍋貼很好吃', 'zh'],
    ['The delivery was late', 'en'],
    ['ok', 'en'],
    ['Great!', 'en'],
    ['my café order is wrong', 'en'],
    ['I bought 饺子 and the food was cold and awful', 'en'],
    ['delivery 太慢了 never again', 'mixed'],
    ['客服 very rude, 再也不买了 bye', 'mixed'],
    ['とても美味しかったです', 'other'],
    ['価格が高いです', 'other'],
    ['배송이 너무 늦어요', 'other'],
    ['Очень плохо', 'other'],
    ['La comida es muy mala pero el servicio', 'other'],
    ['Das Essen ist sehr schlecht und nicht warm', 'other'],
    ['12345', 'other'],
    ['', 'other'],
    ['😡😡', 'other'],
    // Chinese with brands, units, acronyms and single words.
    ['iPhone 15 Pro Max很好用', 'zh'],
    ['用Apple Pay在Starbucks付款失败', 'zh'],
    ['Nike Air Max 270 鞋码偏小', 'zh'],
    ['这个App老是crash', 'zh'],
    ['WiFi太慢', 'zh'],
    ['交行50k', 'zh'],
    ['太TM慢了', 'zh'],
    ['ok的', 'zh'],
    // English with a few Chinese characters; and both.
    ['The 饺子 was cold and the staff were rude', 'en'],
    ['I ordered 宫保鸡丁 and it never came, please refund', 'en'],
    ['请帮我cancel我的order, thanks', 'mixed'],
    ['服务很差，I want a refund now please', 'mixed'],
    ['good 好', 'mixed'],
    // Traditional, Cantonese, rare characters, and の for looks.
    ['服務態度非常差', 'zh'],
    ['佢哋嘅服務好差', 'zh'],
    ['𠮷野家', 'zh'],
    ['𠮷𠮷', 'zh'],
    ['服务の好', 'zh'],
    ['超おいしい', 'other'],
    ['カメラ最高', 'other'],
    ['料理は美味しいけど高い', 'other'],
    ['정말 좋아요 good', 'other'],
    // Links, mentions, tags, entities and faces say nothing.
    ['看 https://www.example.com/the-best-of-what-you-want', 'zh'],
    ['蒙牛 http:t.cn/zjzDiup', 'zh'],
    ['https://example.com/the/order/of/my', 'other'],
    ['@united @AmericanAir @SouthwestAir 太差', 'zh'],
    ['someone@example.com', 'other'],
    ['R&amp;B 音乐', 'zh'],
    ['[angry]太慢了', 'zh'],
    ['[怒]太慢了', 'zh'],
    ['[怒] so slow, I want my money back', 'en'],
    ['差评(*｀Ω*)v', 'zh'],
    ['大五星评论(๑•ั็ω•็ั๑)哟！', 'zh'],
    ['送错了(ㅎ‸ㅎ)', 'zh'],
    // Pinyin is no English, nor what only borrows its letters.
    ['fuwu hen cha, zai ye bu lai le', 'other'],
    ['tai man le', 'other'],
    ['très bon service, merci', 'other'],
    ['muy mal servicio', 'other'],
    ['terima kasih, pelayanan bagus', 'other'],
    ['dịch vụ rất tệ', 'other'],
    ['خدمة سيئة', 'other'],
    ['ดีมาก', 'other'],
    ['बहुत अच्छा', 'other'],
    // English without the most common words, with accents, full-width.
    ['the naïve café was closed', 'en'],
    ['refund pls', 'en'],
    ['u r late', 'en'],
    ['witty dialog between realistic characters showing honest emotions', 'en'],
    ['ＶＥＲＹ　ＧＯＯＤ　ｓｅｒｖｉｃｅ', 'en'],
    // Romanised Hindi, Malay, Spanish without accents, Tagalog, Swahili, Turkish: the letters are English, the words are not.
    ['ye phone bahut accha hai', 'other'],
    ['main isse khush hoon', 'other'],
    ['bilkul bakwas product paisa barbad', 'other'],
    ['mast hai bhai', 'other'],
    ['kya baat hai zabardast', 'other'],
    ['bahut badhiya app', 'other'],
    ['muy bueno me encanta', 'other'],
    ['excelente producto gracias', 'other'],
    ['tres bon produit je recommande', 'other'],
    ['le service est tres bon', 'other'],
    ['je suis tres content', 'other'],
    ['sehr gutes produkt gerne wieder', 'other'],
    ['Super App, sehr zufrieden', 'other'],
    ['ottimo prodotto lo consiglio', 'other'],
    ['produto muito bom recomendo', 'other'],
    ['sou muito feliz com o app', 'other'],
    ['bagus sekali aplikasinya', 'other'],
    ['sangat membantu terima kasih', 'other'],
    ['cok guzel bir urun', 'other'],
    ['bardzo dobry produkt polecam', 'other'],
    ['heel fijn, snel geleverd', 'other'],
    ['napakaganda ng app na ito', 'other'],
    ['mycket bra produkt', 'other'],
    ['nzuri sana', 'other'],
    ['velmi dobra aplikace doporucuji', 'other'],
    // Brands alone are of no language.
    ['xiaomi redmi note', 'other'],
    ['Haidilao Hotpot Chengdu', 'other'],
    // English that is short, drawn out, misspelt, or full of names.
    ['goooood', 'en'],
    ['sooo slowww', 'en'],
    ['my order didnt arive yet', 'en'],
    ['Jio 4G is slow in Mumbai', 'en'],
    ['Delivery guy called Rahul Sharma was rude', 'en'],
    ['card declined', 'en'],
    ['app crashes', 'en'],
    ['flight delayed', 'en'],
    // No letters; hidden marks and lone surrogates.
    ['👍🏽👨‍👩‍👧🇨🇳', 'other'],
    ['4.5/5', 'other'],
    ['？？？', 'other'],
    [' \u200b\u3000', 'other'],
    ['服\u200b务\ufeff好', 'zh'],
    ['\ud83d好\ude00', 'zh'],
    [`${'好'.repeat(10_000)} the end`, 'zh'],
  ])('%s: %s', (text, lang) => {
    expect(detectLang(text)).toBe(lang);
  });

  it('stays quick on long and odd texts', () => {
    const began = process.cpuUsage();
    for (const piece of ['a', 'ab ', 'xiang', '@', '[a', '&am', 'http:', 'ω', 'の', '好', 'a.b@'])
      detectLang(piece.repeat(20_000));
    // Each three letters can be cut into syllables in three ways, and then the last fits none.
    detectLang(`ni ${'iao'.repeat(600)}x`);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(500);
  });
});
