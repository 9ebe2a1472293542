import { mean } from '../../aggregates/sum.ts';
import { JOURNEY, journeyTypes, STEP } from './journey-reading.ts';
import type { Measure } from '../measure.ts';

export interface TimeInStepConfig {
  readonly kind: 'time_in_step';
  readonly journey: string;
  readonly step: string;
}

export const timeInStepMeasure: Measure<TimeInStepConfig> = {
  kind: 'time_in_step',
  about: {
    en: 'mean seconds from coming to the step until another one is reached; n: passages',
    'zh-CN': '从进入该步骤到进入另一步骤的平均秒数；n 为经过次数',
  },
  schema: { fields: { journey: JOURNEY, step: STEP('the step that it takes time in') }, required: ['journey', 'step'] },
  parse: ({ section }) => ({
    kind: 'time_in_step',
    journey: section.text('journey', ''),
    step: section.text('step', ''),
  }),
  journey: ({ journey, step }) => ({ id: journey, steps: { step } }),
  from: journeyTypes,
  aggregate: () => mean,
  reader:
    ({ step }) =>
    ({ data }) =>
      data['event'] === 'left' && data['step'] === step && typeof data['seconds'] === 'number'
        ? data['seconds']
        : undefined,
  unit: () => 'seconds',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};
