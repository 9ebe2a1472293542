/**
 * Personal data in any text, Chinese or English, masked: `138****5678`, `z***@example.com`, `110***********1234`, `张*`.
 * Masking twice changes nothing more. Text without a digit, an @ or a telling word costs three quick looks.
 */
import { maskNumbers } from './mask-numbers.ts';
import { maskWords } from './mask-words.ts';

export interface MaskedText {
  readonly text: string;
  /** How many things were masked. */
  readonly count: number;
}

export function maskText(text: string): MaskedText {
  if (text.length < SHORTEST || PLAIN_WORD.test(text)) return { text, count: 0 };
  let masked = maskOnce(text);
  if (masked.count === 0) return masked;
  // Stars may lay bare what stood hidden between two personal things: look again until there is nothing left.
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const again = maskOnce(masked.text);
    if (again.count === 0) break;
    masked = { text: again.text, count: masked.count + again.count };
  }
  return masked;
}

/** 我叫张三 */
const SHORTEST = 4;
/** What channels, regions and the like look like. */
const PLAIN_WORD = /^[a-z_]{1,32}$/;
/** Two do, for all but texts made to need more. */
const MAX_ROUNDS = 6;

function maskOnce(text: string): MaskedText {
  const addresses = maskAddresses(text);
  const numbers = maskNumbers(addresses.text);
  const words = maskWords(numbers.text);
  return { text: words.text, count: addresses.count + numbers.count + words.count };
}

const AT = /[@＠]/;
const IP_HINT = /[0-9]\.[0-9]{1,3}\.[0-9]|[0-9a-f]:[0-9a-f]{0,4}:/i;

function maskAddresses(text: string): MaskedText {
  const mails = AT.test(text) ? maskMails(text) : { text, count: 0 };
  return IP_HINT.test(mails.text) ? maskNetwork(mails) : mails;
}

const DOMAIN = /[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/y;

/** From each @ outwards: a search from the left would read long words again and again. */
function maskMails(text: string): MaskedText {
  let out = '';
  let from = 0;
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x40 && unit !== 0xff20) continue;
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

function maskNetwork({ text, count }: MaskedText): MaskedText {
  let found = count;
  const four = text.replace(IP4, (address: string, kept: string, offset: number, whole: string) => {
    if (VERSION.test(whole.slice(Math.max(0, offset - 12), offset))) return address;
    found += 1;
    return `${kept}.*.*`;
  });
  const six = four.replace(IP6, (address: string, first: string) => {
    if (address.endsWith('::') && !address.slice(0, -2).includes(':')) return address;
    found += 1;
    return `${first}:***`;
  });
  return { text: six, count: found };
}
