/**
 * Texts as any storage, wire and hash of the world can hold them. JSON may escape half of a pair of surrogates ("\ud800"), and
 * MessagePack may hold bytes that are no UTF-8: such text would come back from storage as another one, under another key. At the
 * door each such half becomes U+FFFD, in values and in names; of names that become the same the last one counts, as in JSON.
 */

/** Deeper is nothing that is kept. */
const MAX_DEPTH = 64;

/** The same value where nothing was to be done. */
export function wellFormed(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    const items = list.map((item) => wellFormed(item, depth + 1));
    return items.some((item, i) => item !== list[i]) ? items : value;
  }
  const object = value as Readonly<Record<string, unknown>>;
  let isSame = true;
  const fields: [string, unknown][] = [];
  for (const name in object) {
    const field = wellFormed(object[name], depth + 1);
    isSame &&= field === object[name] && name.isWellFormed();
    fields.push([name.toWellFormed(), field]);
  }
  return isSame ? value : Object.fromEntries(fields);
}

/** Its beginning, of at most so many units; never half a pair. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}
