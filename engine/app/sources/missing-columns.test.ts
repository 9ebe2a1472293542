import { describe, expect, it } from 'vitest';
import { rule } from '../../../operators/sources/map-rule.ts';
import { missingColumns } from './missing-columns.ts';

const read = rule({
  type: 'cx.feedback.posted',
  id: 'row["id"]',
  time: 'row["time"]',
  data: {
    channel: '"web"',
    region: 'row["regoin"]',
    customer: { id: 'row.customer' },
    lang: 'has(row.lang) ? row.lang : "zh"',
  },
});

describe('columns that a map reads and a table lacks', () => {
  it('are named with their place in the map and what was meant, unless the map asks first', () => {
    const { faults, isHopeless } = missingColumns({ map: [read] }, ['id', 'time', 'region']);
    expect(faults).toEqual([
      { at: 'map[0].data.region', error: 'row has no field "regoin"; did you mean region?: it has id, time, region' },
      { at: 'map[0].data.customer.id', error: expect.stringMatching(/^row has no field "customer"/) as string },
    ]);
    expect(isHopeless).toBe(false);
  });

  it('leave no hope where no rule can say when anything happened: a title stands above the names', () => {
    expect(missingColumns({ map: [read] }, ['Tickets of March', 'column 2']).isHopeless).toBe(true);
    const two = [read, rule({ type: 'cx.case.opened', time: 'row["opened"]' }), rule({ ignore: true })];
    expect(missingColumns({ map: two }, ['opened']).isHopeless).toBe(false);
    expect(missingColumns({ map: two }, ['a']).isHopeless).toBe(true);
  });

  it('are not all listed where a table has a thousand', () => {
    const columns = Array.from({ length: 2_000 }, (_, i) => `column of some name ${i}`);
    for (const { error } of missingColumns({ map: [read] }, columns).faults) expect(error.length).toBeLessThan(420);
  });
});
