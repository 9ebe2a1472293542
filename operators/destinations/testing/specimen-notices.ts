/** Notices to test destinations with: an ordinary one, its end, a flood, and one whose every text is hostile. */
import type { AlertMessage } from '../../../engine/core/wire.ts';
import type { Notice, NoticeAction, NoticeAlert, NoticeReason } from '../../notices/notices.ts';

export const AT = Date.parse('2026-03-02T08:00:00Z');

export const ALERT: AlertMessage = {
  alert: 'a464a23e6dae309bb',
  rule: 'csat_low',
  kpi: 'csat',
  key: { channel: 'app', region: '华东' },
  state: 'firing',
  previous: 'pending',
  value: 71.43,
  n: 84,
  interval: [61.2, 80],
  threshold: 'value < 80',
  window: { start: '2026-03-02T07:45:00Z', end: '2026-03-02T08:00:00Z' },
  since: '2026-03-02T07:58:30Z',
  at: '2026-03-02T08:00:00Z',
  reason: 'CSAT (channel=app, region=华东): 71.4 % over 15m; value < 80 has held for 30s.',
  reason_zh: '满意度（渠道=app，地区=华东）：15m 窗口内为 71.4%；条件 value < 80 已持续 30s。',
  title: { 'zh-CN': '满意度过低', en: 'CSAT is low' },
  flaps: 0,
  causes: [{ key: { product: '充电宝' }, value: 40, n: 30, share: 0.36, contribution: -9.1 }],
  samples: ['收到就坏了，客服一直不回', '电话 [phone] 打不通'],
  owner: 'care-team',
  runbook: 'https://wiki.example/csat?a=1&b=2',
  severity: 'critical',
  acked: null,
  silenced: false,
};

export function noticeAlert(changes: Partial<AlertMessage> = {}): NoticeAlert {
  const message = { ...ALERT, ...changes };
  return {
    message,
    link: `https://earshot.example/alerts/${message.alert}`,
    ackLink: `https://earshot.example/ack/${message.alert}`,
  };
}

export function notice(reason: NoticeReason, alerts: readonly NoticeAlert[], changes: Partial<Notice> = {}): Notice {
  return {
    id: 'n-0001',
    reason,
    thread: null,
    at: AT,
    group: { rule: 'csat_low', channel: 'app' },
    alerts,
    unlisted: 0,
    standing: 0,
    wasMuted: false,
    action: null,
    mayRepeat: false,
    ...changes,
  };
}

/** One that is open. */
export const ACTION: NoticeAction = {
  ...{ id: 'm-1', kind: 'follow_up', title: { 'zh-CN': '低分跟进', en: 'Follow up a low score' }, case: 'k-12' },
  ...{ owner: 'care-team', due: '2026-03-03T08:00:00.000Z', completes: 'low_score.abc' },
  ...{ reason: 'Follow up a low score: cx.survey.answered of u-1', reason_zh: '低分跟进：u-1 的 cx.survey.answered' },
};

export const FIRST = notice('first', [noticeAlert()]);
export const RESOLVED = notice(
  'all_resolved',
  [noticeAlert({ state: 'resolved', previous: 'firing', at: '2026-03-02T08:10:00Z', value: 88 })],
  { id: 'n-0002', thread: 'n-0001', at: Date.parse('2026-03-02T08:10:00Z') },
);
export const FLOOD = notice(
  'more',
  Array.from({ length: 60 }, (_, i) =>
    noticeAlert({
      alert: `a${i}`,
      key: { channel: 'app', store: `门店 ${i} 👨‍👩‍👧‍👦` },
      severity: i === 0 ? 'major' : 'minor',
    }),
  ),
);

export const HOSTILE_TEXTS = [
  '<!channel> & <https://x|y> <@U123>',
  '<@all> @13800000000 <at id=all></at> <at user_id="all">x</at>',
  '[x](http://evil.example) ![i](http://evil.example/p.png)',
  '<font color="warning">x</font> <script>alert(1)</script>',
  '*bold* _em_ `code` ~s~ # h\n> q | t | \\',
  'x\r\nBcc: a@b.example',
  '1.5*x_[a](tg://user?id=1)!',
  '{{alerts}} {{{reason}}} ${process.env.HOME} <%= 1 %>',
  '\u202Egnp.exe\u0000\u0007 👨‍👩‍👧‍👦 \ud800',
];

export const HOSTILE = notice('first', [
  noticeAlert({
    title: { 'zh-CN': HOSTILE_TEXTS.join(' '), en: HOSTILE_TEXTS.join(' ') },
    key: { channel: HOSTILE_TEXTS[0] ?? '', store: HOSTILE_TEXTS[2] ?? '' },
    reason: HOSTILE_TEXTS.join(' '),
    reason_zh: HOSTILE_TEXTS.join(' '),
    owner: HOSTILE_TEXTS[1] ?? '',
    samples: HOSTILE_TEXTS,
    causes: HOSTILE_TEXTS.map((text) => ({ key: { product: text }, value: 1, n: 1, share: 0.1, contribution: 1 })),
  }),
]);

export const ACKNOWLEDGED = notice(
  'acknowledged',
  [noticeAlert({ acked: { by: '李雷', at: '2026-03-02T08:01:00Z' } })],
  {
    id: 'n-0003',
    thread: 'n-0001',
  },
);
export const GIVEN_BACK = notice('unacknowledged', [noticeAlert()], { id: 'n-0004', thread: 'n-0001' });

/** Longer than any tool takes. */
export const ENORMOUS = notice('first', [
  noticeAlert({
    title: { 'zh-CN': '超'.repeat(9000), en: '👨‍👩‍👧‍👦'.repeat(3000) },
    reason: '"\n\\'.repeat(20_000),
    reason_zh: '慢'.repeat(30_000),
    samples: ['"'.repeat(9000), '👍🏽'.repeat(4000), '🇨🇳'.repeat(4000)],
    key: { store: '店'.repeat(2000) },
  }),
]);

/** Of a rule over events: it judges no KPI, and has no value. */
const OF_EVENT: Partial<AlertMessage> = {
  ...{ alert: 'a7d1f0c2b3e4a596', rule: 'vip_unhappy', kpi: '', key: { channel: 'app', id: 'c-77' }, previous: null },
  ...{ value: null, n: 1, interval: null, causes: [], owner: 'care-team', runbook: null, severity: 'major' },
  threshold: 'cx.feedback.posted: sentiment.label == "negative"',
  window: { start: '2026-03-02T07:59:58Z', end: '2026-03-02T07:59:58Z' },
  ...{ since: '2026-03-02T07:59:58Z', at: '2026-03-02T07:59:58Z' },
  title: { 'zh-CN': '重要客户非常不满', en: 'A VIP is very unhappy' },
  reason: 'A VIP is very unhappy (channel=app, id=c-77): raised by one event.',
  reason_zh: '重要客户非常不满（渠道=app，id=c-77）：由 1 个事件触发。',
  samples: ['等了两个小时，再也不来了'],
};
export const OF_EVENTS = notice('first', [noticeAlert(OF_EVENT)], { group: { rule: 'vip_unhappy', channel: 'app' } });
export const OF_MANY_EVENTS = notice(
  'more',
  [noticeAlert({ ...OF_EVENT, n: 3 }), noticeAlert({ ...OF_EVENT, alert: 'a0', key: { channel: 'app', id: 'c-9' } })],
  { id: 'n-0005', group: { rule: 'vip_unhappy', channel: 'app' } },
);

export const SPECIMENS = {
  FIRST,
  RESOLVED,
  ACKNOWLEDGED,
  GIVEN_BACK,
  FLOOD,
  HOSTILE,
  ENORMOUS,
  OF_EVENTS,
  OF_MANY_EVENTS,
};
