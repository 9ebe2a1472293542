/** What `/openapi.json` says of journeys and their funnels. */
import type { JsonObject } from '../../core/types.ts';
import { instant, list, object, text, texts } from './schema-forms.ts';

const count = { type: 'number' } as const;
const percent = { type: ['number', 'null'], description: 'percent' } as const;

export const JOURNEY_SCHEMAS: JsonObject = {
  Journey: object({
    id: text,
    title: object({ 'zh-CN': text, en: text }),
    dimensions: { ...texts, description: 'by which its funnel can be asked for' },
    hasFunnel: { type: 'boolean' },
  }),
  JourneyFunnel: object({
    journey: text,
    title: object({ 'zh-CN': text, en: text }),
    from: instant,
    to: { ...instant, description: 'windows that end before' },
    key: { type: 'object', additionalProperties: text },
    complete: { type: 'boolean', description: 'false: windows may be missing' },
    ended: count,
    completed: count,
    conversion: percent,
    steps: list(
      object({
        step: text,
        reached: count,
        to_next: percent,
        dropped: count,
        drop_off: percent,
        time_s: { type: ['number', 'null'], description: 'mean seconds until another step' },
        passages: count,
        stalls: count,
      }),
    ),
    break_points: list(object({ step: text, dropped: count, share: percent })),
  }),
};
