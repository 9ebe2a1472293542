/** What events of orders may say. */
import { eventData, id, optional, optionalNumber, string } from '../field-forms.ts';

export const orderData = eventData(
  {
    order: id,
    order_type: optional(string(64)),
    amount: optionalNumber(0),
    currency: { type: ['string', 'null'], pattern: '^[A-Z]{3}$' },
  },
  ['order'],
);
