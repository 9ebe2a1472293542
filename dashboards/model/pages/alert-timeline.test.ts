import { describe, expect, test } from 'vitest';
import { alert, iso, T0 } from '../../testing/live-script.ts';
import { timelineOf } from './alert-timeline.ts';
import { alertsAddress, alertsHref, changed, kpiAddress, kpiHref } from './page-address.ts';

const VIEW = { lang: 'en', zone: 'UTC', now: T0, show: (value: number | null) => `${value}%` } as const;
const at = (second: number): string => iso(T0 + second * 1000);
const ACKED = { by: 'Lin Wei', at: at(60), note: 'rolling back' };

describe('the timeline of an alert', () => {
  test('says each change, decision and notice, the newest first', () => {
    const changes = [
      alert({ state: 'pending', previous: null, at: at(0), value: 79 }),
      alert({ state: 'firing', previous: 'pending', at: at(30), value: 61, n: 210 }),
      alert({ state: 'firing', previous: 'firing', at: at(60), acked: ACKED }),
      alert({ state: 'firing', previous: 'firing', at: at(70), acked: ACKED, silenced: true }),
      alert({ state: 'firing', previous: 'firing', at: at(80), acked: null, silenced: true }),
      alert({ state: 'resolved', previous: 'firing', at: at(90), value: 90, acked: null, silenced: true }),
    ];
    const notice = {
      hook: 'oncall',
      kind: 'slack',
      state: 'delivered',
      first: at(31),
      last: at(33),
      escalated: 0,
    } as const;
    expect(timelineOf(changes, [notice], VIEW).map(({ time, text, mark }) => `${time} ${mark} ${text}`)).toEqual([
      '01:16:30 plain Resolved: 90%',
      '01:16:20 person Acknowledgement taken back',
      '01:16:10 person Silenced',
      '01:16:00 person Lin Wei acknowledged: rolling back',
      '01:15:33 plain Notice by “oncall”: last delivered',
      '01:15:31 plain Notice by “oncall”: the first was made',
      '01:15:30 fire Fired: 61%, n 210',
      '01:15:00 watch Pending: crossed first, 79%',
    ]);
  });
  test.each([
    ['given_up', 1, ['not delivered, given up', 'escalated 1 ×', 'the first was made']],
    ['waiting', 0, []],
  ] as const)('says of notices that are %s what became of them', (state, escalated, due) => {
    const first = state === 'waiting' ? null : at(1);
    const steps = timelineOf([], [{ hook: 'h', kind: 'slack', state, first, last: null, escalated }], VIEW);
    expect(steps.map(({ text }) => text.replace(/^.*: /, ''))).toEqual(due);
  });
});

describe('addresses', () => {
  test('of pages keep how it looks and which slice is shown, and nothing else', () => {
    const search = '?lang=en&theme=light&kiosk=1&kpis=a&where=channel:app';
    expect(alertsHref('./', search, 'a/1')).toBe('./alerts/?lang=en&theme=light&where=channel%3Aapp&alert=a%2F1');
    expect(kpiHref('../', '?lang=en', 'csat', { region: 'east' })).toBe('../kpi/?lang=en&kpi=csat&key=region%3Aeast');
    expect(alertsHref('../', '')).toBe('../alerts/');
  });
  test('are read as they are written, and what nobody understands is as if it were not there', () => {
    const { search } = new URL(kpiHref('http://a/', '', 'csat', { store: 's:1', channel: '' }));
    expect(kpiAddress(`${search}&range=9y&compare=day,moon`)).toMatchObject({
      ...{ kpi: 'csat', key: { store: 's:1', channel: '' }, range: '1h', compare: new Set(['day']) },
    });
    expect(alertsAddress('?show=all&by=owner&q=x')).toEqual({
      ...{ alert: null, tab: 'open', by: 'owner', severity: null, owner: null, text: 'x' },
    });
  });
  test('change one setting and keep the others', () => {
    expect(changed('?a=1&b=2&b=3', { b: '4', a: null })).toBe('?b=4');
    expect(changed('?a=1', { a: null })).toBe('?');
  });
});
