/**
 * The code unit at a place of a text; beyond its ends `BEYOND`, which is no letter, digit, mark or space. Reading `charCodeAt` beyond
 * an end gives NaN, after which the compiled code of the whole function is thrown away, and never gets as fast again.
 */
export const BEYOND = 0x7f;

export function unitAt(text: string, at: number): number {
  return at >= 0 && at < text.length ? text.charCodeAt(at) : BEYOND;
}

/** Of ASCII. */
export function isCapital(unit: number): boolean {
  return unit >= 0x41 && unit <= 0x5a;
}
export function isAsciiLetter(unit: number): boolean {
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x7a;
}
export function isAsciiDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
