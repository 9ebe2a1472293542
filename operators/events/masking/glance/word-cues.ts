/**
 * What Latin words say: which rules have a word to start from. A rule's word is known by three letters in a row that it holds, few
 * others do, and a short one by the whole of it. So it may say too much, never too little: a rule whose word is missing is not asked.
 */
import { smallTable, type SmallTable } from './small-table.ts';

/** Bits. name, named */
export const NAME = 1;
/** am, is, it's */
export const SELF = 1 << 1;
export const TITLE = 1 << 2;
export const SIGN_OFF = 1 << 3;
export const GREETING = 1 << 4;
export const ROLE = 1 << 5;
/** for, to, with, by: between spoke, ask and a name */
export const BETWEEN = 1 << 6;
export const SPOKE = 1 << 7;
/** cc, named, tell */
export const NAMING = 1 << 8;
/** here, said, promised … */
export const SAYS = 1 << 9;
export const SENT = 1 << 10;
export const FROM = 1 << 11;
/** heiße, llamo … */
export const NAME_ABROAD = 1 << 12;
export const SMALL_TITLE = 1 << 13;
export const SECRET = 1 << 14;
export const PAPER = 1 << 15;
export const WECHAT = 1 << 16;
export const QQ = 1 << 17;
export const MESSENGER = 1 << 18;
export const SIGN_AT = 1 << 19;
/** dot, and providers of mail. */
export const MAIL = 1 << 20;
export const PLATE = 1 << 21;
export const MAC = 1 << 22;
/** live, deliver, address … */
export const LIVES = 1 << 23;
/** What stands right before a house's number: at, in, address … */
export const AT_HOUSE = 1 << 24;
export const FLAT = 1 << 25;
export const BOX = 1 << 26;
/** rue, avenue …; Calle, Via …; straße, weg … */
export const FRENCH_STREET = 1 << 27;
export const SOUTHERN_STREET = 1 << 28;
export const GERMAN_STREET = 1 << 29;
/** oh, one, two …, double */
export const DIGIT_WORD = 1 << 31;
/** my, the …; and the account of account holder */
export const DETERMINER = 1 << 30;

/** Three letters that are enough; ^ is where a word begins. */
const PARTS: readonly (readonly [cue: number, parts: string])[] = [
  [NAME, 'nam'],
  [TITLE, 'ofe dam mis nsi eño eno gno pta ffi urs oct ncl'],
  [SIGN_OFF, 'gar cer tru fai hee nks you wis bes lov dia pec gne'],
  [GREETING, 'llo rni ven oon'],
  [
    ROLE,
    'gen ide ive rie nag shi ait art sto lie use lea ork fri usb wif son dau oth ath mom mum dad sis unc aun ous eig oss oct urs eac gue sse ati tud emb rep dvi ssi sso ech eng sup ope tte ece ler ell mpl pec ons off hos ilo sty rai coa law lan ena old ben eci end ont ttn nsi guy lad man ers one lle med',
  ],
  [BETWEEN, 'for ith'],
  [SPOKE, 'ask spo tal hat nks udo elp erv ndl gne ist liv ook rde old'],
  [NAMING, 'med ell'],
  [SAYS, 'her old aid rom ssu nsw epl elp apo efu all ung'],
  [SENT, 'sen'],
  [FROM, 'rom ere ing'],
  [NAME_ABROAD, 'iß eiß eis iss ppe lam mbr hia nom hee naz het'],
  [SECRET, 'ssw ssc pwd cvv cvc ecr tok pik'],
  [
    PAPER,
    'ssp ssn rsi odn nat ocu rmi esi cen oci axp dic nat lth cnp urp pes bur aad teu usw onn dse nki nri yka hki ecu écu odi nil kim tit mir uti sep sap dul ccc cmn nhs',
  ],
  [WECHAT, 'wei vch vxi ech ^vx ^wx'],
  [QQ, '^^q'],
  [MESSENGER, 'lip twi nst ceb nge leg nap kyp sco ikt nke vib sig kak'],
  [MAIL, 'dot oxm soh iyu yea gma lem otm utl aho onm unk'],
  [PLATE, 'lat nnz rns laq mma atr rga ego ehi egi'],
  [MAC, 'mac'],
  [LIVES, 'liv ddr eli ove oin ous off cke com dro hip esi hom fla'],
  [AT_HOUSE, 'rom ide ddr liv'],
  [FLAT, 'rtm blo'],
  [BOX, 'box tfa bag'],
  [FRENCH_STREET, 'rue ave bou pla all che imp qua rou cou'],
  [SOUTHERN_STREET, 'lle nid laz seo ial iaz rso rav'],
  [DETERMINER, 'eir acc'],
  [DIGIT_WORD, 'hre eve igh ubl ipl'],
  [GERMAN_STREET, 'aße sse str weg atz lee ing amm fer aat aan ein tan gen vej ade'],
];
/** Whole words of at most four letters. */
const WORDS: readonly (readonly [cue: number, words: string])[] = [
  [SELF, 'm im am is s'],
  [TITLE, 'mr mrs ms mx dr m sr sir rev sgt mme herr frau lord lady aunt miss prof mlle capt sra'],
  [GREETING, 'hi hey dear'],
  [BETWEEN, 'to by'],
  [NAMING, 'cc'],
  [NAME_ABROAD, 'ist es é e est się saya'],
  [SMALL_TITLE, 'mr mrs ms dr'],
  [SECRET, 'pin api'],
  [
    PAPER,
    'hetu sort ssn sin tfn tax itin ein vat nino ni nif nie dni cpf rfc rut bsn pan cpr fin ic hkid inn id pass ahv ktp nik cccd vin mrn cnp egn amka cnic nin bvn cuit cuil oib jmbg',
  ],
  [WECHAT, 'v w chat'],
  [MESSENGER, 'ig fb tg line ins snap'],
  [PLATE, 'reg'],
  [DIGIT_WORD, 'o oh zero one two four five six nine'],
  [SIGN_AT, 'at'],
  [MAIL, 'qq sina'],
  [LIVES, 'm am left send sent pick'],
  [AT_HOUSE, 'at on in is to'],
  [FRENCH_STREET, 'bd av'],
  [SOUTHERN_STREET, 'c avda via rua'],
  [FLAT, 'apt flat unit blk'],
  [DETERMINER, 'my your our the his her card'],
];

const BITS = 5;
const MASK = (1 << (3 * BITS)) - 1;
/** By three letters, five bits of each. */
const BY_PART: Int32Array = new Int32Array(MASK + 1);
/** By a whole word of at most four letters, five bits of each, those of the first above the others. */
const BY_WORD: Int32Array = new Int32Array(MASK + 1);

/** The letters so far and one more. */
export function pushed(letters: number, unit: number): number {
  return ((letters << BITS) | (unit & 31)) & MASK;
}
/** Of a word of at most four letters; one that shares its place with another says too much. */
export function cuesOfWord(first: number, last: number): number {
  return WORD_CUES[WORD_PLACES[placeOf(first, last)] as number] as number;
}
function placeOf(first: number, last: number): number {
  return last ^ (Math.imul(first & 31, 1057) & MASK);
}
for (const [cue, parts] of PARTS) for (const part of parts.split(' ')) add(BY_PART, lettersOf(part), cue);
for (const [cue, words] of WORDS) {
  for (const word of words.split(' ')) add(BY_WORD, placeOf(word.charCodeAt(0), lettersOf(word)), cue);
}
function lettersOf(part: string): number {
  return Array.from(part).reduce((key, letter) => pushed(key, letter === '^' ? 0 : letter.charCodeAt(0)), 0);
}
function add(table: Int32Array, key: number, cue: number): void {
  table[key] = (table[key] as number) | cue;
}

const { places: PART_PLACES, values: PART_CUES }: SmallTable = smallTable(BY_PART);
const { places: WORD_PLACES, values: WORD_CUES }: SmallTable = smallTable(BY_WORD);
/** Of three letters. Without a branch, which no processor can foretell: it would cost more than both reads. */
export function cuesOfPart(letters: number): number {
  return PART_CUES[PART_PLACES[letters] as number] as number;
}
