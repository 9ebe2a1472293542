/** Percent-encoding in targets is of UTF-8 (RFC 3986 §2.5): what is not would be read as another text than was meant. */
const ENCODED = /(?:%[0-9a-f]{2})+/gi;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** False: a `%` without two digits, or bytes that are not UTF-8. */
export function isPercentUtf8(text: string): boolean {
  if (!text.includes('%')) return true;
  if (/%(?![0-9a-f]{2})/i.test(text)) return false;
  for (const [run] of text.matchAll(ENCODED)) {
    try {
      decoder.decode(Buffer.from(run.replaceAll('%', ''), 'hex'));
    } catch {
      return false;
    }
  }
  return true;
}
