/** How words and numbers of a text follow each other: bits of `Seen.order`. */

/** Two words with capitals, with no more than a short word between; two of capitals alone. */
export const PAIR = 2;
export const LOUD_PAIR = 4;
/** A dash right before a word with a capital. */
export const DASHED = 8;
/** spoke to, cc, and a word with a capital. */
export const SPOKEN_TO = 16;
/** A word with a capital and said, from … */
export const SAYING = 32;
/** name is, sent from, and a word with a capital. */
export const NAMED = 64;
/** I'm, this is, and two words with capitals. */
export const SELF_PAIR = 1 << 16;
/** this is, two words, from */
export const SELF_FROM = 128;
/** The number of a house, words with capitals and the ending of a street. */
export const NUMBERED = 256;
/** A number and the French word for a street. */
export const NUMBERED_RUE = 512;
/** The German word for a street, and a number. */
export const STREET_NUMBER = 1024;
/** Not far behind a word for somebody's home at, is, to … and a number. */
export const AT_NUMBER = 2048;
/** Behind a space a digit and two capitals: 1AA. */
export const POSTCODE = 4096;
/** Five digits in a row. */
export const FIVE = 8192;
/** A digit, and a letter that looks like one. */
export const LOOKALIKE = 16384;
/** The word at with a number behind it. */
export const AT_DIGIT = 32768;
/** my driver, and a word with a capital. */
export const INTRODUCED = 1 << 17;
/** Letters right beside a digit, or no more than two of them before it: E12345678, QQ 12 34 56 C. */
export const GLUED = 1 << 18;
/** Not far behind a word for a paper, a digit. */
export const PAPERED = 1 << 19;
/** flat, box and a number. */
export const FLAT_NUMBER = 1 << 20;
export const BOX_NUMBER = 1 << 21;
/** Seven words for digits in a row. */
export const SPELLED = 1 << 22;
/** The same, and a word with a capital. */
export const ADDRESSED = 1 << 23;
/** The last word has a capital. */
export const ENDS_LARGE = 1 << 24;
/** The ending of a street, with a capital, and a number. */
export const LARGE_NUMBER = 1 << 25;
/** The same, as two words of a name have them: one is a first name or a role, or a word that goes with names stands before them. */
export const NAMED_PAIR = 1 << 26;
/** Two letters that an IBAN begins with, right before two digits. */
export const IBAN = 1 << 27;
/** A digit and four letters or digits, at most one sign between two of them. */
export const CODED = 1 << 29;
/** Five digits or numerals, close enough to be one number: QQ 12 34 5. */
export const ACCOUNT_NUMBER = 1 << 30;
/** In a row of letters and digits four digits, or six with no more than a space between and a letter near. */
export const LETTERED = 1 << 28;
