/** `X-Hub-Signature-256: sha256=…` or `X-Hub-Signature: sha1=…` (Intercom, GitHub, Meta). The stronger decides where both came. */
import type { HashName, Proof } from './proof.ts';

export const hubProof: Proof = ({ headers, body }, { secrets }, hashes) => {
  const given = headers['x-hub-signature-256'] ?? headers['x-hub-signature'] ?? ''; // none was sent: it proves nothing
  const [, name, mac = ''] = /^(sha1|sha256)=([0-9a-fA-F]+)$/.exec(given) ?? [];
  if (name === undefined) return false;
  const hash = name as HashName;
  return secrets.some((key) => hashes.isSame(hashes.hmac(hash, key, [body], 'hex'), mac.toLowerCase()));
};
