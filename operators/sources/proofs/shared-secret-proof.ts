/** A secret that both sides know, sent along: in a header, or in the address for those that can set nothing else. */
import type { Proof } from './proof.ts';

export const headerProof: Proof = ({ headers }, { header, prefix, secrets }, hashes) => {
  const given = headers[header] ?? ''; // none was sent: it proves nothing
  return secrets.some((secret) => hashes.isSame(given, prefix + secret));
};

export const queryProof: Proof = ({ query }, { parameter, secrets }, hashes) => {
  const given = query[parameter] ?? ''; // none was sent: it proves nothing
  return secrets.some((secret) => hashes.isSame(given, secret));
};
