/**
 * What a notice carries to be answered by: it names alerts or an action, and one hook, works until its end, and is proved by an HMAC-SHA-256
 * with the installation's key of controls. Made of the notice alone, so that every attempt to send it reads the same.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { at as itemAt } from '../../../core/must.ts';
import type { Millis } from '../../../core/types.ts';

export interface AnswerToken {
  /** One or several; none where it is for an action. */
  readonly alerts: readonly string[];
  /** Instead of alerts: the action that is done. */
  readonly action?: string;
  readonly hook: string;
  /** The notice it was sent with: each alert of it can be answered once. */
  readonly notice: string;
  readonly expires: Millis;
}

/** Of twenty alerts, whatever their names. */
const LONGEST = 2048;
/** What the proof is shortened to: 128 bits, so that a link fits where people see it. */
const PROOF_BYTES = 16;
/** As our own rules name their episodes: 16 hexadecimal digits, which as bytes are shorter. */
const OWN = /^a[0-9a-f]{16}$/;
const OWN_BYTES = 8;

/** Alerts: one name; several as they are; several of our own as bytes. Or an action. */
type Named = string | readonly string[] | { readonly own: string } | { readonly action: string };

/** With the first of the keys. */
export function writeToken({ alerts, action, hook, notice, expires }: AnswerToken, keys: readonly string[]): string {
  const named = action === undefined ? namedOf(alerts) : { action };
  const content = Buffer.from(JSON.stringify([named, hook, notice, expires])).toString('base64url');
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
  const [named, hook, notice, expires] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [
    ...[Named, string, string, number],
  ];
  const isAction = typeof named === 'object' && 'action' in named;
  return { ...(isAction ? { alerts: [], action: named.action } : { alerts: alertsOf(named) }), hook, notice, expires };
}

function namedOf(alerts: readonly string[]): Named {
  if (alerts.length === 1) return itemAt(alerts, 0);
  if (!alerts.every((alert) => OWN.test(alert))) return alerts;
  return { own: Buffer.from(alerts.map((alert) => alert.slice(1)).join(''), 'hex').toString('base64url') };
}

function alertsOf(named: Exclude<Named, { readonly action: string }>): readonly string[] {
  if (typeof named === 'string') return [named];
  if (!('own' in named)) return named;
  const bytes = Buffer.from(named.own, 'base64url');
  const count = bytes.length / OWN_BYTES;
  return Array.from({ length: count }, (_, i) => `a${bytes.toString('hex', i * OWN_BYTES, (i + 1) * OWN_BYTES)}`);
}

/** Named, so that what the same key signs elsewhere fits nothing here. */
function proofOf(content: string, key: string): Buffer {
  return createHmac('sha256', key).update('earshot answer v1\n').update(content).digest().subarray(0, PROOF_BYTES);
}
