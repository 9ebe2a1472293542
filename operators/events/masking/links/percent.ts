/** Percent-encoding, one character at a time: `%31`, `%E5%BC%A0`, and what was encoded twice (`%2531`). */

export interface Escaped {
  readonly point: number;
  /** Behind its last escape. */
  readonly end: number;
}

/** The character whose escapes begin here; null: there is none, or its bytes are no UTF-8. */
export function escapedAt(text: string, at: number): Escaped | null {
  const lead = byteAt(text, at);
  if (lead === null) return null;
  if (lead.point < 0x80) return lead;
  const more = lead.point >= 0xf0 ? 3 : lead.point >= 0xe0 ? 2 : lead.point >= 0xc2 ? 1 : 0;
  if (more === 0 || lead.point > 0xf4) return null;
  let point = lead.point & (0x3f >> more);
  let { end } = lead;
  for (let i = 0; i < more; i += 1) {
    const next = byteAt(text, end);
    if (next === null || next.point >> 6 !== 2) return null;
    point = (point << 6) | (next.point & 0x3f);
    end = next.end;
  }
  return point > 0x10ffff ? null : { point, end };
}

/** As far as it is UTF-8; what is not stays as it is. */
export function unescaped(text: string): string {
  let plain = '';
  let from = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at)) {
    const escaped = escapedAt(text, at);
    if (escaped === null) {
      at += 1;
      continue;
    }
    plain += text.slice(from, at) + String.fromCodePoint(escaped.point);
    from = at = escaped.end;
  }
  return plain + text.slice(from);
}

function byteAt(text: string, at: number): Escaped | null {
  if (text.charCodeAt(at) !== PERCENT) return null;
  let from = at + 1;
  for (;;) {
    const point = (hexOf(text.charCodeAt(from)) << 4) | hexOf(text.charCodeAt(from + 1));
    if (point < 0) return null;
    // The sign itself: what follows may be an escape that was encoded once more.
    const isTwice = point === PERCENT && hexOf(text.charCodeAt(from + 2)) >= 0 && hexOf(text.charCodeAt(from + 3)) >= 0;
    if (!isTwice) return { point, end: from + 2 };
    from += 2;
  }
}
const PERCENT = 0x25;

/** Below 0: it is none. */
function hexOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
