/**
 * Personal data in any text, Chinese or English, masked: `138****5678`, `z***@example.com`, `110***********1234`, `张*`.
 * Masking twice changes nothing more. Text without a digit, an @ or a telling word costs three quick looks.
 */
import { allAtOnce, type Steps } from '../../../engine/core/steps.ts';
import { maskNumbers, maskSpelled, MAYBE_NUMBER, SPELLED_HINT } from './mask-numbers.ts';
import { ANY_WORD, maskWords } from './mask-words.ts';
import { replaced, type MaskedText } from './replaced.ts';

export type { MaskedText };

export function maskText(text: string): MaskedText {
  if (text.length < SHORTEST || PLAIN_WORD.test(text)) return { text, count: 0 };
  let masked: MaskedText = { text, count: 0 };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { count } = masked;
    for (const { hint, mask } of KINDS) if (hint.test(masked.text)) masked = sum(masked, allAtOnce(mask(masked.text)));
    if (masked.count === count) break;
  }
  return masked;
}

/** The same. */
export function* maskInSteps(text: string): Steps<MaskedText> {
  let masked: MaskedText = { text, count: 0 };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { count } = masked;
    for (const { hint, mask } of KINDS) {
      if (hint.test(masked.text)) masked = sum(masked, yield* mask(masked.text));
      yield;
    }
    if (masked.count === count) break;
  }
  return masked;
}

function sum({ count }: MaskedText, next: MaskedText): MaskedText {
  return { text: next.text, count: count + next.count };
}

/** 我叫张三 */
const SHORTEST = 4;
/** What channels, regions and the like look like. */
const PLAIN_WORD = /^[a-z_]{1,32}$/;
/** Stars may lay bare what stood hidden between two personal things. Two rounds do, for all but texts made to need more. */
const MAX_ROUNDS = 7;

interface Kind {
  /** Cheap: is there anything for it in the text? */
  readonly hint: RegExp;
  readonly mask: (text: string) => Steps<MaskedText>;
}
const KINDS: readonly Kind[] = [
  { hint: /[@＠]/, mask: maskMails },
  { hint: /[0-9]\.[0-9]{1,3}\.[0-9]|[0-9a-f]:[0-9a-f]{0,4}:/i, mask: maskNetwork },
  { hint: MAYBE_NUMBER, mask: (text) => maskNumbers(text) },
  { hint: SPELLED_HINT, mask: maskSpelled },
  { hint: ANY_WORD, mask: maskWords },
];

const DOMAIN = /[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/y;

/** Of mail addresses. */
const LOOKS_A_STEP = 1000;

/** From each @ outwards: a search from the left would read long words again and again. */
function* maskMails(text: string): Steps<MaskedText> {
  let out = '';
  let looks = 0;
  let from = 0;
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x40 && unit !== 0xff20) continue;
    if (++looks % LOOKS_A_STEP === 0) yield;
    let start = at;
    while (start > from && at - start < 64 && isLocal(text.charCodeAt(start - 1))) start -= 1;
    DOMAIN.lastIndex = at + 1;
    if (start === at || !DOMAIN.test(text)) continue;
    out += `${text.slice(from, start + 1)}***@`;
    from = at + 1;
    at = DOMAIN.lastIndex - 1;
    count += 1;
  }
  return count === 0 ? { text, count } : { text: out + text.slice(from), count };
}

/** Letters, digits and . _ % + - */
function isLocal(unit: number): boolean {
  const letter = unit | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x2e ||
    unit === 0x5f ||
    unit === 0x25 ||
    unit === 0x2b ||
    unit === 0x2d
  );
}

const IP4 =
  /(?<![0-9.])((?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]))\.(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![0-9.]*[0-9])/g;
const VERSION = /(?:v|版本|version|ver\.?|build|app|ios|android|安卓|系统)\s{0,2}[:：]?\s{0,2}$/i;
/** Eight groups, fewer around one `::`, or a hardware address; times of day have at most three. */
const IP6 =
  /(?<![0-9A-Za-z:])([0-9a-f]{1,4})(?:(?::[0-9a-f]{1,4}){7}|(?::[0-9a-f]{1,4}){0,6}::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?|(?::[0-9a-f]{2}){5})(?![0-9A-Za-z:])/gi;

function* maskNetwork(text: string): Steps<MaskedText> {
  const four = yield* replaced(text, IP4, ({ 1: kept, index }) =>
    VERSION.test(text.slice(Math.max(0, index - 12), index)) ? null : `${kept ?? ''}.*.*`,
  );
  const six = yield* replaced(four.text, IP6, ({ 0: address, 1: first }) =>
    address.endsWith('::') && !address.slice(0, -2).includes(':') ? null : `${first ?? ''}:***`,
  );
  return sum(four, six);
}
