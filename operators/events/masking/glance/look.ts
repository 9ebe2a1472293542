/** What a look through a text sees, and what it remembers on its way. */
export interface Seen {
  /** Of traits.ts. */
  traits: number;
  /** Of word-cues.ts: of all words. */
  cues: number;
  /** The same, of words right before one with a capital. */
  called: number;
  /** The same, of words that have a capital themselves. */
  capital: number;
  /** Of word-order.ts. */
  order: number;
}

/** Long before the text. */
export const FAR = -1000;

/** What a look remembers on its way. */
export class Look {
  readonly seen: Seen = { traits: 0, cues: 0, called: 0, capital: 0, order: 0 };
  numberAt = FAR;
  inNumber = 0;
  wordAt = FAR;
  inWord = 0;
  placeAt = FAR;
  digits = 0;
  /** Where the last four digits stand. */
  digit1 = FAR;
  digit2 = FAR;
  digit3 = FAR;
  inDigits = 0;
  /** Of the last word of letters and the two before it. */
  cues1 = 0;
  cues2 = 0;
  cues3 = 0;
  lettersStart = FAR;
  lettersEnd = FAR;
  /** The end of the last word for a paper. */
  paperAt = FAR;
  words = 0;
  /** Words for digits in a row. */
  spelled = 0;
  selfAt = FAR;
  capitalEnd = FAR;
  /** The same with what an apostrophe or a dash joins to it. */
  nameEnd = FAR;
  loudEnd = FAR;
  /** Of the last dot, dash and colon. */
  dotAt = FAR;
  dashAt = FAR;
  colonAt = FAR;
}
