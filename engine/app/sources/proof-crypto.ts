/** What senders are proved with, by node:crypto. */
import { createHash, createHmac } from 'node:crypto';
import type { ProofCrypto } from '../../../operators/sources/proofs/proof.ts';
import { callbackCrypto } from '../hooks/answers/callback-crypto.ts';

export const proofCrypto: ProofCrypto = {
  hmac(hash, key, parts, as) {
    const mac = createHmac(hash, key);
    for (const part of parts) mac.update(part);
    return mac.digest(as);
  },
  sha1: (text) => createHash('sha1').update(text).digest('hex'),
  fromBase64: (text) => Buffer.from(text, 'base64'),
  isSame: (a, b) => callbackCrypto.isSame(a, b),
};
