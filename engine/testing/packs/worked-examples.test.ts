/**
 * Worked examples of the field's formulas that the pack's own KPIs leave out: other readings of the same events, each a few lines of
 * configuration. Numbers by hand.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/types.ts';
import { DAY, measured, minutes, opened, resolved, times, type Step } from './measured.ts';

const HOUR = DAY / 24;
const kpi = (id: string, from: string, rest: string): string =>
  `kpis: [{id: ${id}, title: {zh-CN: 例, en: ${id}}, from: ${from}, ${rest}, window: {kind: tumbling, size: 1h}}]\n`;

it('the first response is 15 minutes in the mean, where nine of ten are far below', async () => {
  const cases = [2, 3, 4, 5, 6, 7, 8, 9, 10, 96].flatMap((after, i): Step[] => [
    opened(minutes(i), `k${i}`),
    [minutes(i + after), 'cx.case.replied', { case: `k${i}` }],
  ]);
  const mean = kpi(
    'mean',
    'clock.first_response',
    'where: data.outcome == "stopped", measure: {kind: mean, value: data.working_s}',
  );
  expect(await measured('mean', cases, mean)).toEqual({ value: 900, n: 10 });
});

describe('a resolution', () => {
  const of = (field: string): string =>
    kpi('seconds', 'clock.resolution', `where: data.outcome == "stopped", measure: {kind: sum, value: data.${field}}`);

  it('over a weekend takes 66 hours by the calendar, 9 of them open', async () => {
    const hours = `calendars:
  - id: service_hours
    zone: Asia/Shanghai
    week: {mon-fri: ["09:00-12:00", "13:30-18:00"], sat: ["10:00-16:00"]}
clocks: [{id: resolution, calendar: service_hours}]
`;
    // From Friday 6 March 2026, 16:00, to Monday, 10:00, of a start on Monday, 8:00.
    const steps = [opened(4 * DAY + 8 * HOUR, 'k'), resolved(7 * DAY + 2 * HOUR, 'k')];
    expect((await measured('seconds', steps, of('elapsed_s') + hours)).value).toBe(237_600);
    expect((await measured('seconds', steps, of('working_s') + hours)).value).toBe(32_400);
  });

  it('that waits for others from 11:00 to 15:00 takes six hours, two of them ours', async () => {
    const steps: Step[] = [
      opened(10 * HOUR, 'k'),
      [11 * HOUR, 'cx.case.pending', { case: 'k' }],
      [15 * HOUR, 'cx.case.replied', { case: 'k' }],
      resolved(16 * HOUR, 'k'),
    ];
    expect((await measured('seconds', steps, of('elapsed_s'))).value).toBe(21_600);
    expect((await measured('seconds', steps, of('working_s'))).value).toBe(7200);
    expect((await measured('seconds', steps, of('paused_s'))).value).toBe(14_400);
  });
});

describe('the same events, another denominator', () => {
  it('10 solved, two of them reopened, one twice, and one that was solved before the input begins: 4 of 10 by events', async () => {
    const reopened = (at: number, id: string): Step => [at, 'cx.case.reopened', { case: id }];
    const steps = [
      ...times(10, (i) => resolved(7 * DAY + i * 1000, `k${i}`)),
      ...[reopened(8 * DAY, 'k1'), reopened(9 * DAY, 'k1'), reopened(8 * DAY, 'k2'), reopened(8 * DAY, 'before')],
    ];
    const byEvents = kpi(
      'reopenings',
      '[cx.case.reopened, cx.case.resolved]',
      `measure: {kind: ratio, of: 'type == "cx.case.reopened"', per: 'type == "cx.case.resolved"'}`,
    );
    expect((await measured('reopenings', steps, byEvents)).value).toBe(40);
    // By cohort each once, and only those that were solved in it.
    expect(await measured('reopen_rate', steps)).toEqual({ value: 20, n: 10 });
  });

  it('one of six complaints is followed by another of the same customer within 30 days', async () => {
    const complained = (day: number, id: string): Step =>
      opened(day * DAY, `k${id}${day}`, { customer: { id }, complaint: true });
    const steps = [
      ...[complained(1, 'u1'), complained(9, 'u1'), complained(1, 'u2'), complained(2, 'u3')],
      ...[complained(40, 'u3'), complained(3, 'u4')],
    ];
    const byComplaints = kpi(
      'again',
      '[cx.case.opened, clock.complaint_again]',
      `measure: {kind: ratio, of: 'type == "clock.complaint_again" && data.outcome == "stopped"', per: 'type == "cx.case.opened" && data.complaint == true'}`,
    );
    expect((await measured('again', steps, byComplaints)).value).toBeCloseTo(100 / 6, 9);
  });

  it('75 of 100 calls are served where one that is given up within 5 s counts as served', async () => {
    const calls = [
      ...times(70, () => ['answered', 20] as const),
      ...times(15, () => ['answered', 21] as const),
      ...times(5, () => ['abandoned', 5] as const),
      ...times(10, () => ['abandoned', 6] as const),
    ].map(([outcome, wait_s], i): Step => [i * 1000, 'cx.interaction.call', { call: `l${i}`, outcome, wait_s }]);
    const positive = kpi(
      'served',
      'cx.interaction.call',
      `measure: {kind: share, of: 'data.outcome == "answered" ? data.wait_s <= 20 : data.wait_s <= 5'}`,
    );
    expect(await measured('served', calls, positive)).toEqual({ value: 75, n: 100 });
  });

  it('of six cases that were fixed three were evaluated again', async () => {
    const said = (at: number, i: number, satisfied: boolean): Step => [
      at,
      'cx.case.evaluated',
      { case: `k${i}`, satisfied },
    ];
    const steps = [
      ...times(8, (i) => said(i, i, false)),
      ...times(6, (i) => resolved(HOUR + i, `k${i}`)),
      ...times(3, (i) => said(DAY + i, i, i < 2)),
    ];
    const ofFixed = `clocks:
  - {id: after_fix, title: {zh-CN: 例, en: after a fix}, key: data.case, once: true, expire: 7d,
     start: {on: cx.case.resolved}, stop: {on: cx.case.evaluated}}
${kpi('evaluated', 'clock.after_fix', `measure: {kind: share, of: 'data.outcome == "stopped"'}`)}`;
    expect(await measured('evaluated', steps, ofFixed)).toEqual({ value: 50, n: 6 });
  });
});

describe('a journey', () => {
  const step = (at: number, who: number, name: string): Step => [
    at,
    'cx.journey.step',
    { journey: 'checkout', step: name, outcome: 'completed', customer: { id: `u${who}` } } satisfies JsonObject,
  ];

  it('cart 100, pay 60, done 45 of which five without pay: 40 of 60 who paid came to the end', async () => {
    const steps = times(100, (i): Step[] => [
      step(i * 1000, i, 'cart'),
      ...(i < 60 ? [step(i * 1000 + 60_000, i, 'payment')] : []),
      ...(i < 40 || i >= 95 ? [step(i * 1000 + 120_000, i, 'confirmation')] : []),
    ]).flat();
    const toEnd = `kpis: [{id: to_end, title: {zh-CN: 例, en: to the end}, measure: {kind: conversion, journey: checkout, from: pay, to: done}, window: {kind: tumbling, size: 1h}}]\n`;
    const { value, n } = await measured('to_end', steps, toEnd);
    expect([value, n]).toEqual([expect.closeTo((40 / 60) * 100, 9), 60]);
  });

  it('of 60 who pay 12 are silent for ten minutes: four of them go on later, eight are lost', async () => {
    const steps = times(60, (i): Step[] => {
      const after = i < 48 ? minutes(1) : i < 52 ? minutes(11) : null;
      return [step(i * 1000, i, 'payment'), ...(after === null ? [] : [step(i * 1000 + after, i, 'confirmation')])];
    }).flat();
    expect(await measured('checkout_stalled', steps)).toEqual({ value: 20, n: 60 });
    const { value, n } = await measured('payment_drop_off', steps);
    expect([value, n]).toEqual([expect.closeTo((8 / 60) * 100, 9), 60]);
    const later = kpi(
      'later',
      'journey.checkout',
      `where: data.event == "ended" && data.stalls > 0, measure: {kind: share, of: data.outcome == "completed"}`,
    );
    expect(await measured('later', steps, later)).toEqual({ value: expect.closeTo(100 / 3, 9) as number, n: 12 });
  });
});
