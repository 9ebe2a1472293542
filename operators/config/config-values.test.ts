import { describe, expect, it } from 'vitest';
import { byteCount, durationMs, durationText, Section } from './config-values.ts';

describe('values of a configuration', () => {
  it.each([
    ['250ms', 250],
    ['5s', 5000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['0s', 0],
    [0, 0],
    ['007s', 7000],
    ['5', undefined],
    ['5 s', undefined],
    ['5S', undefined],
    ['-5s', undefined],
    ['1.5s', undefined],
    ['5s5s', undefined],
    ['999999999999d', undefined],
    [5, undefined],
    [null, undefined],
    [{}, undefined],
  ])('the duration %j', (written, ms) => {
    expect(durationMs(written)).toBe(ms);
  });

  it.each([
    [0, '0s'],
    [1, '1ms'],
    [1500, '1500ms'],
    [90_000, '90s'],
    [900_000, '15m'],
    [86_400_000, '1d'],
  ])('%d ms is written %s, and read back', (ms, text) => {
    expect(durationText(ms)).toBe(text);
    expect(durationMs(text)).toBe(ms);
  });

  it.each([
    [1024, 1024],
    ['256KiB', 262_144],
    ['1MB', 1_000_000],
    ['2GiB', 2_147_483_648],
    ['17B', 17],
    ['256kb', undefined],
    ['-1KB', undefined],
    [0, undefined],
    [1.5, undefined],
    ['999999999999GiB', undefined],
    [null, undefined],
  ])('the size %j', (written, bytes) => {
    expect(byteCount(written)).toBe(bytes);
  });

  it('what has the wrong type reads as absent', () => {
    const section = new Section({ a: [1], b: 'x', c: null, d: { e: 'f' } }, ['root']);
    expect([section.text('a', 'no'), section.number('b', 7), section.flag('b', true), section.list('b')]).toEqual([
      'no',
      7,
      true,
      [],
    ]);
    expect([section.has('c'), section.has('toString'), section.section('d').text('e', '')]).toEqual([
      false,
      false,
      'f',
    ]);
    expect(section.section('d').path('e', 0)).toEqual(['root', 'd', 'e', 0]);
    expect(new Section(null, []).names()).toEqual([]);
  });
});
