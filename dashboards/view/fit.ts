/**
 * Text as large as its place allows. Fonts differ by a fifth in width from screen to screen, and a value that runs over
 * the edge is a wrong value: what would not fit is set smaller (`--fit`, 1 or less, by which the style sheet multiplies
 * the font size).
 */
export interface Fit {
  /** The row that may not run over, and what in it gets smaller (often the row itself). */
  readonly row: HTMLElement;
  readonly text: HTMLElement;
  /** Not smaller than this: legible comes before complete. */
  readonly least: number;
}

/** Measures, so it makes the browser lay the page out: call it where a text became wider or its place narrower. */
export function fit({ row, text, least }: Fit): void {
  if (row.clientWidth === 0) return; // not on the screen
  row.style.setProperty('--fit', '1');
  const over = row.scrollWidth - row.clientWidth;
  if (over <= 0) return;
  const width = row === text ? row.scrollWidth : text.offsetWidth;
  // A pixel and a hundredth to spare, since widths are given in whole pixels.
  const ratio = Math.floor(((width - over - 1) / width) * 100) / 100;
  row.style.setProperty('--fit', String(Math.max(least, ratio)));
}

/** What decides how wide a text is: digits are all alike (`tabular-nums`), so that a value that ticks is not measured. */
export function widthKey(...texts: readonly string[]): string {
  return texts.join('\n').replaceAll(/\d/g, '0');
}
