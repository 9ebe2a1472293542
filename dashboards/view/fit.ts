/**
 * Text as large as its place allows. Fonts differ by a fifth in width from screen to screen, and a value that runs over
 * the edge is a wrong value: what would not fit is set smaller (`--fit`, 1 or less, by which the style sheet multiplies
 * the font size).
 */
import { setStyle } from './element.ts';

export interface Fit {
  /** The row that may not run over, and what in it gets smaller (often the row itself). */
  readonly row: HTMLElement;
  readonly text: HTMLElement;
  /** Not smaller than this: legible comes before complete. */
  readonly least: number;
}

/** Measures, so it makes the browser lay the page out: call it where a text became wider or its place narrower. */
export function fit(...fits: readonly Fit[]): void {
  // Each step for all: the page is laid out again only between them, and not at all where nothing was smaller before.
  const shown = fits.filter(({ row }) => row.clientWidth > 0);
  for (const { row } of shown) setStyle(row, '--fit', '1');
  const ratios = shown.map((one) => ({ row: one.row, ratio: ratioOf(one) }));
  for (const { row, ratio } of ratios) setStyle(row, '--fit', String(ratio));
}

function ratioOf({ row, text, least }: Fit): number {
  const over = row.scrollWidth - row.clientWidth;
  if (over <= 0) return 1;
  const width = row === text ? row.scrollWidth : text.offsetWidth;
  // A pixel and a hundredth to spare, since widths are given in whole pixels.
  return Math.max(least, Math.floor(((width - over - 1) / width) * 100) / 100);
}

const waiting = new Set<Fit>();
/** Before the page is painted, together with others that wait. */
export function fitSoon(...fits: readonly Fit[]): void {
  if (waiting.size === 0)
    queueMicrotask(() => {
      const all = [...waiting];
      waiting.clear();
      fit(...all);
    });
  for (const one of fits) waiting.add(one);
}

/** What decides how wide a text is: digits are all alike (`tabular-nums`), so that a value that ticks is not measured. */
export function widthKey(...texts: readonly string[]): string {
  return texts.join('\n').replaceAll(/\d/g, '0');
}
