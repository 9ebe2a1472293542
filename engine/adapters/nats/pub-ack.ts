/** JetStream's answers to a publish. */
import { at } from '../../core/must.ts';

export type PubAck =
  | { readonly stream: string; readonly seq: number; readonly isDuplicate: boolean }
  | { readonly failure: string; readonly code: number };

const decoder = new TextDecoder();
/** As the server writes it; anything else goes through JSON. */
const PLAIN = /^\{"stream":"([^"\\]*)",\s*(?:"domain":"[^"\\]*",\s*)?"seq":(\d+)(,\s*"duplicate":\s*true)?\}$/;

/** Parses an acknowledgement; `status` is the code of a message that has headers only (503: nobody listens). */
export function parsePubAck(data: Uint8Array, status: number): PubAck {
  if (data.length === 0) {
    return { code: status, failure: status === 503 ? 'no stream takes the subject' : `status ${String(status)}` };
  }
  const text = decoder.decode(data);
  const plain = PLAIN.exec(text);
  if (plain !== null) {
    return { stream: at(plain, 1), seq: Number(plain[2]), isDuplicate: plain[3] !== undefined };
  }
  try {
    return fromJson(JSON.parse(text));
  } catch {
    return { code: 0, failure: 'the answer is no acknowledgement' };
  }
}

function fromJson(value: unknown): PubAck {
  const fields = isObject(value) ? value : {};
  const error = fields['error'];
  if (isObject(error)) {
    const { description, err_code: code } = error;
    return {
      code: typeof code === 'number' ? code : 0,
      failure: typeof description === 'string' ? description : 'refused',
    };
  }
  const { stream, seq } = fields;
  if (typeof stream !== 'string' || typeof seq !== 'number') {
    return { code: 0, failure: 'the answer is no acknowledgement' };
  }
  return { stream, seq, isDuplicate: fields['duplicate'] === true };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
