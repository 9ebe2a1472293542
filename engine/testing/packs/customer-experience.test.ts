/** The pack's KPIs give the numbers that their definitions' sources give, worked out by hand, through the pipeline of files. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/types.ts';
import { DAY, measured, minutes, opened, packWith, resolved, times, type Step } from './measured.ts';

const call = (i: number, outcome: string, wait: number): Step => [
  i * 1000,
  'cx.interaction.call',
  { call: `l${i}`, outcome, wait_s: wait },
];

describe('first and next response', () => {
  const cases = [2, 3, 4, 5, 6, 7, 8, 9, 10, 96].flatMap((after, i): Step[] => [
    opened(minutes(i), `k${i}`),
    [minutes(i + after), 'cx.case.replied', { case: `k${i}` }],
  ]);
  const target = 'clocks: [{id: first_response, target: [{within: 15m}]}]\n';

  it('is 6 and 10 minutes at the ranks of a half and nine tenths, where the mean would be 15', async () => {
    const half = await measured('first_response_p50', cases, target);
    const most = await measured('first_response_p90', cases, target);
    expect(half.n).toBe(10);
    expect(Math.abs((half.value as number) / 360 - 1)).toBeLessThan(0.01);
    expect(Math.abs((most.value as number) / 600 - 1)).toBeLessThan(0.01);
  });

  it('is within 15 minutes for 9 of 10, the breach not counted beside its end', async () => {
    expect(await measured('first_response_within', cases, target)).toEqual({ value: 90, n: 10 });
  });

  it('of a conversation is from the oldest message without an answer', async () => {
    const said = (at: number, author: string): Step => [
      minutes(at),
      'cx.interaction.message',
      { conversation: 'v', author, text: 'hello' },
    ];
    const steps = [said(0, 'customer'), said(2, 'customer'), said(5, 'agent'), said(6, 'agent')];
    const later = [said(20, 'customer'), said(30, 'agent')];
    expect(await measured('next_response_mean', [...steps, ...later])).toEqual({ value: 450, n: 2 });
  });
});

describe('levels', () => {
  // 40 in stock, 12 opened, 9 resolved, 2 of these reopened, 3 cancelled.
  const now = 10 * DAY;
  const steps: Step[] = [
    opened(0, 's0'),
    ...times(36, (i) => opened(7 * DAY + i, `s${i + 1}`)),
    ...times(3, (i) => opened(8 * DAY + i, `s${i + 37}`)),
    ...times(12, (i) => opened(now - 3 * 3_600_000 + i, `n${i}`)),
    ...times(9, (i) => resolved(now - 7_200_000 + i, `s${i + 1}`)),
    ...times(2, (i): Step => [now - 3_600_000 + i, 'cx.case.reopened', { case: `s${i + 1}` }]),
    ...times(3, (i): Step => [now - 1_800_000 + i, 'cx.case.closed', { case: `s${i + 10}` }]),
  ];
  const level = async (kpi: string): Promise<number | null> => (await measured(kpi, steps, '', now + 3000)).value;

  it('the backlog is stock + opened + reopened − resolved − cancelled', async () => {
    expect(await level('backlog')).toBe(40 + 12 + 2 - 9 - 3);
  });

  it('those past their target of a day are the ones that were there before, without those that began again', async () => {
    expect(await level('overdue')).toBe(40 - 9 - 3);
  });

  it('the oldest is ten days old', async () => {
    expect(await level('oldest_open')).toBe((10 * DAY) / 1000);
  });
});

describe('resolution', () => {
  it('does not count the time a case waits for others', async () => {
    const steps: Step[] = [
      opened(minutes(0), 'k'),
      [minutes(60), 'cx.case.pending', { case: 'k' }],
      [minutes(300), 'cx.case.replied', { case: 'k' }],
      resolved(minutes(360), 'k'),
    ];
    const { value } = await measured('resolution_p50', steps);
    expect(Math.abs((value as number) / 7200 - 1)).toBeLessThan(0.01);
    expect(await measured('resolution_within', steps)).toEqual({ value: 100, n: 1 });
  });

  it('holds at first contact for 3 of 4: back with another issue, or exactly seven days later, does not count', async () => {
    const of = (id: string, cls: string): JsonObject => ({ customer: { id }, class: cls });
    const steps = [
      resolved(DAY, 'k1', of('u1', 'delivery')),
      resolved(DAY + 1, 'k2', of('u2', 'delivery')),
      resolved(2 * DAY, 'k3', of('u1', 'refund')),
      resolved(3 * DAY, 'k4', of('u3', 'delivery')),
      opened(5 * DAY, 'k5', of('u1', 'delivery')),
      opened(12 * DAY, 'k6', of('u1', 'delivery')),
      opened(4 * DAY, 'k7', of('u2', 'refund')),
      opened(10 * DAY, 'k8', of('u3', 'delivery')),
    ];
    expect(await measured('first_contact_resolution', steps)).toEqual({ value: 75, n: 4 });
  });

  it('is taken back for 2 of 10 cases, of which one was reopened twice', async () => {
    const steps = [
      ...times(10, (i) => resolved(i * 1000, `k${i}`)),
      ...[DAY, 3 * DAY].map((at): Step => [at, 'cx.case.reopened', { case: 'k1' }]),
      resolved(2 * DAY, 'k1'),
      [DAY, 'cx.case.reopened', { case: 'k2' }] as Step,
    ];
    expect(await measured('reopen_rate', steps)).toEqual({ value: 20, n: 10 });
  });
});

describe('the phone', () => {
  const calls = [
    ...times(70, (i) => call(i, 'answered', 20)),
    ...times(15, (i) => call(100 + i, 'answered', 21)),
    ...times(5, (i) => call(200 + i, 'abandoned', 5)),
    ...times(10, (i) => call(300 + i, 'abandoned', 6)),
  ];

  it.each([
    ['service_level', 70, 100],
    ['service_level_answered', (70 / 85) * 100, 85],
    ['abandonment', 15, 100],
    ['abandonment_long', (10 / 95) * 100, 95],
  ])('%s is %f', async (kpi, value, n) => {
    const got = await measured(kpi, calls);
    expect(got.value).toBeCloseTo(value, 9);
    expect(got.n).toBe(n);
  });

  it('is answered after 19 s in the mean of all calls, not of the teams', async () => {
    const all = [...times(90, (i) => call(i, 'answered', 10)), ...times(10, (i) => call(100 + i, 'answered', 100))];
    expect(await measured('answer_speed', all)).toEqual({ value: 19, n: 100 });
  });

  it('leaves a call out of the handling time that lacks a part of it', async () => {
    const whole = { call: 'a', outcome: 'answered', talk_s: 100, hold_s: 20, wrap_s: 30 };
    const steps: Step[] = [
      [0, 'cx.interaction.call', whole],
      [1, 'cx.interaction.call', { call: 'b', outcome: 'answered', talk_s: 900 }],
    ];
    expect(await measured('handling_time', steps)).toEqual({ value: 150, n: 1 });
  });
});

describe('self-service, surveys and orders', () => {
  it('contains 150 of 200 conversations with the bot', async () => {
    const steps = times(200, (i): Step[] => [
      [i * 1000, 'cx.interaction.message', { conversation: `v${i}`, author: 'bot', text: 'hello' }],
      ...(i < 50 ? [[i * 1000 + 500, 'cx.interaction.handoff', { conversation: `v${i}`, from: 'bot' }] as Step] : []),
    ]).flat();
    expect(await measured('bot_containment', steps)).toEqual({ value: 75, n: 200 });
  });

  it('hands off 5 of 20 to people to whom customers explain again', async () => {
    const steps = times(20, (i): Step => [i, 'cx.interaction.handoff', { conversation: `v${i}`, repeated: i < 5 }]);
    expect(await measured('repeat_explain', steps)).toEqual({ value: 25, n: 20 });
  });

  it('has an answer to 10 of 40 surveys, of which one was answered twice', async () => {
    const about = (i: number): JsonObject => ({ customer: { id: `u${i}` }, survey: 's' });
    const answer = (i: number, at: number): Step => [
      at,
      'cx.survey.answered',
      { ...about(i), metric: 'csat', score: 4 },
    ];
    const steps = [
      ...times(40, (i): Step => [i, 'cx.survey.sent', about(i)]),
      ...times(10, (i) => answer(i, DAY + i)),
      answer(3, 2 * DAY),
    ];
    expect(await measured('survey_response', steps)).toEqual({ value: 25, n: 40 });
  });

  it('follows a low score up within a day, or not', async () => {
    const low = (id: string, at: number): Step => [
      at,
      'cx.survey.answered',
      { customer: { id }, survey: 's', metric: 'csat', score: 1 },
    ];
    const reply = (id: string, at: number): Step => [at, 'cx.case.replied', { case: 'k', customer: { id } }];
    const steps = [low('u1', 0), reply('u1', DAY / 2), low('u2', 0), reply('u2', 2 * DAY), low('u3', 0)];
    const { value, n } = await measured('closed_loop', steps);
    expect(value).toBeCloseTo(100 / 3, 9);
    expect(n).toBe(3);
  });

  it('relates complaints and refunds to orders', async () => {
    const order = (i: number): Step => [i, 'cx.order.completed', { order: `o${i}` }];
    const steps = [
      ...times(50, order),
      ...times(3, (i) => opened(i, `k${i}`, { complaint: i > 0 })),
      [9, 'cx.order.refunded', { order: 'o1' }] as Step,
    ];
    expect((await measured('complaints_per_order', steps)).value).toBe(4);
    expect((await measured('refund_rate', steps)).value).toBe(2);
    expect((await measured('complaint_rate', steps)).value).toBeCloseTo(200 / 3, 9);
  });
});

describe('every KPI of the pack', () => {
  const { kpis } = packWith();

  it('says in both languages what it is, and where that comes from', () => {
    expect(kpis.length).toBeGreaterThan(55);
    for (const { id, title, definition, source } of kpis) {
      expect([title['zh-CN'], definition?.['zh-CN']], id).toEqual([
        expect.stringMatching(/\p{Script=Han}/u),
        expect.stringMatching(/\p{Script=Han}/u),
      ]);
      expect(definition?.en, id).toMatch(/^[^\p{Script=Han}]{10,}$/u);
      expect(source?.length, id).toBeGreaterThan(5);
    }
  });
});
