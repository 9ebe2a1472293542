/** English addresses and a few others, by number and street; all of it goes. */
import { must } from '../../../../engine/core/must.ts';
import type { Steps } from '../../../../engine/core/steps/steps.ts';
import type { Edit } from '../folding.ts';
import { disjoint } from '../mask-network.ts';
import type { Seen } from '../glance/glance.ts';
import * as cue from '../glance/word-cues.ts';
import * as order from '../glance/word-order.ts';
import { COMMON_WORDS } from '../names/common-words.ts';
import { LOWER, SUFFIX } from './street-numbers.ts';
import { isBrief, isHinted, isShort, NOTHING, replacedIn, replaceNow, type Found } from '../replaced.ts';

export function latinAddressesIn(text: string, seen: Seen): Found {
  if (!isBrief(text)) return addressesInSteps(text, seen);
  let edits: Edit[] | null = null;
  for (const form of FORMS) {
    if (!form.may(seen)) continue;
    if (edits === null && !HINT.test(text)) return NOTHING;
    edits ??= [];
    replaceNow(text, form.pattern, form.isCued === true ? ofCued : ofStreet, edits);
  }
  return edits === null || edits.length === 0 ? NOTHING : disjoint(edits);
}
function* addressesInSteps(text: string, seen: Seen): Steps<Edit[]> {
  const edits: Edit[] = [];
  let isAsked = false;
  for (const { may, pattern, isCued } of FORMS) {
    if (!may(seen)) continue;
    if (!isAsked && !(isShort(text) ? HINT.test(text) : yield* isHinted(text, HINT))) return edits;
    isAsked = true;
    edits.push(...(yield* replacedIn(text, pattern, isCued === true ? ofCued : ofStreet)));
  }
  return disjoint(edits);
}
/** The words before it stay; all of them have some. */
const ofCued = ([, cue]: RegExpExecArray): string => `${must(cue)}***`;
const ofStreet = ([all]: RegExpExecArray): string | null => (isNoStreet(all) ? null : '***');

/** 2 Day Shipping Way, 3 Star Point: words of shops and an ending that is a word, too. */
function isNoStreet(found: string): boolean {
  const words = NO_STREET.exec(found)?.[1];
  return (
    words !== undefined &&
    words
      .trim()
      .split(' ')
      .every((word) => COMMON_WORDS.has(word.toLowerCase()))
  );
}
const NO_STREET =
  /^[0-9]{1,5} ((?:[A-Z][a-z]+ ){1,4})(?:Way|Pass|Park|Run|Point|Rest|View|Views|Bridge|Key|Keys|Light|Lights|Land|Center|Centre|Club|Common|Course|Court|Fall|Falls|Field|Fields|Flat|Flats|Island|Lock|Mission|Path|Place|Port|Ranch|Row|Spring|Springs|Station|Stream|Track|Trailer|Union|Via|Walk|Wall|Well|Wells|Corner|Cover|Crossing|Drive|Extension|Mall|Forest|Plain|Garden|Gardens|Green)$/;

const CAP = "(?:[A-Z][A-Za-z'’-]{0,24}|[0-9]{1,3}(?:st|nd|rd|th))";
const CITY = `(?:,? (?:[A-Z][A-Za-z'.-]{1,20} ){0,2}[A-Z][A-Za-z'.-]{1,20},? (?:[A-Z]{2} [0-9]{5}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}|[A-Z]{2,3} [0-9]{4}))`;
/** Parts of a town, a town, a country, at the end of what is said. */
const PLACES = "(?:, [A-Z][a-z'-]{1,20}(?: [A-Z][a-z'-]{1,20}){0,2}){1,3}(?=\\s*(?:$|[.;\\n]))";
/** With a capital; the commonest without, too. */
const EITHER = SUFFIX.replace(/(^|\|)([a-z])/g, (_all, bar: string, letter: string) => `${bar}${letter.toUpperCase()}`);
const FLAT =
  '(?:[Aa]pt|[Aa]partment|[Ss]uite|[Ss]te|[Uu]nit|[Ff]lat|[Ff]loor|[Rr]oom|[Rr]m|[Bb]lock|[Bb]lk|#)\\.? ?#?[0-9A-Za-z-]{1,6}';
interface Form {
  /** Has the text anything for it to start from? */
  readonly may: (seen: Seen) => boolean;
  readonly pattern: RegExp;
  /** The first group stays: the words before the address. */
  readonly isCued?: boolean;
}
const FORMS: readonly Form[] = [
  {
    may: ({ order: o }) => (o & order.AT_NUMBER) !== 0,
    isCued: true,
    pattern: new RegExp(
      `(\\b(?:live (?:at|on|in)|lives at|address(?: is)?:?|deliver to|moved to|going to|house at|office at|pick(?:ed)? (?:me |it )?up (?:at|from)|come to|left (?:it )?(?:at|outside)|drop(?:ped)? (?:it )?(?:at|off at)|deliver(?:ed|y)? to|ship(?:ped)? to|sen[dt] (?:it )?to|left at|reside at|home is|house is|i['’]?m at|i am at|live)\\s)[0-9]{1,5}[a-z]?,? (?:[a-z'-]{1,20} ){1,3}(?:${LOWER})\\b`,
      'gi',
    ),
  },
  {
    may: ({ order: o }) => (o & order.NUMBERED) !== 0,
    pattern: new RegExp(
      `(?:${FLAT},? )?(?:\\b[Nn]o\\.? ?|(?<![0-9A-Za-z.-]))[0-9]{1,5}[A-Za-z]?(?:-[0-9]{1,4})?,? (?:[NSEW]\\.? )?(?:${CAP} ){1,4}(?:${EITHER}|${LOWER})\\b\\.?(?: (?:[NSEW]|North|South|East|West)\\b)?(?: [0-9]{1,2}(?![0-9A-Za-z]))?(?:,? ${FLAT})?(?:${CITY}|${PLACES})?`,
      'g',
    ),
  },
  {
    may: ({ order: o }) => (o & order.FLAT_NUMBER) !== 0,
    pattern:
      /\b(?:[Ff]lat|[Aa]pt|[Aa]partment|[Uu]nit|[Bb]lock|[Bb]lk) ?#?[0-9]{1,5}[A-Z]?,? [A-Z][\w' ]{2,40}? #?[0-9]{1,3}-[0-9]{1,5}/g,
  },
  {
    may: ({ order: o }) => (o & order.BOX_NUMBER) !== 0,
    pattern:
      /\b(?:P\.? ?O\.? ?Box|Post Office Box|GPO Box|Postfach|Locked Bag)\s?#?[0-9]{1,7}(?:,? (?:[A-Z][a-z'-]{1,20}|[A-Z]{2,3}|[0-9]{4,5})(?![a-z])){0,4}/g,
  },
  // France, Spain, Italy, Germany
  {
    may: ({ order: o }) => (o & order.NUMBERED_RUE) !== 0,
    pattern:
      /(?<![0-9A-Za-z])[0-9]{1,4}(?:\s?(?:bis|ter))?,? (?:[Rr]ue|avenue|av\.|boulevard|bd|place|all[ée]e|chemin|impasse|quai|route|cours) (?:(?:de|du|des|la|le|les|l['’]|d['’]) ?){0,3}[A-ZÀ-Ü][\p{L}'’-]{1,24}(?: [A-ZÀ-Ü][\p{L}'’-]{1,24}){0,3}/gu,
  },
  {
    may: ({ capital }) => (capital & cue.SOUTHERN_STREET) !== 0,
    pattern:
      /\b(?:Calle|Avenida|Avda\.?|Plaza|Paseo|Via|Viale|Piazza|Corso|Rua|Travessa|C\/) (?:(?:de|del|la|las|los|da|do|dos|di) ){0,2}[A-ZÀ-Ü][\p{L}'’-]{1,24}(?: (?:de |del )?[A-ZÀ-Ü][\p{L}'’-]{1,24}){0,3},? [0-9]{1,4}(?![0-9*])(?:,? [0-9]{5} [A-ZÀ-Ü]\p{L}{1,24})?/gu,
  },
  {
    may: ({ order: o }) => (o & order.STREET_NUMBER) !== 0,
    pattern:
      /\b[A-ZÄÖÜ][\p{L}-]{1,24}(?:stra(?:ße|sse)|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gatan|vägen|vej|gade) [0-9]{1,4}\s?[a-z]?(?![0-9A-Za-z*])(?:,? [0-9]{4,5} [A-ZÄÖÜ]\p{L}{1,24})?/gu,
  },
  {
    // Am Markt 5, 53111 Bonn
    may: ({ order: o }) => (o & order.FIVE) !== 0,
    pattern:
      /\b(?:(?:Am|Im|Zum|Zur|An der|Auf der|Auf dem|In der|Unter den) )?[A-ZÄÖÜ][\p{L}-]{2,24} [0-9]{1,4}\s?[a-z]?,? (?:[A-Z]-)?[0-9]{5} [A-ZÄÖÜ]\p{L}{2,24}/gu,
  },
  // Willow Crescent 15, behind its word
  {
    may: ({ order: o }) => (o & order.ADDRESSED) !== 0 && (o & order.LARGE_NUMBER) !== 0,
    pattern:
      /(?<=\b(?:live (?:on|in|at)|house is (?:on|at)|home is|address(?: is)?:?|deliver to|ship to|moved to) )[A-Z][a-z'’-]{2,20} (?:Street|Road|Avenue|Lane|Drive|Crescent|Close|Court|Square|Terrace|St|Rd|Ave|Ln|Dr),? [0-9]{1,5}[A-Za-z]?(?![0-9A-Za-z*])/g,
  },
  // Flats of villas without a street's ending
  {
    may: ({ order: o }) => (o & order.AT_NUMBER) !== 0,
    pattern:
      /(?<=\b(?:flat at|live at|house at|home at|address is|deliver to|ship to) )[0-9]{1,4}[A-Z]? [A-Z][a-z'’]{2,20} [A-Z][a-z'’]{2,20}(?![a-z])/g,
  },
  // British, Canadian and American postcodes behind a place
  {
    may: ({ order: o }) => (o & order.POSTCODE) !== 0,
    pattern: /\b[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}\b/g,
  },
  {
    may: ({ order: o }) => (o & order.FIVE) !== 0,
    pattern: /\b[A-Z][a-z]{1,20}, [A-Z]{2} [0-9]{5}(?:-[0-9]{4})?(?![0-9])/g,
  },
];
const HINT =
  /(?:at|address|is|to|in|on|from|outside):? [0-9]|no\.? ?[0-9]|[0-9][A-Za-z]?,? [A-Z0-9]|[0-9][ ,]{1,2}(?:rue|av|boul|bd|place|all|chem|imp|quai|route|cours)|box|(?:str\.|stra(?:ß|ss)e|weg|platz|allee|gasse|straat|laan|gatan|vej) [0-9]|(?:calle|avenida|avda|plaza|paseo|via|viale|piazza|corso|rua|c\/) /i;
