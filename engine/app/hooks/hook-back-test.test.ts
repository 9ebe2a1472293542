import { expect, it } from 'vitest';
import type { Outgoing } from '../../core/types.ts';
import { Inhibitions } from '../../delivery/inhibition.ts';
import { alertMessage } from '../../delivery/testing/delivery-rehearsal.ts';
import { HookBackTest } from './hook-back-test.ts';
import { Hook } from './hook.ts';

const START = Date.parse('2026-03-02T08:00:00Z');

function chat(id: string, more: object = {}): Hook {
  const common = { brief: 'skip', ca: null, proxy: null, quiet: null, repeat: null, allow: [], escalate: [] } as const;
  const answers = { hasLinks: false, linkLife: 0, callback: null, hasSilences: false };
  const settings = { url: 'https://bot.example/?key=K1' };
  return new Hook(
    {
      id,
      kind: 'wecom',
      for: {},
      unless: [],
      language: 'en',
      group: { by: ['rule'], wait: 5000 },
      settings,
      answers,
      ...common,
      ...more,
    },
    { zone: 'UTC', calendars: new Map() },
  );
}

function changed(seconds: number, alert: string, state: 'firing' | 'resolved'): Outgoing {
  const data = { ...alertMessage(alert, { state }) } as unknown as Outgoing['data'];
  return {
    subject: 'cx.alerts.major.csat_low',
    id: `${alert}${state}`,
    type: 'alert',
    time: START + seconds * 1000,
    data,
  };
}

const MESSAGES = [
  changed(0, 'A', 'firing'),
  changed(1, 'B', 'firing'),
  changed(2, 'C', 'firing'),
  changed(1200, 'A', 'resolved'),
];

function run(): string {
  const escalate = [{ after: 600_000, to: 'managers' }];
  const hooks = [chat('desk', { escalate }), chat('managers', { for: { severity: ['critical'] } })];
  const test = new HookBackTest(hooks, new Inhibitions([]));
  const lines = [...MESSAGES.flatMap((message) => test.see([message])), ...test.end()];
  for (const hook of hooks) hook.close();
  return lines.join('');
}

it('prints what would have been sent when, why and to whom, the same each time', () => {
  const said = run();
  expect(run()).toBe(said);
  expect(said).not.toContain('K1');
  const lines = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ time, hook, reason, alerts }) => [String(time).slice(11, 19), hook, reason, alerts])).toEqual([
    ['08:00:00', 'desk', 'first', ['A']],
    ['08:00:06', 'desk', 'more', ['B', 'C']],
    ['08:10:00', 'managers', 'escalated', ['A']],
    ['08:10:06', 'managers', 'escalated', ['B', 'C']],
    ['08:20:00', 'desk', 'some_resolved', ['A']],
    ['08:20:00', 'managers', 'some_resolved', ['A']],
  ]);
  expect(lines[0]?.['text']).toMatch(/^\[Major\] New alert: csat_low \(A\)\nvalue < 80 holds\nSince: /);
});
