/** What answers to surveys may be that do not bring a scale of their own. */
export interface Scale {
  readonly min: number;
  readonly max: number;
}

/** By metric; one that is not named has no bounds. */
export type AnswerBounds = Readonly<Record<string, Scale>>;

/** The usual scales; the one of NPS is its definition. */
export const USUAL_SCALES = {
  nps: { min: 0, max: 10 },
  csat: { min: 1, max: 5 },
  ces: { min: 1, max: 7 },
} as const satisfies AnswerBounds;

/** The usual scales, widened to those that measures are configured for. That of NPS stands in the schema. */
export function boundsOver(scales: readonly Scale[]): AnswerBounds {
  const widened = ({ min, max }: Scale): Scale => ({
    min: Math.min(min, ...scales.map((scale) => scale.min)),
    max: Math.max(max, ...scales.map((scale) => scale.max)),
  });
  return { csat: widened(USUAL_SCALES.csat), ces: widened(USUAL_SCALES.ces) };
}
