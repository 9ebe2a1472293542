/** What a configuration was, without what it says: a keyed hash of each part, so that the audit shows which part changed between two starts. */
import { createHash, createHmac } from 'node:crypto';
import type { Json } from '../../core/types.ts';
import { canonicalJson } from '../../../operators/audit/canonical-json.ts';
import { VERSION } from '../version.ts';
import type { Config } from './config.ts';

/** Parts hold passwords, which a plain hash would let somebody guess: `key` is secret, and the same for ever. */
export function configFingerprints(config: Config, key: string): Readonly<Record<string, string>> {
  const parts = JSON.parse(JSON.stringify(config)) as Readonly<Record<string, Json>>;
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => {
      const mac = createHmac('sha256', key).update(`earshot configuration\n${name}\n`).update(canonicalJson(part));
      return [name, mac.digest('base64url').slice(0, 12)];
    }),
  );
}

/** Where an instance listens, finds others and keeps what is its own: it computes the same by it. */
const OF_AN_INSTANCE: readonly string[] = [
  ...['installation', 'include', 'nats', 'http', 'threads', 'board', 'outgoing', 'controls', 'seal'],
];

/** The same for instances that compute the same; `key`: of pseudonyms, which all have in common. */
export function sharingMark(config: Config, key: string): string {
  const parts = Object.entries(configFingerprints(config, key)).filter(([name]) => !OF_AN_INSTANCE.includes(name));
  return createHash('sha256')
    .update(JSON.stringify([VERSION, parts.toSorted()]))
    .digest('base64url')
    .slice(0, 16);
}
