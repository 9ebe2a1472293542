/** The pack's actions over days that a test makes up: who is asked, followed up and called, by when, and what is over when. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../app/config/config.ts';
import type { JsonObject } from '../../core/types.ts';
import { DAY, minutes, opened, packWith, playedThrough, resolved, times, type Step } from './measured.ts';

const TO_CUSTOMERS = ['ask_csat', 'ask_after_order', 'ask_again', 'say_thanks'];
const HOUR = minutes(60);
let pack: Config;
beforeAll(() => {
  pack = packWith(`actions: [${TO_CUSTOMERS.map((id) => `{id: ${id}, enabled: true}`).join(', ')}]\n`);
});

const by = (id: string, tier = 'guest'): JsonObject => ({ customer: { id, tier } });
const answered = (at: number, who: string, metric: string, score: number): Step => [
  at,
  'cx.survey.answered',
  { survey: 's', metric, score, ...by(who) },
];
const called = (at: number, who: string, outcome = 'answered'): Step => [
  at,
  'cx.interaction.call',
  { call: `l${at}`, outcome, ...by(who) },
];

/** What is said of these actions: `12:30 due survey k1`, from midnight of the first day on. */
async function said(
  names: readonly string[],
  steps: readonly Step[],
  rules: readonly string[] = [],
): Promise<string[]> {
  const kpis = new Set(pack.rules.flatMap(({ id, kpi }) => (rules.includes(id) ? [kpi] : [])));
  const config = {
    ...pack,
    kpis: pack.kpis.filter(({ id }) => kpis.has(id)),
    rules: pack.rules.filter(({ id }) => rules.includes(id)),
    eventRules: [],
    actions: pack.actions.filter(({ id }) => names.includes(id)),
  };
  const lines: string[] = [];
  await playedThrough(config, steps, ({ subject, time, data }) => {
    const { name, state, key, due, owner, priority } = data as JsonObject;
    if (!subject.startsWith('cx.actions.') || typeof name !== 'string') return;
    const [, , kind] = subject.split('.');
    lines.push(
      [
        ...[clock(time), state as string, kind, key as string],
        ...(typeof due === 'string' ? [`by ${clock(Date.parse(due))}`] : []),
        ...(typeof owner === 'string' ? [`for ${owner}`] : []),
        ...(typeof priority === 'number' && priority !== 1 ? [`first by ${String(priority)}`] : []),
      ].join(' '),
    );
  });
  return lines;
}
function clock(time: number): string {
  const at = (time - Date.UTC(2026, 2, 2)) / 60_000;
  const [days, left] = [Math.floor(at / 1440), at % 1440];
  return `${days === 0 ? '' : `${String(days)}d `}${String(Math.floor(left / 60))}:${String(Math.round(left % 60)).padStart(2, '0')}`;
}

describe('the pack as it is included', () => {
  it('asks people of one’s own to act, and reaches no customer', () => {
    const kinds = packWith().actions.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['follow_up', 'call_back', 'dispatch', 'escalation', 'kick_off']));
    expect(packWith().actions.map(({ id }) => id)).not.toContain('ask_csat');
    expect(pack.actions).toHaveLength(kinds.length + TO_CUSTOMERS.length);
  });

  it('keeps the weights of one’s own, and the formula of the pack', () => {
    const { dispatch } = packWith('dispatch: {weights: {tier: {vip: 9}}}\n');
    expect(dispatch).toMatchObject({
      priority: 'tier_weight * urgency_weight * intensity',
      weights: { tier: { vip: 9 } },
    });
  });
});

describe('surveys', () => {
  it('go out five minutes after a solution that stands, once in seven days to a customer, an order’s among them', async () => {
    const steps = [
      resolved(0, 'k1', by('u1')),
      resolved(HOUR, 'k2', by('u1')),
      [2 * HOUR, 'cx.order.completed', { order: 'o1', amount: 10, currency: 'CNY', ...by('u1') }] as Step,
      resolved(HOUR, 'k3', by('u2')),
      [HOUR + minutes(4), 'cx.case.reopened', { case: 'k3', ...by('u2') }] as Step,
      resolved(7 * DAY, 'k4', by('u1')),
    ];
    expect(await said(['ask_csat', 'ask_after_order'], steps)).toEqual([
      '0:05 due survey k1',
      '1:05 suppressed survey k2',
      '3:00 suppressed survey u1',
      '7d 0:05 due survey k4',
    ]);
  });

  it('ask again a day after the fix of what was complained of or reopened, beside the one after the solution', async () => {
    const steps: Step[] = [
      opened(0, 'k1', { complaint: true, ...by('u1') }),
      opened(0, 'k2', by('u2')),
      resolved(HOUR, 'k1', by('u1')),
      resolved(HOUR, 'k2', by('u2')),
      // Unsatisfied with the solution: opened again, mended.
      [3 * HOUR, 'cx.case.evaluated', { case: 'k2', satisfied: false, ...by('u2') }],
      [4 * HOUR, 'cx.case.reopened', { case: 'k2', ...by('u2') }],
      resolved(5 * HOUR, 'k2', by('u2')),
    ];
    expect(await said(['ask_csat', 'ask_again'], steps)).toEqual([
      '1:05 due survey k2',
      '1:05 due survey k1',
      '5:05 suppressed survey k2',
      '1d 1:00 due survey k1',
      '1d 5:00 due survey k2',
    ]);
  });
});

describe('after a score', () => {
  it('a low one is followed up within a day, however many there are; who calls, is called or is answered ends it', async () => {
    const steps = [
      answered(0, 'u1', 'csat', 1),
      answered(HOUR, 'u1', 'nps', 3),
      answered(0, 'u2', 'csat', 3),
      answered(0, 'u3', 'nps', 6),
      called(2 * HOUR, 'u1', 'abandoned'),
      called(3 * HOUR, 'u1'),
    ];
    expect(await said(['follow_up_low_score'], steps)).toEqual([
      '0:00 due follow_up u1 by 1d 0:00 for care-team',
      '0:00 due follow_up u3 by 1d 0:00 for care-team',
      '1:00 suppressed follow_up u1 for care-team',
      '3:00 done follow_up u1 by 1d 0:00 for care-team',
      '1d 0:00 due escalation u3 by 1d 0:00 for care-leads',
      '30d 0:00 expired follow_up u3 by 1d 0:00 for care-team',
    ]);
  });

  it('a high one is thanked for within a day, once in a month', async () => {
    const thanked: Step = [
      3 * HOUR,
      'cx.interaction.message',
      { conversation: 'v', author: 'bot', text: 'x', touchpoint: 'thank_you', ...by('u1') },
    ];
    const steps = [answered(0, 'u1', 'nps', 10), thanked, answered(DAY, 'u1', 'csat', 5), answered(0, 'u2', 'nps', 8)];
    expect((await said(['say_thanks'], steps)).filter((line) => !/expired/.test(line))).toEqual([
      '0:00 due thank_you u1 by 1d 0:00',
      '3:00 done thank_you u1 by 1d 0:00',
      '1d 0:00 suppressed thank_you u1',
    ]);
  });
});

describe('complaints', () => {
  it('are handed to their owner within half an hour, a VIP’s first, and called about within 48 h of the fix', async () => {
    const steps: Step[] = [
      opened(0, 'k1', { complaint: true, urgency: 'high', ...by('u1', 'vip') }),
      opened(0, 'k2', { complaint: true, ...by('u2') }),
      opened(0, 'k3', by('u3')),
      [minutes(20), 'cx.case.replied', { case: 'k1', author: 'customer', ...by('u1') }],
      [minutes(29), 'cx.case.assigned', { case: 'k1', owner: 'logistics', ...by('u1') }],
      resolved(2 * HOUR, 'k1', by('u1', 'vip')),
      called(5 * HOUR, 'u1'),
    ];
    expect(
      (await said(['dispatch_complaint', 'call_back_after_fix'], steps)).filter((line) => !/expired/.test(line)),
    ).toEqual([
      '0:00 due dispatch k1 by 0:30 first by 9',
      '0:00 due dispatch k2 by 0:30',
      '0:29 done dispatch k1 by 0:30 first by 9',
      '0:30 due escalation k2 by 0:30 for quality-team',
      '2:00 due call_back u1 by 2d 2:00 for care-team first by 3',
      '5:00 done call_back u1 by 2d 2:00 for care-team first by 3',
    ]);
  });

  it('of many customers about one thing bring departments together within two hours', async () => {
    const steps = [
      ...times(9, (i) =>
        opened(minutes(20 * i), `q${i}`, { class: 'late', region: 'east', complaint: true, ...by(`q${i}`) }),
      ),
      ...times(20, (i) =>
        opened(3 * HOUR + i * 1000, `k${i}`, { class: 'late', region: 'east', complaint: true, ...by(`u${i}`) }),
      ),
    ];
    expect((await said(['kick_off'], steps, ['mass_complaint']))[0]).toMatch(
      /^3:0[01] due kick_off a\w{16} by 5:0[01] for quality-team$/,
    );
  });
});

it('a case of a VIP, or an urgent one, is escalated when its target is breached, and done when somebody answers', async () => {
  const steps: Step[] = [
    opened(0, 'k1', { priority: 'urgent', ...by('u1') }),
    opened(0, 'k2', by('u2')),
    opened(0, 'k3', by('u3', 'vip')),
    [HOUR, 'cx.case.replied', { case: 'k1', author: 'agent' }],
    [HOUR, 'cx.case.replied', { case: 'k2', author: 'agent' }],
    resolved(2 * HOUR, 'k1'),
    resolved(2 * HOUR, 'k2'),
    [minutes(5), 'cx.case.replied', { case: 'k3', author: 'agent' }],
    resolved(2 * HOUR, 'k3'),
  ];
  expect(await said(['escalate_overdue'], steps)).toEqual([
    '0:15 due escalation k1 by 2:15 for care-leads',
    '1:00 done escalation k1 by 2:15 for care-leads',
  ]);
});
