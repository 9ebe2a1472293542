/** Values that are personal by the name of their field, whatever their form. */
import type { Field } from './mask-fields.ts';

/** Masked without a look at it. */
type Whole = 'name' | 'secret';
export function isWhole(field: Field): field is Whole {
  return field === 'name' || field === 'secret';
}
export function whole(text: string, field: Whole): string {
  if (field === 'secret') return '***';
  return /^[^]\*{1,2}$/u.test(text) ? text : maskPersonName(text);
}

/** @param masked the text as the rules for any text leave it */
export function most(text: string, field: 'phone' | 'email' | 'document', masked: string): string {
  // Stars were put there now, or when it was masked before.
  if (masked.includes('***')) return masked;
  if (field === 'email') return `${first(text)}***`;
  if (field === 'document') return `${first(text)}***${text.length < 9 ? '' : text.slice(-4)}`;
  const digits = text.replace(/[^0-9０-９]/g, '');
  if (digits.length < 5) return digits === '' ? masked : '***';
  return `${digits.slice(0, 3)}****${digits.length < 9 ? '' : digits.slice(-4)}`;
}

/** 张三 → 张*, 张小明 → 张**, John Smith → J**. */
export function maskPersonName(name: string): string {
  const trimmed = name.trim();
  const initial = first(trimmed);
  return `${initial}${trimmed.length - initial.length <= 1 ? '*' : '**'}`;
}

/** The first character, not half of one. */
function first(text: string): string {
  const point = text.codePointAt(0);
  return point === undefined ? '' : String.fromCodePoint(point);
}
