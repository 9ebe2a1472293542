/**
 * What a notice carries to be answered by: it names one alert and one hook, works until its end, and is proved by an HMAC-SHA-256
 * with the installation's key of controls. Made of the notice alone, so that every attempt to send it reads the same.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { at as itemAt } from '../../../core/must.ts';
import type { Millis } from '../../../core/types.ts';

export interface AnswerToken {
  readonly alert: string;
  readonly hook: string;
  /** The notice it was sent with: each of them can be answered once. */
  readonly notice: string;
  readonly expires: Millis;
}

const LONGEST = 512;
/** What the proof is shortened to: 128 bits, so that a link fits where people see it. */
const PROOF_BYTES = 16;

/** With the first of the keys. */
export function writeToken({ alert, hook, notice, expires }: AnswerToken, keys: readonly string[]): string {
  const content = Buffer.from(JSON.stringify([alert, hook, notice, expires])).toString('base64url');
  return `${content}.${proofOf(content, itemAt(keys, 0)).toString('base64url')}`;
}

/** null: none of the keys made it. Whether it has expired is the caller's to say. */
export function readToken(text: string, keys: readonly string[]): AnswerToken | null {
  if (text.length > LONGEST) return null;
  const [content, proof, ...more] = text.split('.');
  if (content === undefined || proof === undefined || more.length > 0) return null;
  const given = Buffer.from(proof, 'base64url');
  const isOurs = keys.some((key) => {
    const made = proofOf(content, key);
    return made.length === given.length && timingSafeEqual(made, given);
  });
  // Only base64url as we write it: another spelling of the same bytes would be another link.
  if (!isOurs || given.toString('base64url') !== proof) return null;
  const [alert, hook, notice, expires] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [
    ...[string, string, string, number],
  ];
  return { alert, hook, notice, expires };
}

/** Named, so that what the same key signs elsewhere fits nothing here. */
function proofOf(content: string, key: string): Buffer {
  return createHmac('sha256', key).update('earshot answer v1\n').update(content).digest().subarray(0, PROOF_BYTES);
}
