/** The gateway's signature of a control: HMAC-SHA-256 over the payload, which holds its id, time, kind and content. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { at } from '../../core/must.ts';

const FORM = 'v1';

export type SignControl = (payload: Uint8Array) => string;

/** With the first of the keys. */
export function controlSigner(keys: readonly string[]): SignControl {
  const key = at(keys, 0);
  return (payload) => `${FORM}.${macOf(payload, key).toString('base64url')}`;
}

/** By any of the keys: while they rotate, messages of the former are still on their way. */
export function controlVerifier(keys: readonly string[]): (payload: Uint8Array, signature: string) => boolean {
  return (payload, signature) => {
    const [form, text, ...more] = signature.split('.');
    if (form !== FORM || text === undefined || more.length > 0) return false;
    const given = Buffer.from(text, 'base64url');
    return keys.some((key) => {
      const mac = macOf(payload, key);
      return mac.length === given.length && timingSafeEqual(mac, given);
    });
  };
}

/** Named, so that a key that serves for something else as well makes no signature that fits here. */
function macOf(payload: Uint8Array, key: string): Buffer {
  return createHmac('sha256', key).update('earshot control v1\n').update(payload).digest();
}
