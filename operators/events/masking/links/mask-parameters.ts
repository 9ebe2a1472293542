/**
 * Parameters of links and forms (`?phone=138…&customer[name]=…`): what the name of one says is personal is masked as in a field
 * of that name. What is personal by its form alone, the rules for any text find.
 */
import type { Steps } from '../../../../engine/core/steps/steps.ts';
import { edited, type Edit } from '../folding.ts';
import { fieldNamed } from '../mask-fields.ts';
import { unescaped } from './percent.ts';
import { most, whole } from '../whole-values.ts';

/** Masks as any text is masked. */
export type MaskValue = (text: string) => Steps<string>;

export function* parametersIn(text: string, mask: MaskValue, depth = 0): Steps<Edit[]> {
  const edits: Edit[] = [];
  let looks = 0;
  for (let equals = text.indexOf('='); equals >= 0;) {
    if (++looks % LOOKS_A_STEP === 0) yield;
    const start = nameStart(text, equals);
    const from = equals + 1;
    const to = start < 0 ? from : valueEnd(text, from);
    const isOne = to > from && (start > 0 || text[to] === '&');
    if (isOne) {
      const value = text.slice(from, to);
      const put = yield* maskedValue(unescaped(text.slice(start, equals)), value, mask, depth);
      if (put !== value) edits.push({ from, to, put });
    }
    equals = text.indexOf('=', isOne ? to : from);
  }
  return edits;
}
const LOOKS_A_STEP = 64;

const MAX_NAME = 64;
/** Where the name before this sign begins: behind a mark of a link, or with the text; -1: it is no parameter. */
function nameStart(text: string, equals: number): number {
  for (let at = equals - 1; at >= 0 && equals - at <= MAX_NAME + 1; at -= 1) {
    if ('?&#;'.includes(text.charAt(at))) return at + 1 === equals ? -1 : at + 1;
    if (ENDS.test(text.charAt(at))) return -1;
  }
  return equals <= MAX_NAME && equals > 0 ? 0 : -1;
}

/** What no value holds as it is. */
const ENDS = /[\s&#"'<>`，。；、！？：（）《》【】“”]/;
function valueEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !ENDS.test(text.charAt(end))) end += 1;
  return end;
}

/** Switches, not values: `mobile=1`. */
const SWITCH = /^(?:[01]|true|false|yes|no|on|off)$/i;
/** A link within a link. */
const MAX_DEPTH = 3;

function* maskedValue(name: string, value: string, mask: MaskValue, depth: number): Steps<string> {
  const field = fieldNamed(name.replace(/[[\]]/g, '.'));
  const isSpaced = value.includes('+');
  const plain = unescaped(isSpaced && !value.includes('@') ? value.replaceAll('+', ' ') : value);
  let masked = plain;
  if (field === 'secret') return '***';
  if (field === 'name' || field === 'maybe_name') masked = SWITCH.test(plain) ? plain : whole(plain, 'name');
  else if (field === 'phone' || field === 'email' || field === 'document') {
    masked = SWITCH.test(plain) ? plain : most(plain, field, yield* mask(plain));
  } else if (/[0-9]\+[0-9]/.test(value)) masked = yield* mask(plain);
  else if (plain !== value && plain.includes('=') && depth < MAX_DEPTH) {
    const edits = yield* parametersIn(plain, mask, depth + 1);
    masked = (yield* edited({ text: plain, read: plain, starts: null }, edits)).text;
  }
  if (masked === plain) return value;
  return plain === value ? masked : encodeURIComponent(masked.toWellFormed());
}
