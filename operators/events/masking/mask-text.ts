/**
 * Personal data in any text, Chinese or English, masked: `138****5678`, `z***@example.com`, `110***********1234`, `张*`.
 * Masking twice changes nothing more. What a text is made of (traits.ts) decides which rules look at it.
 */
import { allAtOnce, type Steps } from '../../../engine/core/steps/steps.ts';
import { edited, readingOf, type Edit, type Reading } from './folding.ts';
import * as cue from './latin-cues.ts';
import { hanAddressesIn, LATIN_ADDRESS_HINT, latinAddressesIn } from './mask-addresses.ts';
import { MAIL_HINT, mailsIn } from './mask-mails.ts';
import { messengersIn } from './mask-messengers.ts';
import { hanNamesIn } from './names/mask-names-han.ts';
import { LATIN_NAME_HINT, latinNamesIn } from './names/mask-names-latin.ts';
import { NETWORK_HINT, networkIn } from './mask-network.ts';
import { numbersIn } from './mask-numbers.ts';
import { parametersIn } from './links/mask-parameters.ts';
import { CODE_HINT, papersIn, SECRET_HINT, secretsIn } from './mask-papers.ts';
import { NAMED_PLATE_HINT, namedPlatesIn, PLATE_HINT, platesIn } from './mask-plates.ts';
import { isHinted, isShort } from './replaced.ts';
import { LETTER_FOR_DIGIT, SPELLED_HINT, spelledNumbersIn } from './spelled-numbers.ts';
import * as trait from './traits.ts';

export interface MaskedText {
  readonly text: string;
  /** How many things were masked. */
  readonly count: number;
}

export function maskText(text: string): MaskedText {
  return isPlain(text) ? { text, count: 0 } : allAtOnce(maskInSteps(text));
}

/** The same. */
export function* maskInSteps(text: string): Steps<MaskedText> {
  if (isPlain(text)) return { text, count: 0 };
  return yield* maskedIn(text, yield* traitsIn(text));
}

function isPlain(text: string): boolean {
  return text.length < SHORTEST || PLAIN_WORD.test(text);
}

/** Of a long text by parts that overlap, so that nothing lies between two. */
function* traitsIn(text: string): Steps<number> {
  if (text.length <= LONG) return trait.traitsOf(text);
  let traits = 0;
  for (let from = 0; from < text.length; from += LONG) {
    traits |= trait.traitsOf(text.slice(from, from + LONG + OVERLAP));
    yield;
  }
  return traits;
}
/** More than any trait looks back. */
const OVERLAP = 256;

/** 我叫张三 */
const SHORTEST = 4;
/** What channels, regions and the like look like. */
const PLAIN_WORD = /^[a-z_]{1,32}$/;
/** Stars may lay bare what stood hidden between two personal things. Two rounds do, for all but texts made to need more. */
const MAX_ROUNDS = 7;

function* maskedIn(written: string, traits: number): Steps<MaskedText> {
  const named = (traits & COLON) === 0 ? NO_EDITS : yield* parametersIn(written, maskedValue);
  const text = named.length === 0 ? written : (yield* edited(readingOf(written, false), named)).text;
  let reading = readingOf(text, (traits & trait.FOLDS) !== 0);
  const own = reading.starts === null ? traits : traits | (yield* traitsIn(reading.read));
  const cues = (own & trait.LATIN) === 0 ? 0 : yield* cuesIn(reading.read);
  let count = named.length;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = count;
    for (const { needs, cued, besides, hint, find } of KINDS) {
      if (((own & needs) === 0 && (cues & cued) === 0) || (own & besides) !== besides) continue;
      if (hint !== null && !(isShort(reading.read) ? hint.test(reading.read) : yield* isHinted(reading.read, hint)))
        continue;
      const edits = yield* find(reading.read, own, cues);
      if (edits.length > 0) reading = yield* edited(reading, edits);
      count += edits.length;
      if (reading.read.length > LONG) yield;
    }
    if (count === before) break;
  }
  return { text: reading.text, count };
}
const NO_EDITS: readonly Edit[] = [];

function* maskedValue(text: string): Steps<string> {
  return (yield* maskInSteps(text)).text;
}
/** One look through a text of this length takes long enough. */
const LONG = 10_000;

interface Kind {
  /** Traits one of which the text must have … */
  readonly needs: number;
  /** … or else one of these words. */
  readonly cued: number;
  /** Traits all of which it must have. */
  readonly besides: number;
  /** Cheap: is there anything for it in the text? */
  readonly hint: RegExp | null;
  readonly find: (read: string, traits: number, cues: number) => Steps<Edit[]>;
}
const LATIN_NAME = cue.NAME_WORD | cue.PAIR | cue.LOUD_PAIR | cue.TITLE | cue.NAME | cue.SELF;
const { ADDRESS, AT, CODE, COLON, DIGIT, DIGITS, ESTATE, HAN, HOUSE, LATIN, NUMBER, NUMERAL, PAPER, PLATE } = trait;
const KINDS: readonly Kind[] = [
  { needs: AT, cued: cue.SIGN_AT, besides: 0, hint: MAIL_HINT, find: mailsIn },
  { needs: DIGITS | COLON, cued: cue.NETWORK, besides: DIGIT, hint: NETWORK_HINT, find: networkIn },
  { needs: DIGITS, cued: 0, besides: 0, hint: CODE_HINT, find: papersIn },
  { needs: COLON | PAPER, cued: cue.SECRET, besides: 0, hint: SECRET_HINT, find: secretsIn },
  { needs: NUMERAL, cued: 0, besides: 0, hint: SPELLED_HINT, find: spelledNumbersIn },
  { needs: NUMBER, cued: 0, besides: LATIN, hint: LETTER_FOR_DIGIT, find: spelledNumbersIn },
  { needs: NUMBER, cued: 0, besides: 0, hint: null, find: (read) => numbersIn(read) },
  { needs: CODE | NUMBER, cued: 0, besides: 0, hint: null, find: messengersIn },
  { needs: PLATE, cued: 0, besides: DIGIT, hint: PLATE_HINT, find: platesIn },
  { needs: PLATE, cued: cue.PLATE_WORD, besides: DIGIT, hint: NAMED_PLATE_HINT, find: namedPlatesIn },
  { needs: HOUSE | ADDRESS | ESTATE, cued: 0, besides: 0, hint: null, find: hanAddressesIn },
  { needs: DIGIT, cued: 0, besides: LATIN, hint: LATIN_ADDRESS_HINT, find: latinAddressesIn },
  { needs: HAN, cued: 0, besides: 0, hint: null, find: hanNamesIn },
  { needs: 0, cued: LATIN_NAME, besides: 0, hint: LATIN_NAME_HINT, find: latinNamesIn },
];

/** Of a long text by parts, as traits. */
function* cuesIn(text: string): Steps<number> {
  if (text.length <= LONG) return cue.cuesOf(text);
  let cues = 0;
  for (let from = 0; from < text.length; from += LONG) {
    cues |= cue.cuesOf(text.slice(from, from + LONG + OVERLAP));
    yield;
  }
  return cues;
}

export type { Reading };
