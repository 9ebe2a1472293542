/**
 * Cases of letters as expressions without regard to case see them, with the flag u or without: what they take for one has one code
 * unit here, and now and then more (ı and i).
 */

/** Scripts beyond have no cases but for a few that no expression of masking holds. */
export const REACH_OF_FOLDS = 0x2e80;

const FOLDS: Uint16Array = Uint16Array.from({ length: REACH_OF_FOLDS }, (_, unit) => {
  const upper = String.fromCharCode(unit).toUpperCase();
  const lower = (upper.length === 1 ? upper : String.fromCharCode(unit)).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
});

export function foldedUnit(unit: number): number {
  return unit < REACH_OF_FOLDS ? (FOLDS[unit] as number) : unit;
}
