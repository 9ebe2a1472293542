/** Quiet hours by real calendars, over midnight and over the days on which clocks change: told at their end, to the second. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { must } from '../../core/must.ts';
import type { JsonObject } from '../../core/types.ts';
import { webhookReceiver, type WebhookReceiver } from '../../testing/rig/webhook-receiver.ts';
import { HookRehearsal } from './testing/hook-rehearsal.ts';

const HOUR = 3600;
let run: HookRehearsal | null;
let receiver: WebhookReceiver;

beforeEach(async () => {
  run = null;
  receiver = await webhookReceiver(() => must(run).now);
});
afterEach(async () => {
  run?.kill();
  await receiver.close();
});

function rehearse(zone: string, start: string, week: JsonObject): HookRehearsal {
  const hook = { id: 'r', kind: 'webhook', url: receiver.url, allow: ['127.0.0.1'], quiet: { calendar: 'night' } };
  const config = { hooks: [hook], calendars: [{ id: 'night', zone, week }] };
  run = new HookRehearsal(config, { start: Date.parse(start) });
  return run;
}
/** `A at when` */
const told = (): readonly string[] =>
  receiver.received.map(({ at, body }) => {
    const { alerts } = JSON.parse(body) as {
      readonly alerts: readonly { readonly fingerprint: string; readonly status: string }[];
    };
    return `${alerts.map(({ fingerprint, status }) => `${fingerprint} ${status}`).join()} ${new Date(at).toISOString().slice(5, 19)}`;
  });

describe('quiet hours', () => {
  it.each([
    ['a night in Shanghai', 'Asia/Shanghai', '2026-03-02T23:00:00+08:00', '03-02T22:00:00'],
    ['the night in which Berlin loses an hour', 'Europe/Berlin', '2026-03-28T23:00:00+01:00', '03-29T04:00:00'],
    ['the night in which Berlin has an hour twice', 'Europe/Berlin', '2026-10-24T23:00:00+02:00', '10-25T05:00:00'],
    ['the night in which New York loses an hour', 'America/New_York', '2026-03-07T23:00:00-05:00', '03-08T10:00:00'],
    [
      'the night in which Lord Howe has half an hour twice',
      'Australia/Lord_Howe',
      '2026-04-04T23:00:00+11:00',
      '04-04T19:30:00',
    ],
  ])(
    '%s: what is not critical waits for six in the morning there, over midnight; what is critical does not',
    async (_, zone, start, end) => {
      rehearse(zone, start, { daily: ['22:00-06:00'] })
        .fires(0, 'A')
        .fires(HOUR + 1, 'B', { severity: 'critical', rule: 'b' })
        .fires(2 * HOUR, 'over')
        .resolves(3 * HOUR, 'over');
      await must(run).until(9.5 * HOUR, 60);
      const critical = new Date(Date.parse(start) + (HOUR + 60) * 1000).toISOString().slice(5, 19);
      expect(told()).toEqual([`B firing ${critical}`, `A firing ${end}`]);
    },
  );

  it('that end at midnight and begin again at midnight are one night', async () => {
    rehearse('Asia/Shanghai', '2026-03-02T23:59:00+08:00', { mon: ['22:00-24:00'], tue: ['00:00-06:00'] }).fires(
      0,
      'A',
    );
    await must(run).until(7 * HOUR, 30);
    expect(told()).toEqual(['A firing 03-02T22:00:00']);
  });

  it('hold back the end of what was told before, and tell it at their end', async () => {
    rehearse('Europe/Berlin', '2026-03-28T21:00:00+01:00', { daily: ['22:00-06:00'] })
      .fires(0, 'A')
      .resolves(5 * HOUR, 'A');
    await must(run).until(9 * HOUR, 60);
    expect(told()).toEqual(['A firing 03-28T20:00:00', 'A resolved 03-29T04:00:00']);
  });
});
