/** Personal values, the places of an event that may hold one, and how what comes out is searched for them. */
import type { JsonObject } from '../../../../engine/core/types.ts';
import { unescaped } from '../links/percent.ts';
import { casesOf } from './recall.ts';

const KINDS = new Set(['mobile_cn', 'id_cn', 'bank_card', 'email', 'iban', 'ip']);
const all = casesOf(new URL('cases.ndjson', import.meta.url)).flatMap(({ kind, value }) =>
  value !== null && KINDS.has(kind) ? [value] : [],
);
/** Every other one of the labelled set. */
export const VALUES: readonly string[] = [...new Set(all)].filter((_, i) => i % 2 === 0);

const FIELDS =
  'text note comment reason topic region city store product brand campaign segment tier label title subject body message remark extra memo tag keyword detail reply answer question summary content description feedback'.split(
    ' ',
  );
type Place = (value: string) => JsonObject;
const link = (name: string, path: (value: string) => string): readonly [string, Place][] => [
  [`${name} of a permalink`, (v) => ({ permalink: `https://example.com/${path(v)}` })],
  [`${name} of a link in a text`, (v) => ({ note: `看这里 https://example.com/${path(v)} 谢谢` })],
];
/** Every sign, whether it must be or not. */
export const escapedWhole = (value: string): string =>
  [...Buffer.from(value)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

export const PLACES: readonly (readonly [string, Place])[] = [
  ...FIELDS.map((name) => [name, (v: string) => ({ [name]: v })] as const),
  ...FIELDS.map((name) => [`${name} in a sentence`, (v: string) => ({ [name]: `太差了，${v}，没人管` })] as const),
  ...FIELDS.map((name) => [`nested ${name}`, (v: string) => ({ more: { [name]: { deep: v } } })] as const),
  ...FIELDS.map((name) => [`a list in ${name}`, (v: string) => ({ lists: { [name]: ['a', v] } })] as const),
  ...'id name phone email mobile address'
    .split(' ')
    .map((name) => [`customer.${name}`, (v: string) => ({ customer: { [name]: v } })] as const),
  ...'cust_name contact_mobile password api_key id_card wechat'
    .split(' ')
    .map((name) => [name, (v: string) => ({ [name]: v })] as const),
  ['the name of a field', (v) => ({ more: { [v]: 1 } })],
  ['a permalink', (v) => ({ permalink: `https://example.com/t?to=${v}&x=1` })],
  ...link('a parameter', (v) => `t?to=${encodeURIComponent(v)}&x=1`),
  ...link('a parameter in escapes', (v) => `t?q=${escapedWhole(v)}&x=1`),
  ...link('a parameter escaped twice', (v) => `t?q=${encodeURIComponent(escapedWhole(v))}`),
  ...link('the phone', (v) => `t?x=1&phone=${encodeURIComponent(v)}`),
  ...link('the name', (v) => `t?customer[name]=${encodeURIComponent(v)}#top`),
  ...link('a segment', (v) => `u/${encodeURIComponent(v)}/orders`),
  ...link('a segment in escapes', (v) => `u/${escapedWhole(v)}`),
  ['the parts of an address', (v) => ({ address: { line1: v } })],
  ['a conversation', (v) => ({ conversation: v })],
  ['a case', (v) => ({ case: v })],
];

/** Which of the values a text holds: as they are, or percent-encoded. */
export function valuesIn(text: string, values: readonly string[]): readonly string[] {
  const plain = unescaped(text);
  return values.filter((value) => text.includes(value) || plain.includes(value));
}
