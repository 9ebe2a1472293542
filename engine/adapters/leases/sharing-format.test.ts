import { describe, expect, it } from 'vitest';
import { decodeBeat, decodeTable, encodeBeat, encodeTable } from './sharing-format.ts';
import type { MemberBeat, OwnerTable } from '../../core/partition/shared-ownership.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const beat: MemberBeat = {
  ...{ id: 'one', holder: '{"owner":"host 1"}', since: 5, beat: 7, state: 'in', generation: 3, mark: 'abc' },
  held: Array.from({ length: 257 }, (_, i) => (i < 256 ? i : 65_536)),
};
const table: OwnerTable = {
  mark: 'abc',
  generation: 9,
  owners: new Map([
    [0, { owner: 'one', since: 2, from: null }],
    [65_536, { owner: 'two', since: 9, from: 'one' }],
  ]),
  holders: new Map([
    ['one', 'a'],
    ['two', 'b'],
  ]),
};

describe('what instances say and agree on, as bytes', () => {
  it('is read as it was written', () => {
    expect(decodeBeat(encodeBeat(beat))).toEqual(beat);
    expect(decodeTable(encodeTable(table))).toEqual(table);
    const { mark: _, ...former } = table;
    expect(decodeTable(encodeTable(former))).toEqual(former);
  });

  it.each([
    ['no format', beat],
    ['a long name', { format: 1, ...beat, id: 'x'.repeat(65) }],
    ['no name', { format: 1, ...beat, id: '' }],
    ['a long holder', { format: 1, ...beat, holder: 'x'.repeat(3_000) }],
    ['more than there is', { format: 1, ...beat, held: Array.from({ length: 20_000 }, () => 1) }],
    ['numbers that are none', { format: 1, ...beat, beat: 1e300 }],
    ['another state', { format: 1, ...beat, state: 'king' }],
  ])('a stranger’s beat is none: %s', (_what, one) => expect(decodeBeat(bytes(one))).toBeNull());

  const written = JSON.parse(new TextDecoder().decode(encodeTable(table))) as object;
  it.each([
    ['what became somebody’s in a table to come', { items: [[0, 0, 10, 1]] }],
    ['an owner whom it does not name', { items: [[0, 7, 1, -1]] }],
    ['more tables than there can be', { generation: Number.MAX_SAFE_INTEGER }],
    ['fewer than none', { generation: -1 }],
    ['rows that are none', { items: [null] }],
  ])('a table that somebody wrote by hand is none: %s', (_what, part) => {
    expect(decodeTable(bytes({ ...written, ...part }))).toBeNull();
  });
  it('one of another format is not written over', () => {
    expect(() => decodeTable(bytes({ ...written, format: 2 }))).toThrow(/format 2/);
  });
});
