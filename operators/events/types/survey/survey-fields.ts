/** What events of surveys may say. */
import type { JsonObject } from '../../../../engine/core/types.ts';
import { number, oneOf, optionalId, optionalName, optionalText } from '../field-forms.ts';

export const surveyFields: JsonObject = {
  survey: optionalId,
  metric: oneOf('nps', 'csat', 'ces', 'other'),
  score: {
    ...number(),
    description:
      'Within `scale`, else within the usual scale of its metric: nps 0–10 always, csat 1–5, ces 1–7, or the wider one that a measure is configured for.',
  },
  scale: {
    type: ['object', 'null'],
    required: ['min', 'max'],
    properties: { min: number(), max: number() },
  },
  text: optionalText,
  touchpoint: optionalName,
  case: optionalId,
};
