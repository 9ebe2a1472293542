import { expect, test } from 'vitest';
import { DEGRADATION_CODES, type Degradation } from '../../../engine/core/wire.ts';
import { calendarDegradations, clockDegradations, hookDegradations } from '../../../engine/app/degradations.ts';
import { degradedWords } from './degraded-words.ts';
import { LANGUAGES } from '../strings.ts';

/** As the engine itself says it. */
const degraded = clockDegradations([
  {
    lagMs: -30_000,
    clocks: {
      ahead: [
        { source: '/kiosk', leadMs: 240_000, events: 1 },
        { source: '/till', leadMs: 5000, events: 1 },
      ],
      isMore: false,
      late: { events: 60, of: 100, sources: ['/old'] },
    },
  },
]);

test('clocks ahead, late events and the clock of the broker are said in both languages, with their names', () => {
  expect(degradedWords(degraded, 'en')).toBe(
    'Clocks running ahead (2), by up to 4 min: /kiosk (240 s), /till (5 s); ' +
      "Most events come too late (60 of 100), mostly from /old; The broker's clock is 30 s ahead of the engine's",
  );
  expect(degradedWords(degraded, 'zh-CN')).toBe(
    '2 个来源的时钟偏快，最多快 4 分：/kiosk (240 s)、/till (5 s)；' +
      '大多数事件迟到（100 条中 60 条），主要来自 /old；消息服务的时钟比引擎快 30 秒',
  );
});

test('hooks that fail are named in both languages, with why', () => {
  const counts = { delivered: 0, retried: 3, failed: 0, waiting: 2, accepted: null, alerts: 1, left_out: 0 };
  const trouble = { reason: 'timeout', hint: 'https://desk.example did not answer' };
  const hooks = hookDegradations([
    { id: 'desk', kind: 'webhook', state: 'failing', ...counts, given_up: 0, failures: [], trouble },
  ]);
  expect(degradedWords(hooks, 'en')).toBe('Hooks that fail to deliver notices (1): desk (timeout)');
  expect(degradedWords(hooks, 'zh-CN')).toBe('1 个通知渠道发送失败：desk (timeout)');
});

test('expressions of the configuration are named by their place in both languages', () => {
  const message = '';
  const silent = {
    code: 'expression_silent',
    message,
    values: { expressions: 1 },
    about: ['kpis[csat].where'],
  } as const;
  const long = { code: 'expression_too_long', message, values: { expressions: 2 }, about: [] } as const;
  expect(degradedWords([silent, long], 'en')).toBe(
    'Expressions that never gave a result (1): kpis[csat].where; Expressions given up for taking too many steps (2)',
  );
  expect(degradedWords([silent, long], 'zh-CN')).toBe(
    '1 个表达式从未得出结果：kpis[csat].where；2 个表达式因步数过多而中止',
  );
});

test('holidays that end soon are said in both languages, with their calendars', () => {
  const [ends, now] = [Date.UTC(2026, 11, 31, 16), Date.UTC(2026, 10, 29)];
  const calendars = calendarDegradations([{ id: 'service_hours', zone: 'Asia/Shanghai', dataEnds: ends }], now);
  expect(degradedWords(calendars, 'en')).toBe('Holidays are known for 32 days more: service_hours (2026-12-31)');
  expect(degradedWords(calendars, 'zh-CN')).toBe('节假日数据还剩 32 天：service_hours (2026-12-31)');
});

test('without names where the reader may not know them', () => {
  const nameless = degraded.map((one) => ({ ...one, about: [] }));
  for (const lang of LANGUAGES) expect(degradedWords(nameless, lang)).not.toMatch(/kiosk|till|old|[{}]|：$|: $/);
});

test('no place in a sentence stays unfilled, whatever the code', () => {
  const values = {
    sources: 1,
    seconds: 5,
    late: 1,
    of: 2,
    hooks: 1,
    expressions: 1,
    calendars: 1,
    days: 30,
    instances: 1,
  };
  for (const code of DEGRADATION_CODES)
    for (const lang of LANGUAGES)
      for (const about of [[], ['x']])
        expect(degradedWords([{ code, message: '', values, about }], lang)).not.toMatch(/[{}]/);
});

test('what this page does not know yet is said as the engine does', () => {
  const later = { code: 'of_tomorrow', message: 'a sentence', values: {}, about: [] } as unknown as Degradation;
  expect(degradedWords([later], 'zh-CN')).toBe('a sentence');
});

test('nothing is said where nothing is amiss', () => {
  expect(degradedWords([], 'en')).toBe('');
});
