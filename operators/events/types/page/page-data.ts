/** What events of pages may say. */
import { eventData, optionalName, optionalNumber, string } from '../field-forms.ts';

export const pageData = eventData(
  { page: string(2048, 1), dwell_ms: optionalNumber(0, 86_400_000), action: optionalName },
  ['page'],
);
