/** Text on a terminal, whose cells Chinese characters and emoji take two of. */
import { eastAsianWidth } from 'get-east-asian-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const widthOfGrapheme = (grapheme: string): number =>
  /\p{Emoji_Presentation}|\ufe0f/u.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0) ?? 0x20); // never empty

/** In cells. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
}

/** Exactly so many cells: filled with blanks on the right (`end`: on the left), or cut with an ellipsis. What moves the cursor or colours is left out. */
export function fitted(text: string, cells: number, side: 'start' | 'end' = 'start'): string {
  const plain = text.replaceAll(/\p{Cc}|\p{Cf}(?<!\u200d)/gu, '');
  const blanks = cells - widthOf(plain);
  if (blanks >= 0) return side === 'start' ? plain + ' '.repeat(blanks) : ' '.repeat(blanks) + plain;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(plain)) {
    const wide = widthOfGrapheme(segment);
    if (width + wide > cells - 1) break;
    kept += segment;
    width += wide;
  }
  return cells <= 0 ? '' : `${kept}…${' '.repeat(cells - 1 - width)}`;
}
