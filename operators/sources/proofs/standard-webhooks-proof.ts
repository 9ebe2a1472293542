/** Standard Webhooks (https://www.standardwebhooks.com): `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…` (Formbricks, Svix). */
import { isWithin, signedTime, type Proof } from './proof.ts';

const MOST_SIGNATURES = 10;

export const standardWebhooksProof: Proof = ({ headers, body }, { secrets, withinMs }, hashes, now) => {
  const of = (name: string): string => headers[`webhook-${name}`] ?? headers[`svix-${name}`] ?? ''; // none was sent: it proves nothing
  const [id, time] = [of('id'), of('timestamp')];
  if (id === '' || !isWithin(signedTime(time), now, withinMs)) return false;
  const given = of('signature').split(' ', MOST_SIGNATURES);
  return secrets.some((secret) => {
    const key = hashes.fromBase64(secret.replace(/^whsec_/, ''));
    const mac = `v1,${hashes.hmac('sha256', key, [`${id}.${time}.`, body], 'base64')}`;
    return given.some((one) => hashes.isSame(one, mac));
  });
};
