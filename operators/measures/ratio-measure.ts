import { ratio, RATIO_OF, RATIO_PER } from '../aggregates/proportion.ts';
import { expression } from '../config/config-schema-forms.ts';
import type { Measure } from './measure.ts';

export interface RatioConfig {
  readonly kind: 'ratio';
  readonly of: string;
  readonly per: string;
}

export const ratioMeasure: Measure<RatioConfig> = {
  kind: 'ratio',
  about: { en: 'how many `of` for a hundred `per`', 'zh-CN': '每一百个 `per` 中 `of` 的数量' },
  schema: {
    fields: {
      of: expression('which events are counted, e.g. `data.complaint == true`'),
      per: {
        ...expression(
          'against how many of which; counted by themselves, so that answers can be set against invitations: more `of` than `per` is above 100 %, without an interval (`share` never is)',
        ),
        default: 'true',
      },
    },
    required: ['of'],
  },
  parse: ({ expression: source }) => ({ kind: 'ratio', of: source('of'), per: source('per', 'true') }),
  aggregate: () => ratio,
  reader(config, compile) {
    const of = compile(config.of);
    const per = compile(config.per);
    return (event) => {
      const variables = event as unknown as Readonly<Record<string, unknown>>;
      const bits = (per(variables) === true ? RATIO_PER : 0) | (of(variables) === true ? RATIO_OF : 0);
      return bits === 0 ? undefined : bits;
    };
  },
  unit: () => 'percent',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};
