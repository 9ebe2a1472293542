/** The stable id of an episode: the same rule, key and beginning always give the same token. */
import { fnv1a, hex32, spread } from '../../../engine/core/hash.ts';
import type { Millis } from '../../../engine/core/types.ts';

const SECOND_SEED = 0x9747b28c;

export function alertId(rule: string, keyId: string, since: Millis): string {
  const text = `${rule}\n${keyId}\n${since}`;
  return `a${hex32(spread(fnv1a(text)))}${hex32(spread(fnv1a(text, SECOND_SEED)))}`;
}
