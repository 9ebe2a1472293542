import { expect, test } from 'vitest';
import { grownKinds, heldKinds } from './heap-growth.ts';

const snapshot = (nodes: readonly number[]): string =>
  JSON.stringify({
    snapshot: { meta: { node_fields: ['type', 'name', 'id', 'self_size'], node_types: [['object', 'string']] } },
    nodes,
    strings: ['Socket', 'a text', 'Map'],
  });

test('objects by their class, texts as one kind; what has grown, the most bytes first', () => {
  const early = heldKinds(snapshot([0, 0, 1, 100, 1, 1, 3, 20]));
  const late = heldKinds(snapshot([0, 0, 1, 100, 0, 0, 5, 100, 1, 1, 3, 20, 0, 2, 7, 300]));
  expect(early).toEqual(
    new Map([
      ['object Socket', { count: 1, bytes: 100 }],
      ['string', { count: 1, bytes: 20 }],
    ]),
  );
  expect(grownKinds(early, late)).toEqual([
    { kind: 'object Map', count: 1, bytes: 300 },
    { kind: 'object Socket', count: 1, bytes: 100 },
  ]);
});
