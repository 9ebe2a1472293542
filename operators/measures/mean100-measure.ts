import type { JsonObject } from '../../engine/core/types.ts';
import { mean100 } from '../aggregates/sum.ts';
import { USUAL_SCALES, type AnswerBounds, type Scale } from '../events/answer-bounds.ts';
import type { Measure } from './measure.ts';
import type { Bounded } from './reading.ts';
import { answersOn, parseScaled, SCALE_FIELDS, scaledReader, scaleIn } from './scale.ts';

export interface Mean100Config extends Bounded {
  readonly kind: 'mean100';
}

export const mean100Measure: Measure<Mean100Config> = {
  kind: 'mean100',
  about: { en: 'the mean of answers, each put on a scale of 0 to 100', 'zh-CN': '各回答换算到 0–100 后的平均' },
  schema: { fields: SCALE_FIELDS, required: ['value'] },
  parse: (source) => ({ kind: 'mean100', ...parseScaled(source) }),
  aggregate: () => mean100,
  reader(config, compile) {
    const scale = scaleOf(config);
    const otherwise = scale === undefined ? scaleOfEvent : () => scale;
    return scaledReader(
      config.value,
      compile,
      otherwise,
      (answer, own) => ((answer - own.min) / (own.max - own.min)) * 100,
    );
  },
  answerScale(config) {
    const scale = scaleOf(config);
    return scale === undefined ? undefined : answersOn(config, scale);
  },
  unit: () => 'score',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};

/** One end alone is no scale. */
function scaleOf({ min, max }: Mean100Config): Scale | undefined {
  return min === undefined || max === undefined ? undefined : { min, max };
}

function scaleOfEvent(data: JsonObject): Scale | undefined {
  return scaleIn(data['scale']) ?? scaleIn(data['rating']) ?? usualScale(data['metric']);
}
function usualScale(metric: unknown): Scale | undefined {
  const usual: AnswerBounds = USUAL_SCALES;
  return typeof metric === 'string' && Object.hasOwn(usual, metric) ? usual[metric] : undefined;
}
