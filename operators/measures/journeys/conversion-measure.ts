import { share } from '../../aggregates/proportion.ts';
import { JOURNEY, journeyTypes, STEP, stepsOf } from './journey-reading.ts';
import type { Measure } from '../measure.ts';

export interface ConversionConfig {
  readonly kind: 'conversion';
  readonly journey: string;
  readonly from: string;
  readonly to: string;
}

export const conversionMeasure: Measure<ConversionConfig> = {
  kind: 'conversion',
  about: {
    en: 'percent of those who reached the step `from` that reached `to` then or later, counted when their journey ends',
    'zh-CN': '到达步骤 `from` 的客户中随后到达 `to` 的占比，在旅程结束时计入',
  },
  schema: {
    fields: {
      journey: JOURNEY,
      from: STEP('the step that they are counted at'),
      to: STEP('the step that they are to reach'),
    },
    required: ['journey', 'from', 'to'],
  },
  parse: ({ section }) => ({
    kind: 'conversion',
    journey: section.text('journey', ''),
    from: section.text('from', ''),
    to: section.text('to', ''),
  }),
  journey: ({ journey, from, to }) => ({ id: journey, steps: { from, to } }),
  from: journeyTypes,
  aggregate: () => share,
  reader:
    ({ from, to }) =>
    ({ data }) => {
      const steps = stepsOf(data);
      const left = steps?.[from];
      if (left === undefined) return undefined;
      const reached = steps?.[to];
      // Instants of one form: their order is that of their texts.
      return reached !== undefined && reached.last >= left.first ? 1 : 0;
    },
  unit: () => 'percent',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};
