/** Stripe's `t=…,v1=…` and Slack's `v0=…`: a time that is signed with the body. */
import { isWithin, signedTime, type Proof } from './proof.ts';

const MOST_PARTS = 20;

export const stripeProof: Proof = ({ headers, body }, { header, secrets, withinMs }, hashes, now) => {
  const parts = (headers[header] ?? '').split(',', MOST_PARTS).map((one) => one.trim()); // none was sent: it proves nothing
  const time = parts.find((one) => one.startsWith('t='))?.slice(2) ?? '';
  if (!isWithin(signedTime(time), now, withinMs)) return false;
  const given = parts.filter((one) => one.startsWith('v1='));
  return secrets.some((key) => {
    const mac = `v1=${hashes.hmac('sha256', key, [`${time}.`, body], 'hex')}`;
    return given.some((one) => hashes.isSame(one, mac));
  });
};

export const slackProof: Proof = ({ headers, body }, { secrets, withinMs }, hashes, now) => {
  const time = headers['x-slack-request-timestamp'] ?? ''; // none was sent: it proves nothing
  if (!isWithin(signedTime(time), now, withinMs)) return false;
  const given = headers['x-slack-signature'] ?? ''; // none was sent: it proves nothing
  return secrets.some((key) => hashes.isSame(`v0=${hashes.hmac('sha256', key, [`v0:${time}:`, body], 'hex')}`, given));
};
