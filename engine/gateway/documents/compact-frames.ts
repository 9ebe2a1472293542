/** The frames of `earshot.v2.msgpack` that are not those of v1: what core/compact/compact-form.ts says in words, as schemas. */
import { FIELD } from '../../core/compact/compact-form.ts';
import type { JsonObject } from '../../core/types.ts';

const integer = { type: 'integer' } as const;
const FIELDS = Object.entries(FIELD)
  .map(([name, bit]) => `${name} ${bit}`)
  .join(', ');

export const COMPACT_VALUES: JsonObject = {
  type: 'array',
  items: { anyOf: [integer, { type: 'array' }] },
  description:
    '[], or [base, watermarks, windows, value, …]. `base`: an instant in ms; `watermarks`: one each, and `windows`: [start, end] ' +
    'each, in ms before `base` (a text: as it is). value: [cell, mask, field, …], a cell being one KPI and key as long as the ' +
    `epoch lasts, and the fields those of the mask from its lowest bit on: ${FIELDS}. n is a number · part: how many of n, of ` +
    'which value is the percentage and interval Wilson’s at z = 1.959963984540054 · value: number or null · interval: [low, high] ' +
    'or null · watermark, window: places in the lists of this frame · revision: twice the revision, one more if final · flags: ' +
    'partial + 3 × retracted, each 0 left out, 1 false, 2 true · detail: [detail], or [] if left out · name: [kpi, key], always ' +
    'with all others. What a value leaves out is as it was.',
};

/** @param snapshot that of v1 */
export function compactFrames(snapshot: JsonObject, changes: JsonObject): Readonly<Record<string, JsonObject>> {
  const { kpis: _kpis, ...others } = changes;
  const more: JsonObject = { type: 'object', properties: others };
  return {
    v2_snapshot: {
      ...snapshot,
      properties: { ...(snapshot['properties'] as JsonObject), kpis: { $ref: '#/components/schemas/CompactValues' } },
      description: 'As in v1, with compact values, whole',
    },
    v2_delta: {
      type: 'array',
      minItems: 4,
      maxItems: 5,
      items: { anyOf: [integer, { $ref: '#/components/schemas/CompactValues' }, more] },
      description: '[id, seq, seq − prev, values], or one more: {alerts, actions, health}, as far as there are any',
    },
  };
}
