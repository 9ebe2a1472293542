/** The pack's KPIs of what happens again, of targets, surveys, journeys and the input: numbers by hand, as their definitions have them. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/types.ts';
import { DAY, measured, minutes, opened, resolved, times, type Step } from './measured.ts';

const HOUR = DAY / 24;
const of = (id: string, more: JsonObject = {}): JsonObject => ({ customer: { id }, ...more });
const complained = (day: number, id: string): Step =>
  opened(day * DAY, `k${id}${String(day)}`, of(id, { complaint: true }));
const ordered = (day: number, id: string): Step => [
  day * DAY,
  'cx.order.completed',
  of(id, { order: `o${id}${String(day)}` }),
];
const sent = (at: number, id: string, more: JsonObject = {}): Step => [
  at,
  'cx.survey.sent',
  { survey: 's', case: id, ...of(`u${id}`), ...more },
];
const evaluated = (at: number, id: string, satisfied: boolean): Step => [
  at,
  'cx.case.evaluated',
  { case: id, satisfied },
];

describe('what happens again', () => {
  it('one of four who complained did so again within 30 days; the second one of u3 came after 38', async () => {
    const steps = [
      ...[1, 9].map((day) => complained(day, 'u1')),
      complained(1, 'u2'),
      ...[2, 40].map((day) => complained(day, 'u3')),
      complained(3, 'u4'),
    ];
    // Those of u3 are two of their own: after 30 days the first is forgotten.
    const early = steps.filter(([at]) => at < 30 * DAY);
    expect(await measured('second_complaint_rate', early)).toEqual({ value: 25, n: 4 });
    expect(await measured('second_complaint_rate', steps)).toEqual({ value: 25, n: 4 });
  });

  it('two of four customers ordered again within 90 days, each counted once however often', async () => {
    const steps = [
      ...[1, 30, 60].map((day) => ordered(day, 'u1')),
      ordered(1, 'u2'),
      ordered(2, 'u3'),
      ...[1, 91].map((day) => ordered(day, 'u4')),
    ];
    expect(await measured('repurchase_rate', steps)).toEqual({ value: 50, n: 4 });
  });

  it('of five cases asked again three were evaluated, two of them satisfied', async () => {
    const again = { touchpoint: 'second_evaluation' };
    const steps = [
      ...times(8, (i) => evaluated(i, `k${String(i)}`, false)),
      ...times(5, (i) => sent(DAY + i, `k${String(i)}`, again)),
      ...times(3, (i) => evaluated(2 * DAY + i, `k${String(i)}`, i < 2)),
    ];
    expect(await measured('second_evaluation_rate', steps)).toEqual({ value: 60, n: 5 });
    const { value, n } = await measured('second_evaluation_satisfied', steps);
    expect([value, n]).toEqual([expect.closeTo((2 / 3) * 100, 9), 3]);
    expect(await measured('negative_to_positive', steps)).toEqual({ value: 25, n: 8 });
  });

  it('a case that its first owner kept was dispatched right: 19 of 20', async () => {
    const assigned = (at: number, i: number): Step => [at, 'cx.case.assigned', { case: `k${String(i)}`, owner: 'a' }];
    const steps = times(20, (i): Step[] => [assigned(i, i), resolved(HOUR + i, `k${String(i)}`)]).flat();
    expect(await measured('dispatch_accuracy', [...steps, assigned(1000, 7)])).toEqual({ value: 95, n: 20 });
  });
});

describe('surveys and follow-up', () => {
  it('40 of 45 cases were asked: of 50 solved five were reopened first', async () => {
    const steps = [
      ...times(50, (i) => resolved(i, `k${String(i)}`)),
      ...times(5, (i): Step => [HOUR + i, 'cx.case.reopened', { case: `k${String(45 + i)}` }]),
      ...times(40, (i) => sent(2 * HOUR + i, `k${String(i)}`)),
    ];
    const { value, n } = await measured('survey_trigger', steps);
    expect([value, n]).toEqual([expect.closeTo((40 / 45) * 100, 9), 45]);
  });

  it('a call-back within 48 hours counts, one after 49 does not', async () => {
    const back = (at: number, id: string): Step => [
      at,
      'cx.interaction.call',
      { call: id, outcome: 'answered', ...of(id) },
    ];
    const steps = [
      ...['u1', 'u2', 'u3', 'u4'].map((id) => resolved(0, `k${id}`, of(id))),
      ...[back(48 * HOUR, 'u1'), back(49 * HOUR, 'u2'), back(HOUR, 'u3')],
    ];
    expect(await measured('call_back_within', steps)).toEqual({ value: 50, n: 4 });
  });
});

describe('people of one’s own', () => {
  const solvedBy = (at: number, i: number, agent: string): Step => resolved(at, `k${String(i)}`, { agent });

  it('solved 7 cases in 4 hours worked: an hour begins with what an agent does, and what is done within it is of it', async () => {
    const reply = (at: number, agent: string, author: string): Step => [
      at,
      'cx.case.replied',
      { case: 'r', agent, author },
    ];
    const steps = [
      // ann: 0:00–1:00, and 1:00–2:00 since she goes on after that; bob one hour; cy takes a call, and another hour begins at it.
      ...[reply(0, 'ann', 'agent'), solvedBy(minutes(20), 1, 'ann'), solvedBy(minutes(50), 2, 'ann')],
      ...[reply(minutes(30), 'ann', 'agent'), solvedBy(minutes(61), 3, 'ann'), solvedBy(minutes(119), 4, 'ann')],
      ...[solvedBy(HOUR, 5, 'bob'), solvedBy(HOUR + minutes(59), 6, 'bob')],
      [5 * HOUR, 'cx.interaction.call', { call: 'l1', outcome: 'answered', agent: 'cy' }] as Step,
      solvedBy(5 * HOUR + minutes(10), 7, 'cy'),
      // Nobody works in these.
      reply(8 * HOUR, 'bot', 'bot'),
      [9 * HOUR, 'cx.interaction.call', { call: 'l2', outcome: 'missed', agent: 'cy' }] as Step,
      resolved(10 * HOUR, 'k8'),
    ];
    expect((await measured('solved_per_100_hours', steps)).value).toBe(175);
  });

  it('of four cases of several departments two had somebody in the lead within 2 h', async () => {
    const wide = (i: number): Step => opened(i, `k${String(i)}`, { class: 'cross_department' });
    const led = (at: number, i: number): Step => [at, 'cx.case.assigned', { case: `k${String(i)}`, owner: 'a' }];
    const steps = [
      ...[0, 1, 2, 3].map(wide),
      ...[led(HOUR, 0), led(2 * HOUR + 1, 1), led(2 * HOUR + 3, 2)],
      // Neither of one department nor of one that was closed.
      ...[opened(5, 'k5', { class: 'refund' }), led(6, 5), wide(7), [8, 'cx.case.closed', { case: 'k7' }] as Step],
    ];
    expect(await measured('kick_off_within', steps)).toEqual({ value: 50, n: 4 });
  });

  it('thanked for two of five high scores within 24 h', async () => {
    const scored = (at: number, id: string, metric: string, score: number): Step => [
      at,
      'cx.survey.answered',
      { survey: 's', metric, score, ...of(id) },
    ];
    const said = (at: number, id: string, more: JsonObject): Step => [
      at,
      'cx.interaction.message',
      { conversation: 'v', author: 'agent', text: 'x', ...of(id), ...more },
    ];
    const steps = [
      ...[
        scored(0, 'u1', 'nps', 9),
        scored(0, 'u2', 'nps', 10),
        scored(0, 'u3', 'csat', 5),
        scored(0, 'u4', 'csat', 5),
      ],
      ...[scored(0, 'u5', 'nps', 10), scored(0, 'u6', 'nps', 8)],
      said(24 * HOUR, 'u1', { touchpoint: 'thank_you' }),
      said(25 * HOUR, 'u2', { touchpoint: 'thank_you' }),
      // What else is said is no thanks.
      said(HOUR, 'u3', {}),
      [HOUR, 'cx.interaction.call', { call: 'c4', outcome: 'answered', ...of('u4') }] as Step,
    ];
    expect(await measured('thanked_within', steps)).toEqual({ value: 40, n: 5 });
  });
});

describe('the bot and hand-offs', () => {
  // 200 conversations, 50 handed off, 20 of the rest back within a day.
  const steps = times(200, (i): Step[] => {
    const [who, at] = [of(`u${String(i)}`), i * 1000];
    const talk: Step = [
      at,
      'cx.interaction.message',
      { conversation: `v${String(i)}`, author: 'bot', text: 'hello', ...who },
    ];
    const handoff: Step = [
      at + 500,
      'cx.interaction.handoff',
      { conversation: `v${String(i)}`, from: 'bot', to: 'team', ...who },
    ];
    const later: Step = opened(at + 20 * HOUR, `k${String(i)}`, who);
    return i < 50 ? [talk, handoff] : i < 70 ? [talk, later] : [talk];
  }).flat();

  it('a quarter is handed off, and 130 of 200 are solved without anybody', async () => {
    expect(await measured('bot_handoff', steps)).toEqual({ value: 25, n: 200 });
    expect(await measured('self_service_solved', steps)).toEqual({ value: 65, n: 200 });
  });

  it('after 15 of 20 hand-offs nobody had to explain again', async () => {
    const handoffs = times(20, (i): Step => [
      i,
      'cx.interaction.handoff',
      { conversation: `v${String(i)}`, from: 'app', to: 'phone', repeated: i < 5 },
    ]);
    expect(await measured('cross_channel_linked', handoffs)).toEqual({ value: 75, n: 20 });
  });
});

describe('service by target', () => {
  it('nine of ten mails had their first reply within two hours; phone cases are none of them', async () => {
    const mails = times(10, (i): Step[] => [
      opened(i, `k${String(i)}`, { channel: 'email' }),
      [i + (i === 0 ? 3 : 2) * HOUR, 'cx.case.replied', { case: `k${String(i)}` }],
    ]).flat();
    const phone: Step[] = [opened(0, 'p', { channel: 'phone' }), [9 * HOUR, 'cx.case.replied', { case: 'p' }]];
    // The channel that is kept is the last that was said.
    const steps = [...mails, ...phone].map(([at, type, data]): Step => [
      at,
      type,
      { ...data, channel: data['case'] === 'p' ? 'phone' : 'email' },
    ]);
    expect(await measured('async_reply_within_2h', steps)).toEqual({ value: 90, n: 10 });
  });

  it('49 of 50 calls of VIPs were answered, whatever became of others', async () => {
    const call = (i: number, outcome: string, tier: string): Step => [
      i,
      'cx.interaction.call',
      { call: `l${String(i)}`, outcome, wait_s: 1, customer: { id: 'u', tier } },
    ];
    const steps = [
      ...times(50, (i) => call(i, i === 0 ? 'abandoned' : 'answered', 'vip')),
      call(99, 'abandoned', 'member'),
    ];
    expect(await measured('vip_connect', steps)).toEqual({ value: 98, n: 50 });
  });

  it('complaints about waiting are counted among all cases', async () => {
    const steps = times(100, (i) =>
      opened(i, `k${String(i)}`, { complaint: i < 10, class: i < 4 ? 'waiting' : 'refund' }),
    );
    expect(await measured('wait_complaint_rate', steps)).toEqual({ value: 4, n: 100 });
    expect(await measured('complaint_rate_day', steps)).toEqual({ value: 10, n: 100 });
  });
});

describe('the journey', () => {
  const step = (at: number, who: number, name: string): Step => [
    at,
    'cx.journey.step',
    { journey: 'checkout', step: name, outcome: 'completed', customer: { id: `u${String(who)}` } },
  ];
  // Cart 100, pay 60, done 45, five of them without pay; 12 of those in pay are silent for ten minutes, 4 of these go on.
  const steps = times(100, (i): Step[] => {
    const at = i * 1000;
    const pays = i < 60;
    const isDone = i < 40 || i >= 95;
    const isSlow = pays && (i < 4 || i >= 52);
    return [
      step(at, i, 'cart'),
      ...(pays ? [step(at + 60_000, i, 'payment')] : []),
      ...(isDone ? [step(at + 120_000 + (isSlow ? minutes(11) : 0), i, 'confirmation')] : []),
      ...(!isDone && pays && !isSlow ? [step(at + 90_000, i, 'payment')] : []),
    ];
  }).flat();

  it.each([
    ['payment_conversion', 60, 100],
    ['checkout_conversion', 45, 100],
    ['payment_drop_off', (20 / 60) * 100, 60],
  ])('%s is %f', async (kpi, value, n) => {
    const got = await measured(kpi, steps);
    expect([got.value, got.n]).toEqual([expect.closeTo(value, 9), n]);
  });

  it('those who left are silent too: a stall is what no step follows within ten minutes', async () => {
    const { value, n } = await measured('checkout_stalled', steps);
    // 4 who went on after a stall, 20 who left in pay, 35 who left in the cart.
    expect([value, n]).toEqual([59, 100]);
  });
});

describe('what it is about, and the input itself', () => {
  it('counts customers, not complaints', async () => {
    const steps = [0, 1, 2, 2, 2].map((who, i) =>
      opened(i, `k${String(i)}`, { ...of(`u${String(who)}`), complaint: true, class: 'late', region: 'east' }),
    );
    expect(await measured('complainants', steps, '', 60_000)).toEqual({ value: 3, n: 5 });
  });

  it('is as late as it was recorded after it happened', async () => {
    const steps = times(100, (i) => opened(i * 1000, `k${String(i)}`));
    const { value, n } = await measured('ingest_delay_p95', steps, '', 400 * DAY, (i) => (i < 94 ? 2000 : 90_000));
    expect([Math.round((value as number) / 0.9), n]).toEqual([100, 100]);
  });

  it('has as many channels as spoke', async () => {
    const steps = ['app', 'web', 'app', 'phone'].map((channel, i) => opened(i, `k${String(i)}`, { channel }));
    expect((await measured('active_channels', steps)).value).toBe(3);
  });

  it('has satisfaction by week and day as by hour', async () => {
    const steps = times(10, (i): Step => [
      i,
      'cx.survey.answered',
      { survey: 's', metric: 'csat', score: i < 8 ? 4 : 2, ...of(`u${String(i)}`) },
    ]);
    expect(await measured('csat_weekly', steps)).toEqual({ value: 80, n: 10 });
    expect(await measured('csat_day', steps)).toEqual({ value: 80, n: 10 });
    // Eight times 75 of a hundred, twice 25.
    expect(await measured('csat_score_day', steps)).toEqual({ value: 65, n: 10 });
  });
});
