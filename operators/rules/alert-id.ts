/** The stable id of an episode: the same rule, key and beginning always give the same token. */
import type { Millis } from '../../engine/core/types.ts';

export function alertId(rule: string, keyId: string, since: Millis): string {
  const text = `${rule}\n${keyId}\n${since}`;
  return `a${hash(text, 0x811c9dc5)}${hash(text, 0x9747b28c)}`;
}

/** FNV-1a over UTF-16 units with MurmurHash3's finaliser, 8 hex digits. */
function hash(text: string, seed: number): string {
  let h = seed;
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return (h >>> 0).toString(16).padStart(8, '0');
}
