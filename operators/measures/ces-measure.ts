import { ces } from '../aggregates/balance.ts';
import { boundedMean } from '../aggregates/sum.ts';
import { choice } from '../config/config-schema-forms.ts';
import { USUAL_SCALES } from '../events/answer-bounds.ts';
import type { Measure } from './measure.ts';
import type { Bounded } from './reading.ts';
import { answersOn, parseScaled, rescaled, SCALE_FIELDS, scaledReader, scaleWithin } from './scale.ts';

const USAGES = ['mean', 'top', 'index'] as const;

/**
 * Answers on different scales are put on one: the mean on the measure's own, so that it reads as its answers do; `top` and
 * `index` on 1–7, for which they are defined.
 */
export interface CesConfig extends Bounded {
  readonly kind: 'ces';
  readonly as: (typeof USAGES)[number];
}

export const cesMeasure: Measure<CesConfig> = {
  kind: 'ces',
  about: {
    en: 'customer effort, 7 of 1–7 is easiest: the mean, percent of 5–7, or percent of 6–7 less percent of 1–3',
    'zh-CN': '客户费力度（1–7，7 最轻松）：平均分，5–7 分占比，或 6–7 分占比减 1–3 分占比',
  },
  schema: {
    fields: {
      value: SCALE_FIELDS.value,
      as: choice('the mean, percent of 5–7, or percent of 6–7 less percent of 1–3 (−100 to 100)', 'mean', USAGES),
      min: SCALE_FIELDS.min,
      max: SCALE_FIELDS.max,
    },
    required: ['value'],
  },
  parse: (source) => ({ kind: 'ces', ...parseScaled(source), as: source.section.choice('as', USAGES, 'mean') }),
  aggregate(config) {
    const { min, max } = scaleWithin(config, USUAL_SCALES.ces);
    return config.as === 'mean' ? boundedMean([min, max]) : ces[config.as];
  },
  reader(config, compile) {
    const scale = scaleWithin(config, USUAL_SCALES.ces);
    const shown = config.as === 'mean' ? scale : USUAL_SCALES.ces;
    return scaledReader(
      config.value,
      compile,
      () => scale,
      (answer, own) => rescaled(answer, own, shown),
    );
  },
  answerScale: (config) => answersOn(config, scaleWithin(config, USUAL_SCALES.ces)),
  unit: (config) => (({ mean: 'score', top: 'percent', index: 'points' }) as const)[config.as],
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};
