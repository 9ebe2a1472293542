/** A machine whose clock is wrong: what is refused for that is kept, and the hint says by how much. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HookQueue } from '../../delivery/hook-queue.ts';
import { alertMessage, hookRules } from '../../delivery/testing/delivery-rehearsal.ts';
import { must } from '../../core/must.ts';
import { webhookReceiver, type WebhookReceiver } from '../../testing/rig/webhook-receiver.ts';
import { Hook } from './hook.ts';

let receiver: WebhookReceiver;
let hook: Hook;

beforeEach(async () => {
  receiver = await webhookReceiver();
  const settings = { url: receiver.url, secrets: [], body: 'alertmanager', template: null, contentType: '' };
  hook = new Hook(
    {
      ...{
        id: 'h',
        kind: 'webhook',
        for: {},
        unless: [],
        group: { by: ['rule'], wait: 0 },
        allow: ['127.0.0.1'],
        settings,
      },
      ...{ language: 'en', repeat: null, brief: 'skip', ca: null, proxy: null, quiet: null, escalate: [] },
      answers: { hasLinks: false, linkLife: 0, callback: null, hasSilences: false },
    },
    { zone: 'UTC', calendars: new Map() },
  );
});

afterEach(async () => {
  hook.close();
  await receiver.close();
});

it('43: what a receiver with another clock refuses is tried again, not given up; its answer to the right clock is', async () => {
  const now = Date.now();
  const queue = new HookQueue(hookRules({ id: 'h', readers: 'programs' }));
  queue.changed(alertMessage('A'), 1, now);
  const [notice] = queue.due(now, { isMuted: () => false, version: 0 });
  receiver.answers(401, { date: new Date(now - 600_000).toUTCString() });
  const skewed = await hook.send(must(notice), now);
  expect(skewed).toMatchObject({ kind: 'refused', reason: 'clock' });
  expect(JSON.stringify(skewed)).toMatch(/clock is (599|600|601) s off the receiver's/);
  queue.ended(must(notice).id, skewed, now);
  expect(queue.failed).toEqual([]);
  expect(queue.waiting).toBe(1);
  receiver.answers(401, { date: new Date(now).toUTCString() });
  expect(await hook.send(must(notice), now)).toMatchObject({ kind: 'dead', reason: 'credentials' });
});
