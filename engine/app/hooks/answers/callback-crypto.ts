/** What callbacks are proved with, by node:crypto. */
import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CallbackCrypto } from '../../../../operators/answers/callback.ts';

const IV_BYTES = 16;

export const callbackCrypto: CallbackCrypto = {
  hmacSha256: (key, text, encoding) => createHmac('sha256', key).update(text).digest(encoding),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  sha1: (text) => createHash('sha1').update(text).digest('hex'),
  isSame(a, b) {
    // Of hashes, which are of one length whatever was given.
    const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
    return left !== undefined && right !== undefined && timingSafeEqual(left, right);
  },
  open(key, base64) {
    const sealed = Buffer.from(base64, 'base64');
    try {
      const secret = createHash('sha256').update(key).digest();
      const cipher = createDecipheriv('aes-256-cbc', secret, sealed.subarray(0, IV_BYTES));
      return Buffer.concat([cipher.update(sealed.subarray(IV_BYTES)), cipher.final()]).toString('utf8');
    } catch {
      return null; // of another key, or cut
    }
  },
};
