/** The hash by which `TextTable` finds a text of an owner: of the text, and the same of the bytes of a text that is plain ASCII. */
import { spread } from '../../engine/core/hash.ts';

/** Each unit is mixed in with all that came before, so that another seed gives other collisions. */
export function hashOf(seed: number, owner: number, text: string): number {
  let hash = spread(seed ^ (owner + 1));
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return spread(hash);
}
export function hashOfPlain(seed: number, owner: number, bytes: Uint8Array, from: number, length: number): number {
  let hash = spread(seed ^ (owner + 1));
  for (let i = from; i < from + length; i++) {
    hash = Math.imul(hash ^ (bytes[i] as number), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return spread(hash);
}
