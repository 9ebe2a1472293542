/** Four hours of the recorded day through what the pack's rules judge: the golden output whichever way, and the incidents found, alone. */
import { expect, it } from 'vitest';
import { recordedDay } from './day.ts';
import { INCIDENTS } from './incidents.ts';
import { outcomeOf } from './outcome.ts';
import { DAY_START } from './day.ts';
import { SHORT_DAY } from './plans.ts';

const day = recordedDay(SHORT_DAY);
const calm = outcomeOf(day, { partitions: 1, commitEvery: 100, crashEvery: 0 }, 'judged');
const ofIncident = (part: number): number => DAY_START + part * SHORT_DAY.lastsMs;
const firing = calm.alerts.filter((alert) => alert.endsWith(' firing'));

it('the day has eight channels, and one seed gives one day', () => {
  expect(new Set(day.map(({ value }) => value.channel)).size).toBe(8);
  expect(day).toHaveLength(SHORT_DAY.events);
  const again = recordedDay({ ...SHORT_DAY, events: 500 });
  expect(recordedDay({ ...SHORT_DAY, events: 500 })).toEqual(again);
});

it('the recorded day gives the golden output', async () => {
  await expect(`${JSON.stringify(calm, null, 2)}\n`).toMatchFileSnapshot('golden-short.json');
});

it('it is the same in four partitions that lose everything but what they saved again and again', () => {
  expect(outcomeOf(day, { partitions: 4, commitEvery: 100, crashEvery: 20 }, 'judged')).toEqual(calm);
});

it('each incident is found where and while it is there, by the rule that is there for it', () => {
  for (const { kind, rule, key, from, to } of INCIDENTS) {
    const found = firing.filter((alert) => alert.includes(` ${rule} ${JSON.stringify(key)} `));
    expect(found, kind).toHaveLength(1);
    const at = Date.parse(found[0]?.split(' ')[0] ?? ''); // an alert begins with its instant
    expect(at, kind).toBeGreaterThan(ofIncident(from));
    // What is silent is noticed after a quarter of an hour, a share over fifteen minutes as soon as it is sure.
    expect(at, kind).toBeLessThan(Math.max(ofIncident(to), ofIncident(from) + 25 * 60_000));
  }
});

it('no other critical alert fires', () => {
  const critical = firing
    .filter((alert) => alert.includes(' critical '))
    .map((alert) => alert.split(' ').slice(1, 4).join(' '));
  expect(critical).toEqual([
    'critical mass_complaint {"class":"late","region":"east"}',
    'critical negative_surge {"channel":"app"}',
  ]);
});
