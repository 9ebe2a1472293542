/**
 * Whether a number of a house, words with capitals and the ending of a street follow each other: 12 Long Lane, 5-7, N. Main St. By
 * hand what the expression in latin-addresses.ts begins with: tried at each digit of a text, it takes most of the time.
 */
import { WordTable } from '../names/word-table.ts';
import { unitAt } from '../unit-at.ts';

/** The endings of streets that the United States Postal Service knows, and British ones. */
export const SUFFIX: string =
  'alley|ally|aly|anex|annex|arcade|arc|avenue|aven|avenu|ave|av|bayou|beach|bch|bend|bluffs?|bottom|boulevard|boul|blvd|branch|bridge|brooks?|burgs?|bypass|camp|canyon|cape|causeway|centers?|centres?|ctr|circles?|circ|cir|cliffs?|close|club|common|commons|corners?|course|courts?|ct|coves?|creek|crescent|cres|crest|crossing|crossroads?|curve|dale|dam|divide|drives?|dr|estates?|expressway|expy|extensions?|falls?|ferry|fields?|flats?|fords?|forest|forges?|forks?|fort|freeway|fwy|gardens?|gdns?|gateway|glens?|greens?|groves?|grove|harbors?|harbour|haven|heights|hts|highway|hwy|hills?|hollow|inlet|islands?|isle|junctions?|keys?|knolls?|lakes?|land|landing|lane|ln|lights?|loaf|locks?|lodge|loop|mall|manors?|meadows?|mews|mills?|mission|motorway|mount|mountains?|neck|orchard|oval|overpass|parade|parks?|parkways?|pkwy|pass|passage|paths?|pike|pines?|place|pl|plains?|plaza|plz|points?|ports?|prairie|quay|radial|ramp|ranch|rapids?|rest|ridges?|river|roads?|rd|route|row|rue|run|shoals?|shores?|skyway|springs?|spurs?|squares?|sq|station|stravenue|stream|streets?|st|summit|terrace|ter|throughway|trace|track|trafficway|trails?|trailer|tunnel|turnpike|underpass|unions?|valleys?|via|viaduct|views?|villages?|ville|vista|walks?|wall|ways?|wells?|wharf|wynd';
export const LOWER: string =
  'street|road|avenue|lane|drive|boulevard|court|square|terrace|crescent|close|st|rd|ave|blvd|ln';
/** Each with its s, and without. */
const ENDINGS = new WordTable(
  `${SUFFIX}|${LOWER}`
    .split('|')
    .flatMap((word) => (word.endsWith('?') ? [word.slice(0, -1), word.slice(0, -2)] : [word])),
);

/** A direction, four words and the ending. */
const MOST_WORDS = 6;

/**
 * Never too little: what it finds the expression decides on.
 *
 * @param digits where the digits end
 */
export function mayBeStreetAt(text: string, digits: number): boolean {
  let at = isLetter(unitAt(text, digits)) ? digits + 1 : digits;
  if (unitAt(text, at) === 0x2c) at += 1;
  for (let words = 0; words < MOST_WORDS; words += 1) {
    if (unitAt(text, at) !== 0x20) return false;
    at += 1;
    let end = at;
    while (isLetter(unitAt(text, end))) end += 1;
    if (words > 0 && ENDINGS.has(text, at, end)) return true;
    const first = unitAt(text, at);
    if (!isDigit(first) && (first < 0x41 || first > 0x5a)) return false;
    while (isOfWord(unitAt(text, end))) end += 1;
    at = end;
  }
  return false;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
function isLetter(unit: number): boolean {
  return (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
}
/** Letters, digits, \' \u2019 - and the dot of a direction. */
function isOfWord(unit: number): boolean {
  return isLetter(unit) || isDigit(unit) || unit === 0x27 || unit === 0x2019 || unit === 0x2d || unit === 0x2e;
}
