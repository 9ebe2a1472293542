/**
 * Personal data in any text, Chinese or English, masked: `138****5678`, `z***@example.com`, `110***********1234`, `张*`.
 * Masking twice changes nothing more. What a text is made of (traits.ts) decides which rules look at it.
 */
import { at as mustAt } from '../../../engine/core/must.ts';
import { allAtOnce, type Steps } from '../../../engine/core/steps/steps.ts';
import { edited, editedNow, readingOf, type Edit, type Reading } from './folding.ts';
import { glance, joined, type Seen } from './glance/glance.ts';
import * as order from './glance/word-order.ts';
import * as trait from './glance/traits.ts';
import * as cue from './glance/word-cues.ts';
import { hanAddressesIn } from './addresses/han-addresses.ts';
import { latinAddressesIn } from './addresses/latin-addresses.ts';
import { MAIL_HINT, mailsIn } from './mask-mails.ts';
import { messengersIn } from './mask-messengers.ts';
import { hanNamesIn } from './names/mask-names-han.ts';
import { LATIN_NAME_HINT, latinNamesIn, mayHoldLatinName } from './names/mask-names-latin.ts';
import { NETWORK_HINT, networkIn } from './mask-network.ts';
import { numbersIn } from './mask-numbers.ts';
import { ODD_HINT, oddlySeparatedIn } from './numbers/odd-separators.ts';
import { parametersIn } from './links/mask-parameters.ts';
import { isOfForm, papersIn, SECRET_HINT, secretsIn } from './mask-papers.ts';
import { CODE_HINT } from './paper-words.ts';
import { NAMED_PLATE_HINT, namedPlatesIn, PLATE_HINT, platesIn } from './mask-plates.ts';
import { isBrief, isHinted, isShort, type Found, type Hint } from './replaced.ts';
import { dictatedIn, LETTER_FOR_DIGIT, SPELLED_HINT, spelledNumbersIn } from './spelled-numbers.ts';

export interface MaskedText {
  readonly text: string;
  /** How many things were masked. */
  readonly count: number;
}

export function maskText(text: string): MaskedText {
  if (isPlain(text)) return { text, count: 0 };
  return isBrief(text) ? maskedNow(text, glance(text), KINDS) : allAtOnce(maskInSteps(text));
}

/** Whether it holds what is personal for certain: a number, an address of mail or network, a house. Words are never. */
export function isSurelyPersonal(text: string): boolean {
  if (isPlain(text)) return false;
  const seen = glance(text);
  return (isBrief(text) ? maskedNow(text, seen, SURE_KINDS) : allAtOnce(maskedIn(text, seen, SURE_KINDS))).count > 0;
}

/** The same as maskText. `thorough` asks every rule, which tests hold the shorter way to. */
export function* maskInSteps(text: string, thorough = false): Steps<MaskedText> {
  if (isPlain(text)) return { text, count: 0 };
  const seen = text.length <= LONG ? glance(text) : yield* glanceInSteps(text);
  return yield* maskedIn(text, thorough ? everything(seen) : seen, KINDS, thorough);
}

function isPlain(text: string): boolean {
  return text.length < SHORTEST || (text.length <= LONGEST_PLAIN && PLAIN_WORD.test(text));
}

/** Houses without their traits are none, whatever the rule for them would find. */
function everything({ traits }: Seen): Seen {
  const all = ~0;
  return { traits: traits | ~trait.HOUSE, cues: all, called: all, named: all, capital: all, order: all, pairAt: 0 };
}

/** Of a long text by parts that overlap, so that nothing lies between two. */
function* glanceInSteps(text: string): Steps<Seen> {
  let seen = glance('');
  for (let from = 0; from < text.length; from += LONG) {
    seen = joined(seen, glance(text.slice(from, from + LONG + OVERLAP)));
    yield;
  }
  return seen;
}
/** More than any trait looks back. */
const OVERLAP = 256;

/** 我叫张三 */
const SHORTEST = 4;
/** What channels, regions and the like look like. */
const PLAIN_WORD = /^[a-z_]{1,32}$/;
const LONGEST_PLAIN = 32;
/** Stars may lay bare what stood hidden between two personal things. Two rounds do, for all but texts made to need more. */
const MAX_ROUNDS = 7;

function* maskedIn(written: string, first: Seen, kinds: readonly Kind[], thorough = false): Steps<MaskedText> {
  const named = (first.traits & trait.EQUALS) === 0 ? NO_EDITS : yield* parametersIn(written, maskedValue);
  const text = named.length === 0 ? written : (yield* edited(readingOf(written, false), named)).text;
  let reading = readingOf(text, (first.traits & trait.FOLDS) !== 0);
  const { read } = reading;
  let seen = first;
  if (reading.starts !== null) {
    const folded = read.length <= LONG ? glance(read) : yield* glanceInSteps(read);
    seen = joined(first, folded);
    seen.pairAt = folded.pairAt;
  }
  if (named.length > 0) seen.pairAt = 0;
  let count = named.length;
  /** Of the rules from here on each has seen the text as it is. */
  let end = kinds.length;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    let last = -1;
    for (let at = nextAsked(kinds, 0, end, seen, reading.read); at < end;) {
      const { hint, find } = mustAt(kinds, at);
      if (isShort(reading.read) || hint === null || (yield* isHinted(reading.read, hint))) {
        const found = find(reading.read, seen);
        const edits = isAtOnce(found) ? found : yield* found;
        if (edits.length > 0) {
          reading = yield* edited(reading, edits);
          // Places were those of the text before.
          seen.pairAt = 0;
          count += edits.length;
          last = at;
          end = kinds.length;
        }
      }
      if (reading.read.length > LONG) yield;
      at = nextAsked(kinds, at + 1, end, seen, reading.read);
    }
    if (last < 0) break;
    end = last + 1;
    // What is left after a find is little: most rules have nothing to start from any more.
    if (reading.starts === null && reading.read.length <= LONG && !thorough) seen = glanceAtStars(reading.read);
  }
  return { text: reading.text, count };
}
const NO_EDITS: readonly Edit[] = [];

/** The same of a brief text, most of which hold nothing: without steps, which cost more than most looks. */
function maskedNow(text: string, first: Seen, kinds: readonly Kind[]): MaskedText {
  if ((first.traits & (trait.EQUALS | trait.FOLDS)) !== 0) return allAtOnce(maskedIn(text, first, kinds));
  let read = text;
  let seen = first;
  let count = 0;
  let end = kinds.length;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    let last = -1;
    for (let at = nextAsked(kinds, 0, end, seen, read); at < end; at = nextAsked(kinds, at + 1, end, seen, read)) {
      const found = (kinds[at] as Kind).find(read, seen);
      const edits = isAtOnce(found) ? found : allAtOnce(found);
      if (edits.length === 0) continue;
      read = editedNow(read, edits);
      seen.pairAt = 0;
      count += edits.length;
      last = at;
      end = kinds.length;
    }
    if (last < 0) break;
    end = last + 1;
    seen = glanceAtStars(read);
  }
  return { text: read, count };
}

function isAtOnce(found: Found): found is readonly Edit[] {
  return Array.isArray(found);
}

/** The next rule that has something to start from; whether it is hinted in a long text takes steps of its own. */
function nextAsked(kinds: readonly Kind[], from: number, end: number, seen: Seen, read: string): number {
  const isWhole = isShort(read);
  for (let at = from; at < end; at += 1) {
    const { may, hint } = kinds[at] as Kind;
    if (may(seen) && (hint === null || !isWhole || hint.test(read))) return at;
  }
  return end;
}

/** What was masked lays bare only what stands beside it: nothing that a rule starts from is further from a star. */
function glanceAtStars(text: string): Seen {
  let seen: Seen | null = null;
  for (let star = text.indexOf('*'); star >= 0;) {
    const from = Math.max(0, star - BESIDE);
    let last = star;
    for (let next = star; next >= 0 && next - last <= 2 * BESIDE; next = text.indexOf('*', next + 1)) last = next;
    const to = Math.min(text.length, last + BESIDE);
    const part = glance(text, from, to);
    seen = seen === null ? part : joined(seen, part);
    star = text.indexOf('*', to);
  }
  return seen ?? glance(text);
}
const BESIDE = 72;

function* maskedValue(text: string): Steps<string> {
  return (yield* maskInSteps(text)).text;
}
/** One look through a text of this length takes long enough. */
const LONG = 10_000;

interface Kind {
  /** Has the text anything for it to start from? */
  readonly may: (seen: Seen) => boolean;
  /** Cheap: is there anything for it in the text? */
  readonly hint: Hint | null;
  readonly find: (read: string, seen: Seen) => Found;
}
const { AT, CODE, DIGIT, DIGITS, ESTATE, HAN, HOUSE, LATIN, NUMBER, NUMERAL } = trait;
const has = (bits: number, some: number): boolean => (bits & some) !== 0;
const CERTAIN: readonly Kind[] = [
  { may: mayBeMail, hint: MAIL_HINT, find: mailsIn },
  {
    may: ({ traits, cues }) => has(traits, trait.NETWORK) || has(cues, cue.MAC),
    hint: NETWORK_HINT,
    find: networkIn,
  },
  {
    may: mayBePaper,
    hint: CODE_HINT,
    find: papersIn,
  },
  {
    may: ({ traits, cues }) => has(traits, trait.PASSWORD) || has(cues, cue.SECRET),
    hint: SECRET_HINT,
    find: secretsIn,
  },
  { may: ({ traits }) => has(traits, NUMERAL), hint: SPELLED_HINT, find: spelledNumbersIn },
  {
    may: ({ traits, order: o }) => has(traits, NUMBER) && has(o, order.LOOKALIKE),
    hint: LETTER_FOR_DIGIT,
    find: spelledNumbersIn,
  },
  { may: ({ order: o }) => has(o, order.SPELLED), hint: null, find: (read) => dictatedIn(read) },
  { may: ({ traits }) => has(traits, NUMBER), hint: null, find: (read) => numbersIn(read) },
  { may: ({ traits }) => has(traits, NUMBER), hint: ODD_HINT, find: (read) => oddlySeparatedIn(read) },
  {
    may: ({ traits, cues, order: o }) =>
      has(traits, trait.MESSENGER) ||
      has(cues, cue.MESSENGER) ||
      ((has(traits, ACCOUNT) || has(cues, ACCOUNT_WORD)) && (has(traits, CODE) || has(o, order.ACCOUNT_NUMBER))),
    hint: null,
    find: messengersIn,
  },
  { may: ({ traits }) => has(traits, trait.PLATE) && has(traits, DIGIT), hint: PLATE_HINT, find: platesIn },
  {
    may: ({ traits, cues }) => has(traits, DIGIT) && (has(traits, trait.NUMBER_PLATE) || has(cues, cue.PLATE)),
    hint: NAMED_PLATE_HINT,
    find: namedPlatesIn,
  },
];
const mayHoldHanAddress = ({ traits }: Seen): boolean => has(traits, HOUSE | ESTATE | trait.LIVES | trait.PROVINCE);
const KINDS: readonly Kind[] = [
  ...CERTAIN,
  { may: mayHoldHanAddress, hint: null, find: hanAddressesIn },
  { may: mayHoldLatinAddress, hint: null, find: latinAddressesIn },
  { may: ({ traits }) => has(traits, HAN), hint: null, find: hanNamesIn },
  { may: mayHoldLatinName, hint: LATIN_NAME_HINT, find: latinNamesIn },
];
const SURE_KINDS: readonly Kind[] = [
  ...CERTAIN,
  { may: mayHoldHanAddress, hint: null, find: (read, seen) => housesOf(hanAddressesIn(read, seen), read) },
  {
    may: mayHoldLatinAddress,
    hint: null,
    find: (read, seen) => housesOf(latinAddressesIn(read, seen), read),
  },
];
/** Those with the number of a house: places and postcodes are where many people live. */
function* housesOf(addresses: Found, read: string): Steps<Edit[]> {
  const all = isAtOnce(addresses) ? addresses : yield* addresses;
  return all.filter(({ from, to }) => {
    const found = read.slice(from, to);
    return /[0-9]/.test(found) && !POSTCODE.test(found);
  });
}
const POSTCODE = /^(?:[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}|[A-Z][a-z]+, [A-Z]{2} [0-9]{5}(?:-[0-9]{4})?)$/;

/** Of five characters without a dot at least; those of others are shorter. */
const ACCOUNT = trait.WECHAT | trait.QQ;
const ACCOUNT_WORD = cue.WECHAT | cue.QQ;
const HOUSE_NUMBER =
  order.NUMBERED |
  order.NUMBERED_RUE |
  order.STREET_NUMBER |
  order.AT_NUMBER |
  order.POSTCODE |
  order.FIVE |
  order.FLAT_NUMBER |
  order.BOX_NUMBER;

function mayBeMail({ traits, cues, order: o }: Seen): boolean {
  return has(traits, AT) || (has(cues, cue.SIGN_AT) && (has(cues, cue.MAIL) || has(o, order.AT_DIGIT)));
}
function mayHoldLatinAddress({ traits, order: o, capital }: Seen): boolean {
  return (
    has(traits, DIGIT) &&
    has(traits, LATIN) &&
    (has(o, HOUSE_NUMBER) || isAddressed(o) || has(capital, cue.SOUTHERN_STREET))
  );
}
const isAddressed = (o: number): boolean => has(o, order.ADDRESSED) && has(o, order.LARGE_NUMBER);
function mayBePaper(seen: Seen): boolean {
  const { traits, order: o } = seen;
  if (!has(o, order.CODED)) return false;
  if (has(o, order.PAPERED)) return true;
  return has(traits, DIGITS) && (has(traits, trait.PAPER) || has(o, order.FIVE) || isOfForm(seen));
}

export type { Reading };
