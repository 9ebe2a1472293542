/**
 * Packs as the build has read them (app/set-up/compile-packs.mjs): reading their YAML is a quarter of what a start takes. The build
 * puts them in the place of this module's map; where the sources run as they are there are none.
 */
import { cyrb53 } from '../../core/hash.ts';

/** As JSON, by the name of their text; of a text that has changed since the build there is none. */
export const PACKS: ReadonlyMap<string, string> = new Map();

export function packName(text: string): string {
  return `${text.length}_${cyrb53(text).toString(36)}`;
}
