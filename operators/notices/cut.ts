/** Text that has to fit: cut between graphemes, so that no character, emoji or surrogate is torn. */
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const encoder = new TextEncoder();

/** Bytes of UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/**
 * The text as it is where it fits; else the longest beginning that fits together with `tail`, which says that something is
 * missing. `fits` judges what is really sent (serialised, escaped); the longer a text, the less it fits.
 */
export function cutToFit(text: string, tail: string, fits: (candidate: string) => boolean): string {
  if (fits(text)) return text;
  const ends = [0];
  for (const { index, segment } of graphemes.segment(text)) ends.push(index + segment.length);
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fits(text.slice(0, ends[middle]) + tail)) low = middle;
    else high = middle - 1;
  }
  return text.slice(0, ends[low]) + tail;
}

/** At most so many bytes of UTF-8. */
export function cutToBytes(text: string, most: number, tail = '…'): string {
  return cutToFit(within(text, most), tail, (candidate) => byteLength(candidate) <= most);
}

/** At most so many characters, counted as UTF-16 units: what JavaScript, Java and most tools count. */
export function cutToUnits(text: string, most: number, tail = '…'): string {
  return cutToFit(within(text, most), tail, (candidate) => candidate.length <= most);
}

/** No more than can matter: one unit beyond what fits, so that it is still cut. */
function within(text: string, most: number): string {
  return text.length > most ? text.slice(0, most + 1) : text;
}

/** One line without control characters: for subjects, titles, headers. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}
