/** What a partition gathers is read by the names that went with it, whatever is configured where it is read. */
import { expect, it } from 'vitest';
import type { Json } from '../../engine/core/types.ts';
import type { CxEnvelope, CxEvent } from '../shared/messages.ts';
import type { Matcher } from './between.ts';
import { isGathered, readGathered, RecordGatherer, type GatheredForm } from './gathered-records.ts';

const FORM: GatheredForm = { owners: 'owners', records: 'records', recordBytes: 50 };
interface Seen {
  readonly owner: number;
  readonly id: string;
}
const matcher: Matcher<Seen> = {
  match({ id }, hearing) {
    if (id === '') hearing.keyless('second');
    else for (const owner of [0, 1]) hearing.record({ owner, id });
  },
};
const eventOf = (id: string): CxEnvelope => ({ id, key: 'k', ts: 1, value: {} as CxEvent });
type Written = readonly [owner: number, id: string];
const gatherer = (): RecordGatherer<Seen> =>
  new RecordGatherer(FORM, [{ id: 'first' }, { id: 'second' }], matcher, ({ owner, id }): Written => [owner, id]);

it('what was gathered is taken once, and says about how large it is', () => {
  const gathered = gatherer();
  expect([gathered.isEmpty, gathered.gather(eventOf('e1')), gathered.isEmpty]).toEqual([true, 100, false]);
  expect(gathered.gather(eventOf(''))).toBe(0);
  expect([gathered.takeKeyless(), gathered.takeKeyless()]).toEqual([['second'], []]);
  expect(gathered.take()).toEqual({
    owners: [{ id: 'first' }, { id: 'second' }],
    records: [
      [0, 'e1'],
      [1, 'e1'],
    ],
  });
  expect([gathered.isEmpty, gathered.take()]).toEqual([
    true,
    { owners: [{ id: 'first' }, { id: 'second' }], records: [] },
  ]);
});

it('records of an owner that is gone, or that mean nothing any more, are left out; names are looked up once', () => {
  const gathered = gatherer();
  for (const id of ['e1', 'e2', 'e3']) gathered.gather(eventOf(id));
  const asked: string[] = [];
  const read = readGathered(gathered.take(), FORM, ({ id: name }: { readonly id: string }) => {
    asked.push(name);
    return name === 'first' ? null : ([, id]: Written) => (id === 'e2' ? null : `${name} ${id}`);
  });
  expect(read).toEqual(['second e1', 'second e3']);
  expect(asked).toEqual(['first', 'second']);
});

it('only what has both lists is what a gatherer gave', () => {
  const tried: readonly Json[] = [gatherer().take(), null, [], 'text', { owners: [] }, { records: [] }];
  expect(tried.map((value) => isGathered(value, FORM))).toEqual([true, false, false, false, false, false]);
});
