/** What a configuration was, without what it says: a keyed hash of each part, so that the audit shows which part changed between two starts. */
import { createHmac } from 'node:crypto';
import type { Json } from '../../core/types.ts';
import { canonicalJson } from '../../../operators/audit/canonical-json.ts';
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
