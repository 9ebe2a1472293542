/** What `/openapi.json` says of clocks that run. */
import type { JsonObject } from '../../core/types.ts';
import { instant, integer, list, object, text } from './schema-forms.ts';

const texts = { type: 'object', additionalProperties: text } as const;
const count: JsonObject = {
  open: integer,
  overdue: { ...integer, description: 'past their due time' },
  paused: integer,
  oldest_s: { type: ['integer', 'null'], description: 'age of the oldest; null: nothing is open' },
  ages: { type: 'array', items: integer, description: 'younger than each of `bounds_s`; the last: older than all' },
};

export const CLOCK_SCHEMAS: JsonObject = {
  OpenClocks: object({
    as_of: { ...instant, description: 'how far event time is' },
    by: text,
    bounds_s: list(integer),
    clocks: list(
      object({
        clock: text,
        title: object({ 'zh-CN': text, en: text }),
        ...count,
        groups: list(object({ value: { type: ['string', 'null'] }, ...count })),
        next: list(object({ key: { type: ['string', 'null'] }, kept: texts, started: instant, due: instant })),
      }),
    ),
  }),
};
