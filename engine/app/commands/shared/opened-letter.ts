/** A dead letter as it is shown to whoever has its key. */
import { letterPart } from '../../../core/safety/dead-letter.ts';
import type { JsonObject, RawMessage } from '../../../core/types.ts';
import type { letterOpener } from '../../../adapters/keys/letter-seal.ts';

export interface OpenedLetter extends JsonObject {
  /** In CX_DLQ. */
  readonly seq: number;
}

/** All that the message says, with headers and bytes opened, and `text` where these are text; or with the `fault` that keeps them shut. */
export function openedLetter({ seq, data }: RawMessage, open: ReturnType<typeof letterOpener>): OpenedLetter {
  const letter = parsed(data);
  if (letter === null) return { seq, fault: 'it is no dead letter: somebody else published it' };
  const { sealed, headers, bytes, seq: of, ...rest } = letter;
  const said = { seq, of: of ?? null, ...rest };
  const original = Buffer.from(typeof bytes === 'string' ? bytes : '', 'base64');
  if (sealed === undefined) return { ...said, headers: headers ?? {}, ...contentOf(original) }; // a letter of a message without any
  const { key, headers: sealedHeaders } = sealed as { readonly key: string; readonly headers: string };
  const { subject, index } = letter;
  const id = {
    subject: typeof subject === 'string' ? subject : '',
    seq: Number(of),
    index: typeof index === 'number' ? index : null,
  };
  const parts = [
    open(Buffer.from(sealedHeaders, 'base64'), key, letterPart(id, 'headers')),
    open(original, key, letterPart(id, 'bytes')),
  ] as const;
  const [openHeaders, openBytes] = parts;
  if ('fault' in openHeaders) return { ...said, fault: openHeaders.fault };
  if ('fault' in openBytes) return { ...said, fault: openBytes.fault };
  return {
    ...said,
    headers: JSON.parse(Buffer.from(openHeaders.part).toString()) as JsonObject,
    ...contentOf(openBytes.part),
  };
}

function contentOf(bytes: Uint8Array): JsonObject {
  const base64 = Buffer.from(bytes).toString('base64');
  try {
    return { bytes: base64, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { bytes: base64 }; // MessagePack, say
  }
}

function parsed(data: Uint8Array): JsonObject | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}
