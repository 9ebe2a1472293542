/** Which of two engines is measured in which phase: in turn and back (0 1 1 0 …), so that what a machine does meanwhile meets both alike. */
export function phaseSide(phase: number): 0 | 1 {
  return ((phase + 1) >> 1) % 2 === 0 ? 0 : 1;
}
