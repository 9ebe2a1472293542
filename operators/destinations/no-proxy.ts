/** Hosts that are called directly though there is a proxy: by name, with all below it, or by address and network. */

export type NoProxyEntry =
  | { readonly kind: 'all' }
  /** In lower case, without dots around it. */
  | { readonly kind: 'name'; readonly name: string }
  /** The bits that its addresses begin with, behind `4` or `6`. */
  | { readonly kind: 'network'; readonly bits: string };

/** null: it is none. */
export function noProxyEntry(text: string): NoProxyEntry | null {
  if (text === '*') return { kind: 'all' };
  const [address = '', prefix, ...more] = text.split('/');
  const bits = more.length > 0 ? null : addressBits(address);
  if (bits !== null) {
    const longest = bits.length - 1;
    const length = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    return length >= 0 && length <= longest ? { kind: 'network', bits: bits.slice(0, length + 1) } : null;
  }
  const name = bareName(text);
  return /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/.test(name)
    ? { kind: 'name', name }
    : null;
}

/** `host`: as a URL has it. Names are not resolved: an address is held against networks, a name against names. */
export function isDirect(host: string, entries: readonly NoProxyEntry[]): boolean {
  const bits = addressBits(host.replace(/^\[|\]$/g, ''));
  const name = bareName(host);
  return entries.some((entry) => {
    switch (entry.kind) {
      case 'all':
        return true;
      case 'name':
        return bits === null && (name === entry.name || name.endsWith(`.${entry.name}`));
      case 'network':
        return bits?.startsWith(entry.bits) === true;
    }
  });
}

function bareName(text: string): string {
  return text.toLowerCase().replace(/^\.|\.$/g, '');
}

/** Behind its family, `4` or `6`; `::ffff:10.0.0.1` is 10.0.0.1. null: it is no address. */
function addressBits(text: string): string | null {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const bytes = text.split('.').map(Number);
    return bytes.every((byte) => byte < 256)
      ? `4${bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')}`
      : null;
  }
  if (!/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return null;
  const [left = '', right] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const [head, tail] = [groups(left), groups(right ?? '')]; // no gap: nothing follows it
  const gap = Array.from({ length: right === undefined ? 0 : 8 - head.length - tail.length }, () => '0');
  const bits = [...head, ...gap, ...tail]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
  const mapped = `${'0'.repeat(80)}${'1'.repeat(16)}`;
  return bits.startsWith(mapped) ? `4${bits.slice(mapped.length)}` : `6${bits}`;
}
