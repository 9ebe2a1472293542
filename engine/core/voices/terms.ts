/**
 * The words and phrases of two words that a masked text speaks of, each once: Chinese as the dictionary of `Intl.Segmenter` parts it,
 * other languages by their spaces. Never what stands beside a mask, and no numbers but those of versions.
 */
import { STOP_WORDS } from './stop-words.ts';

/** Of a text no more are looked at: voices are cut at 300 characters. */
const MOST_CHARACTERS = 300;
const MOST_LETTERS = 40;
/** What a mask leaves, with all that it touches; addresses and names of accounts, masked or not. */
const MASKED =
  /[^\s,.;:!?，。；：！？、（）()“”"]*[*＊•█_@#][^\s,.;:!?，。；：！？、（）()“”"]*|\[[^\]]*\]|<[^>]*>|https?:\S+/gu;
/** `8.4.0`: the one kind of number that is a topic. Never as long as an address or an amount of money. */
const VERSION = /^\d{1,2}(\.\d{1,2}){2}$/;
const WORD = /^[\p{L}\p{M}'’-]+$/u;
const IDEOGRAPH = /^\p{Script=Han}+$/u;
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

export function termsOf(text: string): ReadonlySet<string> {
  const terms = new Set<string>();
  let last: string | null = null;
  for (const { segment, isWordLike } of segmenter.segment(plain(text))) {
    if (isWordLike !== true) {
      if (segment.trim() !== '') last = null; // a phrase goes over no sign
      continue;
    }
    const word = isTopic(segment) ? segment : null;
    if (word !== null && isLong(word)) terms.add(word);
    if (word !== null && last !== null) terms.add(joined(last, word));
    last = word;
  }
  return terms;
}

/** A text without what is masked, in small letters. */
function plain(text: string): string {
  return text.slice(0, MOST_CHARACTERS).toLowerCase().replaceAll(MASKED, ' | ');
}
function isTopic(word: string): boolean {
  return word.length <= MOST_LETTERS && !STOP_WORDS.has(word) && (WORD.test(word) || VERSION.test(word));
}
/** One sign is too little to stand by itself. */
function isLong(word: string): boolean {
  return word.length >= (IDEOGRAPH.test(word) ? 2 : 3);
}
function joined(one: string, next: string): string {
  return IDEOGRAPH.test(one) && IDEOGRAPH.test(next) ? one + next : `${one} ${next}`;
}
