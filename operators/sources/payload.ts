/** What a request's body holds: JSON, or a form. What is no text in its charset, or no JSON, is said with its place, not repeated. */
import { jsonFault } from '../../engine/core/json/json-fault.ts';

export type Payload = { readonly value: unknown } | { readonly fault: string };

const FORM = 'application/x-www-form-urlencoded';

/** `type`: the content type, undefined where none was sent. */
export function payloadOf(body: Uint8Array, type: string | undefined): Payload {
  const [media = '', ...parameters] = (type ?? '').toLowerCase().split(';'); // not said: no type of ours
  const charset = parameters.map((one) => /^\s*charset="?([^"\s]+)"?/.exec(one)?.[1]).find((one) => one !== undefined);
  const text = textOf(body, charset ?? 'utf-8');
  if ('fault' in text) return text;
  if (text.value.trim() === '') return { fault: 'the body is empty' };
  if (media.trim() === FORM) return formOf(text.value);
  try {
    return { value: JSON.parse(text.value) as unknown };
  } catch {
    return { fault: `the body is not JSON: ${jsonFault(text.value)}` };
  }
}

function textOf(body: Uint8Array, charset: string): { readonly value: string } | { readonly fault: string } {
  try {
    return { value: new TextDecoder(charset, { fatal: true }).decode(body) };
  } catch (thrown) {
    return {
      fault: thrown instanceof RangeError ? 'its charset is not known' : `the body is not ${charset.slice(0, 20)}`,
    };
  }
}

/** A field that comes several times is a list. A form whose only field is `payload` holds JSON there, as Slack's and Shopify's do. */
function formOf(text: string): Payload {
  const form = new URLSearchParams(text);
  const fields: Record<string, string | string[]> = {};
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name);
    const [first = ''] = values; // there is one: the name is
    if (name !== '__proto__') fields[name] = values.length > 1 ? values : first;
  }
  const { payload } = fields;
  if (typeof payload !== 'string' || Object.keys(fields).length > 1) return { value: fields };
  try {
    return { value: JSON.parse(payload) as unknown };
  } catch {
    return { value: fields };
  }
}
