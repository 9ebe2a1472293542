import { share } from '../../aggregates/proportion.ts';
import { JOURNEY, journeyTypes, STEP, stepsOf } from './journey-reading.ts';
import type { Measure } from '../measure.ts';

export interface DropOffConfig {
  readonly kind: 'drop_off';
  readonly journey: string;
  readonly step: string;
}

export const dropOffMeasure: Measure<DropOffConfig> = {
  kind: 'drop_off',
  about: {
    en: 'percent of those who reached the step that reached none after it, counted when their journey ends',
    'zh-CN': '到达该步骤的客户中没有到达任何后续步骤的占比，在旅程结束时计入',
  },
  schema: { fields: { journey: JOURNEY, step: STEP('the step that they left at') }, required: ['journey', 'step'] },
  parse: ({ section }) => ({ kind: 'drop_off', journey: section.text('journey', ''), step: section.text('step', '') }),
  journey: ({ journey, step }) => ({ id: journey, steps: { step } }),
  from: journeyTypes,
  aggregate: () => share,
  reader:
    ({ step }) =>
    ({ data }) => {
      const steps = stepsOf(data);
      if (steps?.[step] === undefined) return undefined;
      return data['dropped'] === step ? 1 : 0;
    },
  unit: () => 'percent',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};
