/** What events of cases (tickets) may say. */
import type { JsonObject } from '../../../../engine/core/types.ts';
import { eventData, id, optionalBool, optionalName, optionalText } from '../field-forms.ts';

/** `required`, `more`: beside the case itself, and what every case may say. */
export function caseData(required: readonly string[] = [], more: JsonObject = {}): JsonObject {
  const fields: JsonObject = {
    case: id,
    class: optionalName,
    priority: { type: ['string', 'null'], enum: ['urgent', 'high', 'normal', 'low', null] },
    complaint: optionalBool,
    owner: optionalName,
    satisfied: optionalBool,
    text: optionalText,
    ...more,
  };
  return eventData(fields, ['case', ...required]);
}
