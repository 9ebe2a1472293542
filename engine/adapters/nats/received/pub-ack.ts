/** JetStream's answers to a publish. */
import { at } from '../../../core/must.ts';

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
  for (const form of known) {
    const seq = seqIn(data, form.before);
    if (seq >= 0) return { stream: form.stream, seq, isDuplicate: false };
  }
  const text = decoder.decode(data);
  const plain = PLAIN.exec(text);
  if (plain !== null) {
    const stream = at(plain, 1);
    if (plain[3] === undefined) learn(stream, text.slice(0, text.search(NUMBER)));
    return { stream, seq: Number(plain[2]), isDuplicate: plain[3] !== undefined };
  }
  try {
    return fromJson(JSON.parse(text));
  } catch {
    return { code: 0, failure: 'the answer is no acknowledgement' };
  }
}

/** What stands before the number in the acknowledgements of a stream: they come by the thousand, each read without making a text. */
interface Form {
  readonly stream: string;
  readonly before: Uint8Array;
}
const MOST_FORMS = 8;
const NUMBER = /\d+\}$/;
const known: Form[] = [];
const encoder = new TextEncoder();

function learn(stream: string, before: string): void {
  if (known.length === MOST_FORMS) known.pop();
  known.unshift({ stream, before: encoder.encode(before) });
}

/** −1: it is of another form. */
function seqIn(data: Uint8Array, before: Uint8Array): number {
  const end = data.length - 1;
  if (end <= before.length || data[end] !== 0x7d) return -1;
  for (let i = before.length - 1; i >= 0; i--) if (data[i] !== before[i]) return -1;
  let seq = 0;
  for (let i = before.length; i < end; i++) {
    const digit = (data[i] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    seq = seq * 10 + digit;
  }
  return seq;
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
