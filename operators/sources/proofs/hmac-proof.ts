/** An HMAC in a header, over the body, or over a time in another header and the body (Zendesk, Chatwoot, Typeform and many others). */
import { isWithin, signedTime, type HashName, type Proof } from './proof.ts';

const MOST_SIGNATURES = 10;

/** Several signatures may stand in the header, with commas or spaces between, while a secret rotates. */
export function hmacProof(hash: HashName): Proof {
  return ({ headers, body }, settings, hashes, now) => {
    const { header, prefix, encoding, timestamp, signed, secrets, withinMs } = settings;
    const time = timestamp === '' ? '' : (headers[timestamp] ?? ''); // none was sent: it proves nothing
    if (timestamp !== '' && !isWithin(signedTime(time), now, withinMs)) return false;
    const given = (headers[header] ?? '').split(/[,\s]+/, MOST_SIGNATURES).filter((one) => one.startsWith(prefix)); // none was sent: it proves nothing
    const parts = signed
      .split(/(\{timestamp\}|\{body\})/)
      .map((part) => (part === '{body}' ? body : part === '{timestamp}' ? time : part));
    const due = secrets.map((key) => prefix + hashes.hmac(hash, key, parts, encoding));
    return due.some((mac) => given.some((one) => hashes.isSame(encoding === 'hex' ? one.toLowerCase() : one, mac)));
  };
}
