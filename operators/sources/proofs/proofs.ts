/** All schemes by name: one that is not in the list does not compile. */
import { hmacProof } from './hmac-proof.ts';
import { hubProof } from './hub-proof.ts';
import type { Proof, SchemeName } from './proof.ts';
import { headerProof, queryProof } from './shared-secret-proof.ts';
import { standardWebhooksProof } from './standard-webhooks-proof.ts';
import { slackProof, stripeProof } from './timestamped-proof.ts';
import { wjxProof } from './wjx-proof.ts';

export const PROOFS: Readonly<Record<SchemeName, Proof>> = {
  'hmac-sha256': hmacProof('sha256'),
  'hmac-sha1': hmacProof('sha1'),
  'hmac-sha512': hmacProof('sha512'),
  hub: hubProof,
  'standard-webhooks': standardWebhooksProof,
  stripe: stripeProof,
  slack: slackProof,
  header: headerProof,
  query: queryProof,
  wjx: wjxProof,
  none: () => true,
};
