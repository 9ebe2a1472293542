/** A broken invariant must stop the partition, and never become a number on a board: see engine/core/must.ts. */
import { describe, expect, it } from 'vitest';
import { silentDefaults, type SilentDefault } from './silent-defaults.ts';
import { isForTests, readSources } from './sources.ts';

const MODELS_AT_WORK = ['models/serving/', 'models/own/', 'models/text/'];
const found = readSources()
  .filter(({ path }) => !isForTests(path) && !path.startsWith('bench/'))
  .flatMap(silentDefaults);
const within = (rooms: readonly string[], of: SilentDefault['of']): readonly string[] =>
  found
    .filter((one) => one.of === of && rooms.some((room) => one.path.startsWith(room)))
    .map(({ path, line }) => `${path}:${line}`);

describe('a default for what is missing', () => {
  it('is never given to an element of a list or a record without a reason beside it', () => {
    const rooms = ['engine/', 'dashboards/', 'operators/', ...MODELS_AT_WORK];
    const found = within(rooms, 'element').filter((place) => !place.startsWith('operators/events/masking/'));
    expect(found).toEqual([]);
  });

  it('is given to nothing without a reason beside it', () => {
    const found = within(['engine/', 'dashboards/', 'operators/', ...MODELS_AT_WORK], 'value');
    expect(found.filter((place) => !place.startsWith('operators/events/masking/'))).toEqual([]);
  });

  it('is rare in masking, where it stands for the end of a text', () => {
    expect(within(['operators/events/masking/'], 'element').length).toBeLessThanOrEqual(20);
  });
});

describe('the check itself', () => {
  const kindsIn = (text: string): readonly string[] =>
    silentDefaults({ path: 'a.ts', text, lines: 1, imports: [] }).map(({ line, of }) => `${line} ${of}`);

  it('sees elements and values, and what explains them', () => {
    expect(kindsIn('f(list[i] ?? 0);\nf(list[i] ?? 0); // i < n\n// i < n\nf(list[i] ?? 0);')).toEqual(['1 element']);
    expect(kindsIn("f((of?.list[i] ?? 0) + 1, names[name] ?? '', limit ?? [])")).toEqual([
      '1 element',
      '1 element',
      '1 value',
    ]);
    expect(kindsIn('list.flatMap((one) => one.parts ?? [])')).toEqual([]);
    expect(kindsIn('list.map((one) => one.parts ?? [])')).toEqual(['1 value']);
    expect(kindsIn("f(counts.get(key) ?? 0, a?.b ?? 0, headers['host'] ?? 'here')")).toEqual([]);
    expect(kindsIn("f(headers['host'] ?? '', options || {})")).toEqual(['1 value', '1 value']);
  });
});
