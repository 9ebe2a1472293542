/** Everything that cleaning may say of an event in `enrichment.quality`, besides how much was masked. */
import type { JsonObject } from '../../engine/core/types.ts';

export const MARKS = [
  'garbled',
  'empty',
  'boilerplate',
  'keyboard_mash',
  'repeated',
  'straight_lined',
  'too_fast',
  'low_confidence',
  'near_duplicate',
  'copied',
  'flood',
] as const;
export type Mark = (typeof MARKS)[number];

/** What nobody meant by it, or what was counted before. What many people paste (`copied`) is a campaign: it counts. */
export const USUALLY_LEFT_OUT: readonly Mark[] = [
  'garbled',
  'boilerplate',
  'keyboard_mash',
  'straight_lined',
  'too_fast',
  'near_duplicate',
  'flood',
];

/** Those of an event's marks that say why KPIs leave it out; absent: they do not. */
export const LEFT_OUT = 'left_out';

/** Whether KPIs leave the event out, unless they ask for it. */
export function isLeftOut(quality: JsonObject): boolean {
  return quality[LEFT_OUT] !== undefined;
}
