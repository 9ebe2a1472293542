/** Network addresses: the first half of an IPv4 address and the first group of others stay. */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import type { Edit } from './folding.ts';
import { replacedIn } from './replaced.ts';

export const NETWORK_HINT =
  /[0-9]\.[0-9]{1,3}\.[0-9]|[0-9a-f]:[0-9a-f]{0,4}:|[0-9a-f]{2}-[0-9a-f]{2}-[0-9a-f]{2}-|[0-9a-f]{4}\.[0-9a-f]{4}\.|mac.{0,12}[0-9a-f]{12}/i;

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IP4 = new RegExp(`(?<![0-9.])(${OCTET}\\.${OCTET})\\.${OCTET}\\.${OCTET}(?![0-9.]{0,40}[0-9])`, 'g');
/** IPv4 within IPv6. */
const MAPPED = new RegExp(`(?<![0-9A-Za-z:.])(::(?:ffff:)?|64:ff9b::)${OCTET}(?:\\.${OCTET}){3}(?![0-9.])`, 'gi');
const VERSION =
  /(?:section|chapter|clause|article|paragraph|para|appendix|figure|table|step|rule|§|章节?|节|条款?|v|版本号?|固件|version|ver\.?|build|app|ios|android|安卓|系统|firmware|release)\s{0,2}[:：是为]?\s{0,2}$/i;
/** Eight groups, fewer around one `::`, or a hardware address; times of day have at most three. */
const IP6 =
  /(?<![0-9A-Za-z:])([0-9a-f]{1,4})(?:(?::[0-9a-f]{1,4}){7}|(?::[0-9a-f]{1,4}){0,6}::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?|(?::[0-9a-f]{2}){5}(?:(?::[0-9a-f]{2}){2})?)(?![0-9A-Za-z:])/gi;
/** With dashes; as Cisco writes it; in one piece behind its word. */
const HARDWARE =
  /(?:(?<![0-9A-Za-z-])|(?<=\bmac))([0-9a-f]{2})(?:-[0-9a-f]{2}){5}(?![0-9A-Za-z-])|(?:(?<![0-9A-Za-z.])|(?<=\bmac))([0-9a-f]{4})\.[0-9a-f]{4}\.[0-9a-f]{4}(?![0-9A-Za-z.])|(?<=\bmac(?:地址| address)?[:：是为]?\s{0,2})([0-9a-f]{2})[0-9a-f]{10}(?![0-9A-Za-z])/gi;

/** One's own machine, no address, a mask of a network. */
const NOBODY = /^(?:127\.0\.0\.1|0\.0\.0\.0|255\.255\.[0-9]+\.[0-9]+)$/;

export function* networkIn(text: string): Steps<Edit[]> {
  const four = yield* replacedIn(text, IP4, ({ 0: address, 1: kept, index }) =>
    NOBODY.test(address) || VERSION.test(text.slice(Math.max(0, index - 14), index)) ? null : `${kept ?? ''}.*.*`,
  );
  const six = yield* replacedIn(text, IP6, ({ 0: address, 1: first }) =>
    address.endsWith('::') && !address.slice(0, -2).includes(':') ? null : `${first ?? ''}:***`,
  );
  const hardware = yield* replacedIn(text, HARDWARE, ({ 0: address, 1: dashed, 2: dotted, 3: plain }) =>
    /[a-f]/i.test(address) || plain !== undefined || (dashed !== undefined && !/^[0-9]{4}/.test(address))
      ? `${dashed ?? dotted ?? plain ?? ''}***`
      : null,
  );
  const mapped = yield* replacedIn(text, MAPPED, ({ 1: prefix = '' }) => `${prefix}***`);
  return disjoint([...mapped, ...four, ...six, ...hardware]);
}

/** In order, without those that begin within another. */
export function disjoint(edits: Edit[]): Edit[] {
  if (edits.length < 2) return edits;
  const sorted = [...edits].sort((a, b) => a.from - b.from || b.to - a.to);
  let end = 0;
  return sorted.filter(({ from, to }) => {
    if (from < end) return false;
    end = to;
    return true;
  });
}
