/** What is around the data of messages: CloudEvents 1.0, in binary mode as headers, in structured mode as the whole. */
import { instant, object, text } from './schema-forms.ts';

export const CLOUD_EVENT_HEADERS = object(
  {
    'ce-specversion': { const: '1.0' },
    'ce-id': text,
    'ce-type': text,
    'ce-source': text,
    'ce-time': instant,
    'ce-dataschema': text,
    'Nats-Msg-Id': text,
  },
  ['ce-dataschema', 'ce-time', 'Nats-Msg-Id'],
);

/** A whole event, as it comes in structured mode; in binary mode the data stands alone, by type. */
export const CLOUD_EVENT = object(
  { specversion: { const: '1.0' }, id: text, source: text, type: text, time: instant, data: { type: 'object' } },
  ['time'],
);
