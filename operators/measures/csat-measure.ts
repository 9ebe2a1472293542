import { share } from '../aggregates/proportion.ts';
import { number } from '../config/config-schema-forms.ts';
import { USUAL_SCALES, type Scale } from '../events/answer-bounds.ts';
import type { Measure, MeasureSource } from './measure.ts';
import type { Bounded } from './reading.ts';
import { answersOn, parseScaled, SCALE_FIELDS, scaledReader, scaleWithin } from './scale.ts';

/** Counted is who was satisfied, each answer by its own scale, so that answers on different scales add up. */
export interface CsatConfig extends Bounded {
  readonly kind: 'csat';
  /** The least answer that is satisfied. Says nothing on a scale that it lies outside of. */
  readonly satisfied?: number;
}

/** The boxes at the top that are satisfied, by the points of a scale. */
const TOP_BOXES: ReadonlyMap<number, number> = new Map([
  [3, 1],
  [4, 2],
  [5, 2],
  [6, 2],
  [7, 2],
  [10, 3],
]);
/** Of any other scale, by its length. */
const TOP_SHARE = 0.3;

/** The least satisfied answer of a scale. */
export function satisfiedFrom({ min, max }: Scale, satisfied: number | undefined): number {
  if (satisfied !== undefined && satisfied > min && satisfied <= max) return satisfied;
  const boxes = TOP_BOXES.get(max - min + 1);
  // Rounded, so that 70 % of a scale is not a hair above its 0.7.
  return boxes === undefined ? max - Math.round((max - min) * TOP_SHARE * 1e9) / 1e9 : max - boxes + 1;
}

export const csatMeasure: Measure<CsatConfig> = {
  kind: 'csat',
  about: {
    en: 'percent of satisfied answers: the top box of 3 points, the top two of 4 to 7, the top three of 10, else the top 30 % of the scale',
    'zh-CN': '满意回答占比：3 分制取最高 1 档，4–7 分制取最高 2 档，10 分制取最高 3 档，其余取量表最高的 30 %',
  },
  schema: {
    fields: { ...SCALE_FIELDS, satisfied: number('the least answer that is satisfied; by the scale unless given') },
    required: ['value'],
  },
  parse(source) {
    const scaled = parseScaled(source);
    const satisfied = source.section.number('satisfied', null);
    if (satisfied === null) return { kind: 'csat', ...scaled };
    checkSatisfied(satisfied, scaled, source);
    return { kind: 'csat', ...scaled, satisfied };
  },
  aggregate: () => share,
  reader(config, compile) {
    const scale = scaleWithin(config, USUAL_SCALES.csat);
    const { satisfied } = config;
    return scaledReader(
      config.value,
      compile,
      () => scale,
      (answer, own) => (answer >= satisfiedFrom(own, satisfied) ? 1 : 0),
    );
  },
  answerScale: (config) => answersOn(config, scaleWithin(config, USUAL_SCALES.csat)),
  unit: () => 'percent',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};

function checkSatisfied(satisfied: number, { min, max }: Bounded, { section, report }: MeasureSource): void {
  if ((min === undefined || satisfied > min) && (max === undefined || satisfied <= max)) return;
  report(
    section.path('satisfied'),
    `found ${satisfied}, expected more than min${min === undefined ? '' : ` (${min})`} and at most max${max === undefined ? '' : ` (${max})`}`,
  );
}
